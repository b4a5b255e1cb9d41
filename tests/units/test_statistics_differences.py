from math import inf, isinf

import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from metrics.statistics.intervals import Estimate, byar, garwood, newcombe
from metrics.statistics.rate_ratio import at_most_as_likely, rate_ratio
from metrics.statistics.surveys import net_promoter_score, post_stratified

# Difference of two shares


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_differences_have_newcombes_published_intervals(one, other, low, high):
    interval = newcombe(*one, *other)

    assert (interval.low, interval.high) == pytest.approx((low, high), abs=6e-5)


def test_newcombe_agrees_with_statsmodels():
    expected = confint_proportions_2indep(13, 40, 9, 61, method="newcomb", alpha=0.1)
    interval = newcombe(13, 40, 9, 61, confidence=0.9)

    assert (interval.low, interval.high) == pytest.approx(expected)


def test_without_trials_on_one_side_a_difference_is_not_assessable():
    assert newcombe(1, 2, 0, 0) is None
    assert newcombe(0, 0, 1, 2) is None


# Rates


@pytest.mark.parametrize("events", [10, 40, 300])
def test_byar_is_within_one_in_two_hundred_of_exact_from_ten_events_on(events):
    near, exact = byar(events, 2.0), garwood(events, 2.0)

    assert near.low == pytest.approx(exact.low, rel=5e-3)
    assert near.high == pytest.approx(exact.high, rel=5e-3)


def test_byar_never_goes_below_0():
    assert byar(0, 1).low == 0
    assert byar(1, 1, confidence=0.998).low == 0


def test_byar_refuses_what_cannot_be_and_needs_exposure():
    assert byar(1, 0) is None
    with pytest.raises(ValueError, match="both must be"):
        byar(-1, 1)


@pytest.mark.parametrize(
    ("counts", "ratio", "low", "high", "p_value"),
    [
        # R: poisson.test(c(x1, x2), c(e1, e2)).
        ((11, 800, 3, 1011), 4.63375, 1.22406596659, 25.8674075864, 0.0131316755976),
        ((0, 10, 5, 20), 0, 0, 2.18255821037, 0.17695473251),
        ((4, 7, 0, 9), inf, 0.8487308820344, inf, 0.0366363525391),
        ((2, 17877, 3, 35754), 4 / 3, 0.111363778014, 11.6395131579, 1),
        # The breast cancer example of poisson.test.
        ((41, 28010, 15, 19017), 1.85575865762, 1.00568406269, 3.60930031108, 0.0408520262865),
    ],
)
def test_rate_ratios_are_those_of_r(counts, ratio, low, high, p_value):
    found = rate_ratio(*counts)

    assert (found.ratio, found.low, found.high, found.p_value) == pytest.approx(
        (ratio, low, high, p_value)
    )


def test_another_ratio_can_be_tested_at_another_confidence():
    # R: poisson.test(c(4, 9), c(10, 12), r = 0.5, conf.level = 0.9).
    found = rate_ratio(4, 10, 9, 12, tested=0.5, confidence=0.9)

    assert (found.low, found.high) == pytest.approx((0.152365291478, 1.607801359889))
    assert found.p_value == pytest.approx(1)


def test_nothing_against_nothing_is_not_assessable():
    assert rate_ratio(0, 10, 0, 10) is None
    assert rate_ratio(3, 0, 1, 10) is None
    assert rate_ratio(3, 10, 1, 0) is None


@pytest.mark.parametrize(
    ("successes", "trials", "share"),
    [
        (0, 1, 0.3), (1, 1, 0.3), (0, 10, 0.5), (10, 10, 0.5), (5, 10, 0.5), (7, 20, 0.3),
        (2, 20, 0.35), (500_000, 1_000_000, 0.501), (5, 10_000_000, 1e-6),
    ],
)  # fmt: skip
def test_a_two_sided_p_value_adds_what_is_no_likelier_of_few_trials_and_of_millions(
    successes, trials, share
):
    expected = stats.binomtest(successes, trials, share).pvalue
    assert at_most_as_likely(successes, trials, share) == pytest.approx(expected, rel=1e-7)


