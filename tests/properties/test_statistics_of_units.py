import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.statistics.completion import chain_ladder, reporting_triangle
from metrics.statistics.data_behaviour import heaping, missingness
from metrics.statistics.forecast import next_quarter, predictive_range
from metrics.statistics.funnel import funnel_of_counts, funnel_of_shares
from metrics.statistics.intervals import byar, newcombe, wilson
from metrics.statistics.multiplicity import benjamini_hochberg
from metrics.statistics.overdispersion import overdispersion, ratio_scores
from metrics.statistics.rare_event_charts import g_chart, t_chart
from metrics.statistics.rate_ratio import rate_ratio
from metrics.statistics.runs import runs_test
from metrics.statistics.standardisation import indirect_standardisation, stratum_rates
from metrics.statistics.surveys import net_promoter_score, post_stratified

# A slow machine is no finding.
unhurried = settings(deadline=None)

shares = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
units = st.lists(shares, min_size=1, max_size=20)
counts = st.integers(0, 80)
exposures = st.floats(0.1, 1000)


@unhurried
@given(shares, shares)
def test_a_difference_turned_round_is_its_mirror(one, other):
    there, back = newcombe(*one, *other), newcombe(*other, *one)
    if there is not None:
        difference = one[0] / one[1] - other[0] / other[1]
        assert np.isclose(there.low, -back.high)
        assert -1 - 1e-12 <= there.low <= difference <= there.high <= 1 + 1e-12


@unhurried
@given(counts, exposures)
def test_byar_contains_the_rate(events, exposure):
    found = byar(events, exposure)
    assert 0 <= found.low <= events / exposure <= found.high


@unhurried
@given(counts, exposures, counts, exposures)
def test_a_ratio_turned_round_is_its_inverse(events, exposure, others, base):
    there, back = (
        rate_ratio(events, exposure, others, base),
        rate_ratio(others, base, events, exposure),
    )
    if there is None:
        assert events + others == 0
    else:
        assert there.low <= there.ratio <= there.high
        assert np.isclose(there.p_value, back.p_value)
        assert np.isclose(there.p_central, back.p_central)
        if events:
            assert np.isclose(there.low * back.high, 1)


@unhurried
@given(counts, counts, counts)
def test_a_promoter_score_lies_in_its_interval_and_between_the_ends(up, middle, down):
    score = net_promoter_score(up, middle, down)
    if score.value is not None:
        assert -1 <= score.low <= score.high <= 1
        # Adding answers to both ends draws the interval to 0, never past the value.
        assert score.low - 1e-9 <= score.value <= score.high + 1e-9 or abs(score.value) == 1


@unhurried
@given(units, st.integers(0, 40))
def test_a_weighed_share_lies_between_those_of_the_strata(strata, more):
    answered = np.array([n for _, n in strata])
    won = np.array([k for k, _ in strata])
    found = post_stratified(won, answered, answered + more)
    if found.share is not None:
        known = won[answered > 0] / answered[answered > 0]
        assert known.min() - 1e-9 <= found.share <= known.max() + 1e-9
        assert 0 <= found.low <= found.share + 1e-9
        assert found.share - 1e-9 <= found.high <= 1


@unhurried
@given(units)
def test_without_missing_answers_the_weighed_share_is_the_raw_one(strata):
    answered = [n for _, n in strata]
    found = post_stratified([k for k, _ in strata], answered, answered)
    if found.raw is not None:
        assert np.isclose(found.share, found.raw)


@unhurried
@given(st.lists(st.floats(0, 1), max_size=30), st.randoms(use_true_random=False))
def test_adjusted_p_values_keep_their_order_and_never_fall_below_their_own(values, random):
    found = benjamini_hochberg(values)
    assert np.all(found.adjusted >= np.array(values))
    assert np.all(found.adjusted <= 1)
    order = np.argsort(values, kind="stable")
    assert np.all(np.diff(found.adjusted[order]) >= 0)
    shuffled = list(range(len(values)))
    random.shuffle(shuffled)
    again = benjamini_hochberg([values[at] for at in shuffled])
    assert again.adjusted.tolist() == [found.adjusted[at] for at in shuffled]


@unhurried
@given(units)
def test_what_signals_also_warns(rows):
    won, of = [k for k, _ in rows], [n for _, n in rows]
    if sum(of):
        found = funnel_of_shares(won, of)
        for strict, mild in zip(found.signal.standing, found.warning.standing, strict=True):
            assert strict in {mild, "usual"}
        assert [side == "no_data" for side in found.signal.standing] == [n == 0 for n in of]


