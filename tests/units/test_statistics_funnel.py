import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from metrics.statistics.comparison import binomial_limits
from metrics.statistics.funnel import funnel_of_counts, funnel_of_shares
from metrics.statistics.multiplicity import benjamini_hochberg
from metrics.statistics.overdispersion import (
    adjusted_limits,
    overdispersion,
    ratio_scores,
    share_scores,
)
from metrics.statistics.standardisation import indirect_standardisation, stratum_rates

NAN = float("nan")
# Benjamini and Hochberg (1995), JRSS B 57, 289-300, section 4.
P_1995 = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
P_1995 += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]

# Funnels


def test_a_unit_is_judged_by_its_exact_tails():
    found = funnel_of_shares([9, 5, 1], [10, 10, 10])

    assert found.centre == 0.5
    assert found.values.tolist() == [0.9, 0.5, 0.1]
    assert found.high[0] == pytest.approx(11 / 1024)
    assert found.low[2] == pytest.approx(11 / 1024)
    assert found.p_value.tolist() == pytest.approx([22 / 1024, 1, 22 / 1024])
    assert found.warning.standing == ("high", "usual", "low")
    assert found.signal.standing == ("usual", "usual", "usual")


def test_drawn_limits_are_those_of_the_size_of_each_unit():
    found = funnel_of_shares([9, 50], [10, 100], centre=0.6)
    drawn = binomial_limits(100, 0.6, level=0.95)

    assert (found.warning.lower[1], found.warning.upper[1]) == (drawn.low, drawn.high)
    assert found.signal.upper[1] > found.warning.upper[1]


def test_a_unit_without_cases_has_no_standing():
    shares, counts = funnel_of_shares([1, 0], [2, 0]), funnel_of_counts([1, 0], [1.5, 0])

    for found in (shares, counts):
        assert np.isnan(found.values[1])
        assert np.isnan([found.p_value[1], found.signal.lower[1]]).all()
        assert found.signal.standing[1] == "no_data"


def test_counts_are_judged_against_what_was_expected():
    found = funnel_of_counts([0, 12, 4], [7.0, 4.0, 4.0])

    assert found.values.tolist() == [0, 3, 1]
    assert found.low[0] == pytest.approx(np.exp(-7))
    assert found.signal.standing == ("low", "high", "usual")
    assert found.signal.upper[1] < 3


def test_below_ten_units_nothing_is_widened():
    found = funnel_of_shares([0, 9] * 4 + [0], [10] * 9)

    assert (found.overdispersion.phi, found.overdispersion.tau2) == (None, None)
    assert found.signal.adjusted_standing == found.signal.standing


def test_from_ten_units_on_the_spread_between_units_widens_the_limits():
    shares = [300, 700] * 6
    found = funnel_of_shares(shares, [1000] * 12)

    assert set(found.signal.standing) == {"low", "high"}
    assert set(found.signal.adjusted_standing) == {"usual"}
    assert np.all(found.signal.adjusted_upper > found.signal.upper)
    assert np.all(found.signal.adjusted_lower < found.signal.lower)


def test_what_stands_out_of_a_wide_spread_still_does_on_either_side():
    found = funnel_of_counts([100] * 5 + [80] * 5 + [120] * 5 + [400, 1, 0], [100.0] * 17 + [0])

    assert found.overdispersion.tau2 > 0
    assert found.signal.adjusted_standing[15:] == ("high", "low", "no_data")


@pytest.mark.parametrize(
    "refuse",
    [
        lambda: funnel_of_shares([1], [1, 2]),
        lambda: funnel_of_shares([3], [2]),
        lambda: funnel_of_shares([0], [0]),
        lambda: funnel_of_shares([[1]], [[2]]),
        lambda: funnel_of_counts([-1], [2]),
    ],
)
def test_impossible_units_are_refused(refuse):
    with pytest.raises(ValueError, match=r"must|without any"):
        refuse()


# Overdispersion


def test_phi_and_tau2_are_those_of_spiegelhalters_formulas():
    events = [3, 14, 8, 30, 11, 9, 2, 25, 16, 7, 40, 5]
    expected = np.array([8.0, 9, 12, 15, 10, 9, 8, 14, 15, 11, 18, 9])
    z = 2 * np.sqrt(expected) * (np.sqrt(np.array(events) / expected) - 1)
    low, high = np.quantile(z, [0.1, 0.9])
    clipped = [min(max(value, low), high) for value in z]
    phi = sum(value * value for value in clipped) / 12
    w = 4 * expected
    tau2 = (12 * phi - 11) / (w.sum() - (w**2).sum() / w.sum())

    found = overdispersion(ratio_scores(events, expected))

    assert (found.units, found.phi, found.tau2) == (12, pytest.approx(phi), pytest.approx(tau2))
    assert found.z == pytest.approx(z / w**0.5 / np.sqrt(1 / w + tau2))
    assert found.p_value == pytest.approx(2 * stats.norm.sf(np.abs(found.z)))


def test_units_that_differ_by_less_than_chance_add_nothing():
    found = overdispersion(share_scores([5] * 10, [10] * 10, 0.5))

    assert (found.phi, found.tau2) == (0, 0)


