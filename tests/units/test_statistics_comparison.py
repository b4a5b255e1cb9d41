import pytest
from scipy import stats

from metrics.statistics.comparison import (
    Tails,
    binomial_limits,
    binomial_tails,
    more_than_before,
    outside,
    poisson_limits,
    poisson_tails,
)
from metrics.statistics.intervals import Interval


def test_two_heads_of_two_have_one_chance_in_four():
    assert binomial_tails(2, 2, 0.5) == Tails(low=1.0, high=0.25)


@pytest.mark.parametrize("centre", [0.02, 0.5, 0.9])
@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (0, 7), (3, 7), (7, 7), (180, 400)])
def test_binomial_tails_agree_with_scipy(successes, trials, centre):
    tails = binomial_tails(successes, trials, centre)

    assert tails.low == pytest.approx(stats.binom.cdf(successes, trials, centre))
    assert tails.high == pytest.approx(stats.binom.sf(successes - 1, trials, centre))


@pytest.mark.parametrize("expected", [0.3, 4, 250])
@pytest.mark.parametrize("events", [0, 1, 6, 300])
def test_poisson_tails_agree_with_scipy(events, expected):
    tails = poisson_tails(events, expected)

    assert tails.low == pytest.approx(stats.poisson.cdf(events, expected))
    assert tails.high == pytest.approx(stats.poisson.sf(events - 1, expected))


def test_an_event_where_none_can_be_expected_is_high():
    assert outside(poisson_tails(1, 0)) == "high"
    assert outside(binomial_tails(1, 9, 0)) == "high"


def test_a_failure_where_none_ever_happens_is_low():
    assert outside(binomial_tails(8, 9, 1)) == "low"


def test_a_unit_just_like_all_others_is_usual():
    assert outside(binomial_tails(5, 10, 0.5)) == "usual"
    assert outside(poisson_tails(0, 0)) == "usual"


def test_no_trials_are_usual_whatever_the_centre():
    assert outside(binomial_tails(0, 0, 0.95)) == "usual"


def test_the_verdict_is_that_of_the_exact_quantiles():
    low, high = stats.binom.ppf([0.001, 0.999], 60, 0.3)
    for successes in range(61):
        expected = "high" if successes > high else "low" if successes < low else "usual"
        assert outside(binomial_tails(successes, 60, 0.3)) == expected


def test_few_reports_are_a_signal_too():
    # exp(-7) is 0.0009, exp(-6) is 0.0025.
    assert outside(poisson_tails(0, 7)) == "low"
    assert outside(poisson_tails(0, 6)) == "usual"


def test_a_lower_level_calls_more_units_unusual():
    tails = binomial_tails(9, 10, 0.5)

    assert tails.high == pytest.approx(11 / 1024)
    assert outside(tails) == "usual"
    assert outside(tails, level=0.95) == "high"


def test_a_tail_of_exactly_half_the_rest_is_outside():
    assert outside(Tails(low=1.0, high=0.25), level=0.5) == "high"
    assert outside(Tails(low=0.25, high=1.0), level=0.5) == "low"


def test_binomial_limits_are_interpolated_as_spiegelhalter_does():
    # Two coins, level 0.5: P(X <= 0) = 1/4, P(X <= 1) = 3/4, both reached exactly.
    assert binomial_limits(2, 0.5, level=0.5) == Interval(0.0, 0.5)
    # Level 0.2: r = 0 with a = (0.25 - 0.1) / 0.25, below 0; r = 2 with a = (1 - 0.9) / 0.25.
    interval = binomial_limits(2, 0.5, level=0.8)
    assert (interval.low, interval.high) == pytest.approx((0.0, (2 - 0.4) / 2))


@pytest.mark.parametrize(("trials", "centre"), [(9, 0.5), (100, 0.1), (400, 0.93)])
def test_binomial_limits_follow_the_formula_with_scipys_quantiles(trials, centre):
    interval = binomial_limits(trials, centre)

    for limit, p in ((interval.low, 0.001), (interval.high, 0.999)):
        r = stats.binom.ppf(p, trials, centre)
        spare = stats.binom.cdf(r, trials, centre) - p
        smooth = (r - spare / stats.binom.pmf(r, trials, centre)) / trials
        assert limit == pytest.approx(max(0.0, smooth))


