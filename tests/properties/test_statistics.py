from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics.chart_rules import read_chart
from metrics.statistics.comparison import (
    binomial_limits,
    binomial_tails,
    outside,
    poisson_limits,
    poisson_tails,
)
from metrics.statistics.control_charts import p_chart, u_chart, xmr
from metrics.statistics.intervals import garwood, missing_bounds, needed, wilson
from metrics.statistics.life_table import life_table
from metrics.statistics.survival import kaplan_meier, quantile, share_open

# A slow machine is no finding.
unhurried = settings(deadline=None)

EDGES = (0, 8, 15, 31, 61, 91)

shares = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
days = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 4), st.integers(0, 4)), max_size=25
)
bands = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=len(EDGES), max_size=len(EDGES)
)
probabilities = st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9])
series = st.lists(st.integers(0, 40).map(float) | st.just(float("nan")), max_size=40)


def curve_of(rows):
    return kaplan_meier(*(np.array([row[at] for row in rows], dtype=float) for at in range(3)))


def table_of(rows):
    return life_table(EDGES, [row[0] for row in rows], [row[1] for row in rows])


@unhurried
@given(shares, st.floats(0.5, 0.999))
def test_wilson_contains_the_share_and_stays_between_0_and_1(share, confidence):
    successes, trials = share
    interval = wilson(successes, trials, confidence=confidence)
    if interval is not None:
        assert 0 <= interval.low <= successes / trials <= interval.high <= 1


@unhurried
@given(shares)
def test_wilson_of_the_failures_mirrors_that_of_the_successes(share):
    successes, trials = share
    one, other = wilson(successes, trials), wilson(trials - successes, trials)
    if one is not None:
        assert np.isclose(one.low, 1 - other.high)


@unhurried
@given(shares)
def test_one_more_success_moves_the_interval_up(share):
    successes, trials = share
    if successes < trials:
        one, more = wilson(successes, trials), wilson(successes + 1, trials)
        assert one.low < more.low
        assert one.high < more.high


@unhurried
@given(st.integers(0, 2000), st.floats(0.01, 1e6))
def test_garwood_contains_the_rate_and_scales_with_exposure(events, exposure):
    interval = garwood(events, exposure)
    assert interval.low <= events / exposure <= interval.high
    assert np.isclose(interval.high * exposure, garwood(events, 1).high)