def test_the_central_p_value_agrees_with_the_interval():
    found = rate_ratio(11, 800, 3, 1011)
    n, share = 14, 800 / 1811

    assert found.p_central == pytest.approx(2 * stats.binom.sf(10, n, share))
    assert (found.p_central < 0.05) == (found.low > 1)
    assert rate_ratio(5, 1, 5, 1).p_central == 1
    assert rate_ratio(0, 1, 9, 1).p_central == pytest.approx(2 * 0.5**9)


@pytest.mark.parametrize(
    ("arguments", "more"),
    [((-1, 1, 1, 1), {}), ((1, -1, 1, 1), {}), ((1, 1, 1, 1), {"tested": 0})],
)
def test_impossible_rates_are_refused(arguments, more):
    with pytest.raises(ValueError, match="must be"):
        rate_ratio(*arguments, **more)


def test_a_base_without_events_has_an_infinite_ratio_and_a_finite_lower_end():
    found = rate_ratio(5, 10, 0, 10)

    assert isinf(found.ratio)
    assert isinf(found.high)
    # Of 5 events all on one side: p low is 0.025 ** (1 / 5).
    p = 0.025 ** (1 / 5)
    assert found.low == pytest.approx(p / (1 - p))


# Promoter score


def test_ten_promoters_of_ten_still_have_a_width():
    # n' = 13, p' = 10.75 / 13, d' = 0.75 / 13: 0.7692 +- 1.96 sqrt((0.8846 - 0.5917) / 13).
    score = net_promoter_score(10, 0, 0)

    assert (score.value, score.high) == (1, 1)
    assert score.low == pytest.approx(0.7692 - 1.96 * (0.2929 / 13) ** 0.5, abs=1e-3)


def test_the_value_of_a_promoter_score_is_that_of_the_answers():
    score = net_promoter_score(5, 3, 2)

    assert score.value == pytest.approx(0.3)
    assert score.low < 0.3 < score.high
    opposite = net_promoter_score(2, 3, 5)
    assert (-opposite.high, -opposite.low) == pytest.approx((score.low, score.high))


def test_no_answers_have_no_promoter_score():
    assert net_promoter_score(0, 0, 0) == Estimate(None, None, None)
    with pytest.raises(ValueError, match="answers"):
        net_promoter_score(1, -1, 0)


# Post-stratification


def test_a_share_is_weighed_to_the_people_who_were_asked():
    # 9 of 10 of the 20 upheld are satisfied, 2 of 10 of the 80 others: 0.2 * 0.9 + 0.8 * 0.2.
    found = post_stratified([9, 2], [10, 10], [20, 80])

    assert found.raw == 0.55
    assert found.share == pytest.approx(0.34)
    variance = 0.04 * 0.09 / 10 + 0.64 * 0.16 / 10
    assert found.standard_error == pytest.approx(variance**0.5)
    assert found.low < 0.34 < found.high


def test_with_one_stratum_the_interval_is_wilsons():
    found = post_stratified([3], [10], [40])

    assert (found.low, found.high) == pytest.approx((0.107791, 0.603222), abs=1e-6)


def test_answers_that_all_agree_still_have_a_width():
    found = post_stratified([4, 6], [4, 6], [20, 30])

    assert found.share == 1
    assert found.standard_error == 0
    assert found.low == pytest.approx(10 / (10 + 1.959964**2))
    assert found.high == pytest.approx(1)


def test_a_stratum_that_did_not_answer_cannot_be_weighed():
    found = post_stratified([9, 0], [10, 0], [20, 80])

    assert (found.raw, found.share, found.low) == (0.9, None, None)
    assert post_stratified([9, 0], [10, 0], [20, 0]).share == 0.9
    assert post_stratified([0], [0], [5]).raw is None


@pytest.mark.parametrize(
    "columns",
    [([2], [1], [3]), ([1], [4], [3]), ([-1], [4], [5]), ([1], [1, 2], [3]), (1, 1, 1)],
)
def test_impossible_strata_are_refused(columns):
    with pytest.raises(ValueError, match="must"):
        post_stratified(*columns)