@unhurried
@given(st.lists(st.tuples(counts, exposures), min_size=1, max_size=25))
def test_tails_of_counts_are_probabilities_and_widening_only_widens(rows):
    found = funnel_of_counts([x for x, _ in rows], [e for _, e in rows])
    assert np.all((found.low >= 0) & (found.low <= 1) & (found.high >= 0) & (found.high <= 1))
    spread = overdispersion(ratio_scores([x for x, _ in rows], [e for _, e in rows]))
    assert (spread.tau2 is None) == (len(rows) < 10)
    if spread.tau2:
        assert np.all(spread.p_value >= 2e-300)


@unhurried
@given(
    st.lists(
        st.tuples(counts, counts, st.integers(1, 50), st.integers(1, 50)),
        min_size=1,
        max_size=9,
    )
)
def test_what_is_expected_of_all_units_is_what_was_seen(rows):
    events = np.array([row[:2] for row in rows])
    size = np.array([row[2:] for row in rows])
    found = indirect_standardisation(events.sum(axis=1), size, stratum_rates(events, size))
    assert np.isclose(found.expected.sum(), events.sum())
    known = found.expected > 0
    assert np.all(found.low[known] <= found.ratio[known])
    assert np.all(found.ratio[known] <= found.high[known])


@unhurried
@given(counts, st.integers(1, 40), st.integers(0, 8))
def test_a_range_grows_with_confidence_and_with_what_was_seen(events, exposure, coming):
    narrow = predictive_range(events, exposure, coming, confidence=0.5)
    wide = predictive_range(events, exposure, coming, confidence=0.99)
    more = predictive_range(events + 1, exposure, coming, confidence=0.5)
    assert 0 <= wide.low <= narrow.low <= narrow.high <= wide.high
    assert narrow.low <= more.low
    assert narrow.high <= more.high


@unhurried
@given(st.lists(counts, min_size=8, max_size=20))
def test_the_range_of_the_next_quarter_contains_the_mean_of_the_others(quarters):
    found = next_quarter(quarters, [1] * len(quarters), 1)
    assert found.range.low <= np.mean(quarters) <= found.range.high + 1


@unhurried
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=60))
def test_a_completed_month_is_at_least_what_was_seen(rows):
    rows = [(month, min(month + delay, 5)) for month, delay in rows]
    table = reporting_triangle([m for m, _ in rows], [r for _, r in rows], months=6)
    found = chain_ladder(table)
    assert found.seen.sum() == len(rows)
    known = ~np.isnan(found.complete)
    assert np.all(found.low[known] >= found.seen[known])
    assert np.all(found.expected[known] >= found.seen[known])
    assert np.all((found.complete[known] > 0) & (found.complete[known] <= 1))
    assert np.all(found.grey[~known])


@unhurried
@given(st.lists(st.integers(0, 12), max_size=60), st.integers(0, 12))
def test_a_heap_is_part_of_what_is_nearby(days, deadline):
    found = heaping(days, deadline, window=3)
    assert found.before + found.on_day + found.after == found.nearby
    if found.p_value is not None:
        assert 0 <= found.p_value <= 1


@unhurried
@given(st.lists(shares, max_size=4))
def test_what_is_there_is_tested_as_what_is_missing(rows):
    missing, records = [k for k, _ in rows], [n for _, n in rows]
    one = missingness(missing, records)
    other = missingness([n - k for k, n in rows], records)
    assert one.intervals == tuple(wilson(k, n) for k, n in rows)
    if one.chi_square is None:
        assert other.chi_square is None
    else:
        assert np.isclose(one.chi_square, other.chi_square)
        if one.p_exact is not None and other.p_exact is not None:
            assert np.isclose(one.p_exact, other.p_exact)


@unhurried
@given(st.lists(st.integers(0, 30), max_size=40))
def test_runs_upside_down_are_the_same_runs(values):
    one, other = runs_test(values), runs_test([-value for value in values])
    assert (one.useful, one.longest_run, one.crossings, one.signal) == (
        other.useful,
        other.longest_run,
        other.crossings,
        other.signal,
    )


@unhurried
@given(st.lists(st.integers(0, 400), min_size=2, max_size=30))
def test_the_centre_of_a_rare_event_lies_within_its_limits(gaps):
    for chart in (t_chart(gaps), g_chart(gaps)):
        assert np.all(chart.lower >= 0)
        assert np.all(chart.lower <= chart.centre + 1e-9)
        assert np.all(chart.centre <= chart.upper + 1e-9)
