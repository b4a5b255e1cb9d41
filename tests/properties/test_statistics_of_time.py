import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.statistics.backlog import case_days, flow, open_ages, open_counts
from metrics.statistics.cohorts import period_cohort, received_cohort
from metrics.statistics.competing_risks import cumulative_incidence, incidence_at
from metrics.statistics.logrank import logrank
from metrics.statistics.restricted_mean import restricted_mean
from metrics.statistics.survival import (
    kaplan_meier,
    kaplan_meier_by_group,
    quantile,
    reverse_kaplan_meier,
    share_open,
)

# A slow machine is no finding.
unhurried = settings(deadline=None)

# One case: day, outcome (0 is open), how long before that day it was first watched, group.
cases = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 3), st.integers(1, 40), st.integers(0, 2)),
    max_size=40,
)
# One case: day received, days until closed or None.
lives = st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 40)), max_size=30)


def columns(rows):
    """Day, outcome, entry and group as arrays."""
    day, outcome, before, group = np.array(rows, dtype=int).reshape(-1, 4).T
    return day, outcome, np.maximum(day - before, -1), group


def spans(rows):
    received = np.array([start for start, _ in rows], dtype=float)
    closed = [np.nan if days is None else start + days for start, days in rows]
    return received, np.array(closed, dtype=float)