@unhurried
@given(shares, st.integers(0, 300))
def test_missing_bounds_contain_what_the_missing_ones_would_make_of_the_share(share, missing):
    successes, judged = share
    bounds = missing_bounds(successes, judged, missing)
    if bounds is not None:
        for won in {0, missing // 2, missing}:
            assert bounds.low <= (successes + won) / (judged + missing) <= bounds.high


@unhurried
@given(shares, st.integers(0, 1000))
def test_needed_is_enough_and_one_fewer_is_not(share, thousandths):
    successes, trials = share
    more = needed(successes, trials, thousandths / 1000)
    assert 1000 * (successes + more) >= thousandths * trials
    if more:
        assert 1000 * (successes + more - 1) < thousandths * trials


@unhurried
@given(days)
def test_a_curve_falls_within_its_band(rows):
    curve = curve_of(rows)
    assert np.all(np.diff(curve.survival) < 0)
    inside = (curve.survival > 0) & (curve.survival < 1)
    assert np.all(curve.low[inside] <= curve.survival[inside])
    assert np.all(curve.survival[inside] <= curve.high[inside])


@unhurried
@given(days, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert quantile(curve_of(shuffled), 0.5) == quantile(curve_of(rows), 0.5)


@unhurried
@given(days)
def test_without_censoring_the_curve_is_the_share_of_longer_cases(rows):
    rows = [(day, ended, 0) for day, ended, _ in rows if ended]
    curve = curve_of(rows)
    everyone = sum(ended for _, ended, _ in rows)
    for day in {row[0] for row in rows}:
        longer = sum(row[1] for row in rows if row[0] > day)
        assert np.isclose(share_open(curve, day).value, longer / everyone)


@unhurried
@given(days, probabilities)
def test_a_quantile_is_where_the_share_open_first_is_as_low(rows, p):
    curve = curve_of(rows)
    value = quantile(curve, p).value
    if value is None:
        assert curve.survival.size == 0 or curve.survival[-1] > 1 - p
    else:
        assert share_open(curve, int(value)).value <= 1 - p + 1e-7
        first = curve.day[np.argmax(curve.survival <= 1 - p + 1e-7)]
        assert first == 0 or share_open(curve, int(first) - 1).value > 1 - p


@unhurried
@given(days)
def test_later_quantiles_are_later_and_intervals_contain_them(rows):
    curve = curve_of(rows)
    estimates = [quantile(curve, p) for p in (0.25, 0.5, 0.75)]
    values = [each.value for each in estimates if each.value is not None]
    assert values == sorted(values)
    for each in estimates:
        assert None in {each.value, each.low} or each.low <= each.value
        assert None in {each.value, each.high} or each.value <= each.high


@unhurried
@given(bands)
def test_a_life_table_is_the_curve_of_its_bands_where_nothing_is_censored(rows):
    rows = [(ended, 0) for ended, _ in rows]
    table = table_of(rows)
    everyone = sum(ended for ended, _ in rows)
    for at, edge in enumerate(EDGES[1:], start=1):
        if table.last_day is not None and edge - 1 <= table.last_day:
            longer = sum(ended for ended, _ in rows[at:])
            assert np.isclose(share_open(table, edge - 1).value, longer / everyone)


@unhurried
@given(bands, probabilities)
def test_a_life_table_inverts_too(rows, p):
    table = table_of(rows)
    value = quantile(table, p).value
    if value is None:
        assert table.survival.size == 0 or table.survival[-1] > 1 - p
    else:
        assert 0 <= value <= EDGES[-1] - 1
        share = share_open(table, int(np.ceil(value))).value
        assert share is None or share <= 1 - p + 1e-7


@unhurried
@given(bands)
def test_a_life_table_never_rises(rows):
    table = table_of(rows)
    shown = [share_open(table, day).value for day in range(91)]
    known = [value for value in shown if value is not None]
    assert all(0 <= value <= 1 for value in known)
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(known))


@unhurried
@given(shares, st.integers(0, 1000).map(lambda thousandths: thousandths / 1000))
def test_the_tails_of_a_unit_overlap_in_its_own_count_alone(share, centre):
    successes, trials = share
    tails = binomial_tails(successes, trials, centre)
    own = stats.binom.pmf(successes, trials, centre)
    assert np.isclose(tails.low + tails.high, 1 + own)


@unhurried
@given(st.integers(1, 500), st.floats(0, 1))
def test_limits_contain_the_centre_and_every_share_within_them_is_usual(trials, centre):
    limits = binomial_limits(trials, centre)
    assert 0 <= limits.low <= centre <= limits.high <= 1
    for successes in range(trials + 1):
        if limits.low < successes / trials < limits.high:
            assert outside(binomial_tails(successes, trials, centre)) == "usual"


@unhurried
@given(st.floats(0, 3000))
def test_limits_of_a_count_contain_what_is_expected(expected):
    limits = poisson_limits(expected)
    assert 0 <= limits.low <= expected <= limits.high
    assert outside(poisson_tails(int(limits.high) + 2, expected)) == "high"


@unhurried
@given(series)
def test_charts_of_any_series_answer_for_every_month(values):
    counts = np.nan_to_num(np.array(values, dtype=float))
    for chart in (xmr(values), u_chart(counts, counts * 2), p_chart(counts, counts + 1)):
        points = read_chart(chart)
        assert len(points) == len(values)
        for point, value in zip(points, chart.values, strict=True):
            assert (point.signal == "no_data") == bool(np.isnan(value))
            assert (point.reason == "") == (point.signal in {"usual", "no_data"})


@unhurried
@given(series, st.integers(-50, 50))
def test_moving_a_series_moves_its_limits_and_no_signal(values, shift):
    here, there = xmr(values), xmr([value + shift for value in values])
    assert read_chart(here) == read_chart(there)
    assert np.allclose(here.upper + shift, there.upper, equal_nan=True)


@unhurried
@given(series)
def test_a_series_upside_down_has_the_signals_upside_down(values):
    flipped = {"high": "low", "low": "high", "usual": "usual", "no_data": "no_data"}
    there = read_chart(xmr([-value for value in values]))
    assert [flipped[point.signal] for point in read_chart(xmr(values))] == [
        point.signal for point in there
    ]