@pytest.mark.parametrize("expected", [0.5, 4.2, 37, 900])
def test_poisson_limits_follow_the_formula_with_scipys_quantiles(expected):
    interval = poisson_limits(expected, level=0.95)

    for limit, p in ((interval.low, 0.025), (interval.high, 0.975)):
        r = stats.poisson.ppf(p, expected)
        spare = stats.poisson.cdf(r, expected) - p
        assert limit == pytest.approx(max(0.0, r - spare / stats.poisson.pmf(r, expected)))


def test_limits_never_leave_the_centre_outside():
    # One trial that all but always succeeds: the formula alone would end at 0.999.
    assert binomial_limits(1, 0.9995).high == 0.9995
    assert binomial_limits(5, 0) == Interval(0.0, 0.0)
    assert poisson_limits(0.0001) == Interval(0.0, 0.0001)
    assert poisson_limits(0) == Interval(0.0, 0.0)


def test_no_trials_have_no_limits():
    assert binomial_limits(0, 0.5) is None


@pytest.mark.parametrize("centre", [-0.1, 1.1])
def test_a_centre_is_a_share(centre):
    with pytest.raises(ValueError, match="centre"):
        binomial_tails(1, 2, centre)
    with pytest.raises(ValueError, match="centre"):
        binomial_limits(2, centre)


@pytest.mark.parametrize("level", [0, 1, 99.8])
def test_a_level_lies_between_0_and_1(level):
    for refuse in (
        lambda: outside(Tails(0.5, 0.5), level=level),
        lambda: binomial_limits(2, 0.5, level=level),
        lambda: poisson_limits(2, level=level),
    ):
        with pytest.raises(ValueError, match="level"):
            refuse()


@pytest.mark.parametrize(
    "refuse",
    [
        lambda: binomial_tails(3, 2, 0.5),
        lambda: binomial_tails(-1, 2, 0.5),
        lambda: poisson_tails(-1, 2),
        lambda: poisson_tails(1, -2),
        lambda: binomial_limits(-1, 0.5),
        lambda: poisson_limits(-1),
    ],
)
def test_impossible_counts_are_refused(refuse):
    with pytest.raises(ValueError, match="must be"):
        refuse()


def test_a_count_among_those_now_is_compared_with_what_was_before():
    # By hand: of 30 with 4 counted, C(10,3) C(20,1) + C(10,4) of C(30,4).
    by_hand = (120 * 20 + 210) / 27_405
    assert more_than_before((3, 10), (1, 20)) == pytest.approx(by_hand, rel=1e-12)
    assert more_than_before((3, 10), (1, 20)) == pytest.approx(
        stats.fisher_exact([[3, 7], [1, 19]], alternative="greater").pvalue, rel=1e-9
    )


@pytest.mark.parametrize(
    ("now", "before"),
    [((600, 1000), (450, 900)), ((500, 20_000), (430, 20_000)), ((9_990, 10_000), (5, 10))],
)
def test_an_excess_among_thousands_is_that_of_fishers_test(now, before):
    (count, total), (past, whole) = now, before
    table = [[count, total - count], [past, whole - past]]
    expected = stats.fisher_exact(table, alternative="greater").pvalue
    assert more_than_before(now, before) == pytest.approx(expected, rel=1e-8)


def test_a_million_cases_are_compared_at_once():
    # Told by the normal approximation: 5,300 of a million where 5,000 were before.
    assert more_than_before((5_300, 10**6), (5_000, 10**6)) == pytest.approx(0.0016, rel=0.05)


def test_none_now_and_nothing_before_are_no_excess():
    assert more_than_before((0, 10), (5, 20)) == 1.0
    assert more_than_before((3, 10), (0, 0)) == 1.0


def test_one_case_of_fifty_is_no_excess_over_none_of_nine_hundred():
    assert more_than_before((1, 50), (0, 900)) == pytest.approx(50 / 950)


@pytest.mark.parametrize(("now", "before"), [((4, 3), (0, 1)), ((1, 3), (-1, 4))])
def test_what_is_counted_is_a_part_of_the_total(now, before):
    with pytest.raises(ValueError, match="must be a part"):
        more_than_before(now, before)