def same(one, other):
    return all(
        np.allclose(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in ("day", "at_risk", "ended", "survival", "low", "high")
    )


@unhurried
@given(cases, st.randoms(use_true_random=False))
def test_the_order_of_rows_matters_nowhere(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    day, outcome, entry, group = columns(rows)
    then, what, since, where = columns(shuffled)

    assert same(
        kaplan_meier(day, outcome > 0, entered=entry),
        kaplan_meier(then, what > 0, entered=since),
    )
    one = cumulative_incidence(day, outcome, outcomes=3, entered=entry)
    other = cumulative_incidence(then, what, outcomes=3, entered=since)
    assert np.allclose(one.incidence, other.incidence)
    assert np.allclose(one.standard_error, other.standard_error)
    tests = logrank(group, day, outcome > 0), logrank(where, then, what > 0)
    assert tests[0].degrees == tests[1].degrees
    assert np.allclose(tests[0].observed, tests[1].observed)
    assert np.allclose(tests[0].expected, tests[1].expected)


@unhurried
@given(cases)
def test_a_histogram_says_what_its_rows_say(rows):
    day, outcome, _, _ = columns(rows)
    ended = np.bincount(day, outcome > 0, minlength=31)
    censored = np.bincount(day, outcome == 0, minlength=31)

    assert same(kaplan_meier(day, outcome > 0), kaplan_meier(np.arange(31), ended, censored))


@unhurried
@given(cases)
def test_groups_at_once_are_groups_one_by_one(rows):
    day, outcome, _, group = columns(rows)
    for at, curve in enumerate(kaplan_meier_by_group(group, day, outcome > 0)):
        assert same(curve, kaplan_meier(day[group == at], outcome[group == at] > 0))


@unhurried
@given(cases)
def test_whole_days_counted_are_times_sorted(rows):
    # A shift of all times by a part of a day leaves every risk set as it is.
    day, outcome, _, _ = columns(rows)
    whole, shifted = kaplan_meier(day, outcome > 0), kaplan_meier(day + 0.25, outcome > 0)

    assert np.allclose(whole.survival, shifted.survival)
    assert np.allclose(whole.day + 0.25, shifted.day)


@unhurried
@given(cases)
def test_incidences_and_the_share_open_add_up_to_all_on_every_day(rows):
    day, outcome, entry, _ = columns(rows)
    curves = cumulative_incidence(day, outcome, outcomes=3, entered=entry)
    curve = kaplan_meier(day, outcome > 0, entered=entry)

    assert np.allclose(curves.incidence.sum(axis=0) + curves.survival, 1)
    assert np.allclose(curves.survival, curve.survival)
    assert np.all(np.diff(curves.incidence, axis=1) >= 0)


@unhurried
@given(cases)
def test_a_band_of_an_incidence_contains_it(rows):
    day, outcome, _, _ = columns(rows)
    curves = cumulative_incidence(day, outcome, outcomes=3)
    for outcome_code in (1, 2, 3):
        for at in range(32):
            found = incidence_at(curves, outcome_code, at)
            if found.low is not None:
                assert 0 <= found.low <= found.value <= found.high <= 1


@unhurried
@given(cases, st.sampled_from(["log-log", "log", "plain"]))
def test_every_band_contains_its_curve_and_stays_within_0_and_1(rows, band):
    day, outcome, entry, _ = columns(rows)
    curve = kaplan_meier(day, outcome > 0, entered=entry, band=band)
    inside = curve.survival > 0

    assert np.all(curve.low[inside] >= 0)
    assert np.all(curve.low[inside] <= curve.survival[inside])
    assert np.all(curve.survival[inside] <= curve.high[inside])
    assert np.all(curve.high[inside] <= 1)


@unhurried
@given(cases)
def test_conditioning_on_the_day_a_risk_set_emptied_leaves_none_that_does(rows):
    day, outcome, entry, _ = columns(rows)
    curve = kaplan_meier(day, outcome > 0, entered=entry)
    if curve.emptied_on is not None:
        later = kaplan_meier(day, outcome > 0, entered=entry, from_day=curve.emptied_on)
        assert later.emptied_on is None
        assert np.all(later.day > curve.emptied_on)


@unhurried
@given(cases, st.integers(1, 40))
def test_a_restricted_mean_is_the_area_under_the_curve(rows, horizon):
    day, outcome, _, _ = columns(rows)
    curve = kaplan_meier(day, outcome > 0)
    found = restricted_mean(curve, horizon)
    shares = [share_open(curve, at).value for at in range(horizon)]
    if found.value is None:
        assert curve.last_day is None or curve.last_day < horizon
    else:
        # S(t) holds from t to t + 1; the ends of day 0 come off at 0.
        assert np.isclose(found.value, sum(shares))
        assert 0 <= found.low <= found.value <= found.high <= horizon


@unhurried
@given(cases)
def test_without_censoring_the_restricted_mean_beyond_all_days_is_the_mean(rows):
    day, _, _, _ = columns(rows)
    found = restricted_mean(kaplan_meier(day, np.ones(day.size)), 100)
    if day.size:
        assert np.isclose(found.value, day.mean())
        assert np.isclose(found.standard_error, day.std() / np.sqrt(day.size))


@unhurried
@given(cases)
def test_observed_and_expected_ends_add_up_to_the_same(rows):
    day, outcome, entry, group = columns(rows)
    found = logrank(group, day, outcome > 0, entered=entry)

    assert np.isclose(found.observed.sum(), found.expected.sum())
    if found.chi_square is not None:
        assert found.chi_square >= -1e-9
        assert 0 <= found.p_value <= 1


@unhurried
@given(cases)
def test_a_copy_of_a_group_does_not_differ_from_it(rows):
    day, outcome, _, _ = columns(rows)
    group = np.repeat([0, 1], day.size)
    found = logrank(group, np.tile(day, 2), np.tile(outcome > 0, 2))

    assert found.chi_square is None or np.isclose(found.chi_square, 0, atol=1e-9)


@unhurried
@given(cases)
def test_where_all_are_censored_the_follow_up_is_that_of_the_days(rows):
    day, _, _, _ = columns(rows)
    turned = reverse_kaplan_meier(day, np.zeros(day.size))

    assert quantile(turned, 0.5) == quantile(kaplan_meier(day, np.ones(day.size)), 0.5)


@unhurried
@given(lives, st.integers(0, 70), st.integers(1, 30))
def test_what_is_open_follows_from_what_comes_and_goes(rows, start, length):
    received, closed = spans(rows)
    period = {"start": start, "end": start + length}
    found = flow(received, closed, **period)

    assert found.opening + found.received - found.closed == found.closing
    assert [found.opening, found.closing] == open_counts(
        received, closed, [start - 1, start + length - 1]
    ).tolist()
    days = range(start, start + length)
    assert case_days(received, closed, **period) == open_counts(received, closed, days).sum()
    ages = open_ages(received, closed, as_of=start)
    assert ages.counts.sum() == open_counts(received, closed, [start])[0]


@unhurried
@given(lives, st.integers(0, 70), st.integers(1, 30))
def test_a_period_sees_each_closing_of_it_once(rows, start, length):
    received, closed = spans(rows)
    found = period_cohort(received, closed, start=start, end=start + length, resolution="day")
    curve = kaplan_meier(found.days, found.ended, entered=found.entered)

    inside = np.sum((closed >= start) & (closed < start + length))
    assert found.ended.sum() == curve.ended.sum() == inside
    assert curve.never_at_risk == 0


@unhurried
@given(lives, st.integers(0, 90))
def test_a_period_of_all_time_is_the_cohort_of_all(rows, as_of):
    received, closed = spans(rows)
    cohort = received_cohort(received, closed, as_of=as_of)
    period = period_cohort(received, closed, start=0, end=as_of + 1, resolution="day")

    assert cohort.days.tolist() == period.days.tolist()
    assert cohort.ended.tolist() == period.ended.tolist()
    assert np.all(period.entered == -1)