def test_truncation_leaves_the_extremes_out():
    events, expected = [10] * 10 + [0, 100], [10.0] * 12
    winsorised = overdispersion(ratio_scores(events, expected))
    truncated = overdispersion(ratio_scores(events, expected), extremes="truncate")

    assert truncated.phi == 0
    assert winsorised.units == truncated.units == 12
    assert overdispersion(ratio_scores(events, expected), trim=0).phi > 1
    with pytest.raises(ValueError, match="trimming"):
        overdispersion(ratio_scores(events, expected), trim=0.5)


def test_the_logarithm_has_no_value_where_nothing_happened_and_the_root_has():
    logs, roots = (ratio_scores([0, 4, 1], [1, 4, 0], scale=scale) for scale in ("log", "root"))

    assert np.isnan(logs.z).tolist() == [True, False, True]
    assert roots.z.tolist()[:2] == [-2, 0]
    assert logs.s[1] == 0.5


def test_limits_are_turned_back_from_their_scale():
    shares = share_scores([5], [100], 0.5)
    low, high = adjusted_limits(shares, 0.0, 1.96)
    assert (low[0] + high[0], low[0]) == pytest.approx((1, 0.4026), abs=1e-4)
    wide_low, wide_high = adjusted_limits(shares, 9.0, 1.96)
    assert (wide_low[0], wide_high[0]) == (0, 1)
    low, high = adjusted_limits(ratio_scores([1], [4]), 0.0, 1.96)
    assert (low[0], high[0]) == pytest.approx((0.51**2, 1.49**2))
    assert adjusted_limits(ratio_scores([1], [4]), 9.0, 1.96)[0][0] == 0
    low, high = adjusted_limits(ratio_scores([1], [4], scale="log"), 0.0, 1.96)
    assert low[0] * high[0] == pytest.approx(1)


# Many tests


def test_four_of_the_fifteen_tests_of_1995_are_rejected():
    found = benjamini_hochberg(P_1995)

    assert found.rejected.tolist() == [True] * 4 + [False] * 11
    # R: p.adjust(p, "BH").
    published = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571]
    assert found.adjusted[:6] == pytest.approx(published)


def test_adjusted_values_agree_with_statsmodels_in_any_order():
    p = np.array([0.8, 0.01, 0.04, 0.01, 0.2, 0.03])
    rejected, adjusted, *_ = multipletests(p, alpha=0.1, method="fdr_bh")
    found = benjamini_hochberg(p, q=0.1)

    assert found.adjusted == pytest.approx(adjusted)
    assert found.rejected.tolist() == rejected.tolist()


def test_a_test_that_could_not_be_made_is_not_counted():
    found = benjamini_hochberg([0.04, NAN])

    assert found.adjusted[0] == 0.04
    assert np.isnan(found.adjusted[1])
    assert found.rejected.tolist() == [True, False]
    assert benjamini_hochberg([]).rejected.size == 0


@pytest.mark.parametrize(
    ("p", "q"), [([1.1], 0.05), ([-0.1], 0.05), ([[0.5]], 0.05), ([0.5], 1)]
)
def test_p_values_and_rates_lie_between_0_and_1(p, q):
    with pytest.raises(ValueError, match=r"must"):
        benjamini_hochberg(p, q=q)


# Standardisation


def test_a_unit_with_hard_cases_is_compared_with_hard_cases():
    # Unit a is better in both strata, and worse in all, for most of its cases are hard.
    events = np.array([[1, 36], [18, 10]])
    cases = np.array([[20, 80], [180, 20]])
    rates = stratum_rates(events, cases)

    assert rates == pytest.approx([19 / 200, 46 / 100])
    found = indirect_standardisation(events.sum(axis=1), cases, rates)
    assert found.expected == pytest.approx([20 * 0.095 + 80 * 0.46, 180 * 0.095 + 20 * 0.46])
    assert 37 / 100 > 28 / 200
    assert found.ratio[0] < 1 < found.ratio[1]
    assert found.expected.sum() == pytest.approx(events.sum())


def test_the_interval_of_a_ratio_is_exact():
    # SMR 10 of 8 expected: Garwood 4.7954 and 18.3904 over 8.
    found = indirect_standardisation([10], [[80]], [0.1])

    assert (found.low[0], found.high[0]) == pytest.approx((4.7954 / 8, 18.3904 / 8), rel=1e-5)


def test_where_nothing_is_expected_there_is_no_ratio():
    found = indirect_standardisation([0], [[0, 0]], [0.1, NAN])

    assert np.isnan([found.ratio[0], found.low[0], found.high[0]]).all()
    assert np.isnan(stratum_rates([[0, 1]], [[0, 2]])[0])


@pytest.mark.parametrize(
    "refuse",
    [
        lambda: stratum_rates([1], [1]),
        lambda: stratum_rates([[-1]], [[1]]),
        lambda: indirect_standardisation([1, 2], [[1]], [0.1]),
        lambda: indirect_standardisation([1], [[-1]], [0.1]),
        lambda: indirect_standardisation([1], [[1]], [NAN]),
    ],
)
def test_impossible_strata_are_refused(refuse):
    with pytest.raises(ValueError, match=r"must|no reference"):
        refuse()
