import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from metrics.statistics.intervals import (
    Interval,
    garwood,
    missing_bounds,
    needed,
    normal_quantile,
    wilson,
)


def test_wilson_gives_newcombes_published_interval_for_81_of_263():
    # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
    interval = wilson(81, 263)

    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


def test_wilson_gives_newcombes_published_interval_for_15_of_148():
    interval = wilson(15, 148)

    assert (round(interval.low, 4), round(interval.high, 4)) == (0.0624, 0.1605)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.998])
@pytest.mark.parametrize(
    ("successes", "trials"), [(0, 1), (1, 1), (3, 3), (7, 9), (500, 10_000)]
)
def test_wilson_agrees_with_statsmodels(successes, trials, confidence):
    low, high = proportion_confint(successes, trials, alpha=1 - confidence, method="wilson")

    interval = wilson(successes, trials, confidence=confidence)

    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-12)


def test_three_of_three_is_not_certainty():
    assert wilson(3, 3).low == pytest.approx(3 / (3 + 1.959964**2))


def test_no_success_starts_at_exactly_zero_and_all_successes_end_at_exactly_one():
    for trials in range(1, 400):
        assert wilson(0, trials).low == 0
        assert wilson(trials, trials).high == 1


def test_no_trials_have_no_interval():
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3)])
def test_successes_must_be_a_part_of_the_trials(successes, trials):
    for refuse in (
        lambda: wilson(successes, trials),
        lambda: missing_bounds(successes, trials, 0),
        lambda: needed(successes, trials, 0.5),
    ):
        with pytest.raises(ValueError, match=f"{successes} successes of {trials} trials"):
            refuse()


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_lies_between_0_and_1(confidence):
    with pytest.raises(ValueError, match="confidence"):
        wilson(1, 2, confidence=confidence)
    with pytest.raises(ValueError, match="confidence"):
        garwood(1, 2, confidence=confidence)


def test_normal_quantile_of_95_percent_is_1_96():
    assert normal_quantile(0.95) == pytest.approx(1.9599639845)


def test_garwood_gives_the_published_interval_for_ten_events():
    # Ulm (1990), American Journal of Epidemiology 131, 373-375: 4.795 to 18.390.
    interval = garwood(10, 1)

    assert (round(interval.low, 3), round(interval.high, 3)) == (4.795, 18.390)


def test_no_events_allow_a_rate_of_3_689_per_unit_of_exposure():
    interval = garwood(0, 1)

    assert interval.low == 0
    assert round(interval.high, 3) == 3.689


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.998])
@pytest.mark.parametrize("events", [1, 4, 50, 3000])
def test_garwood_is_half_the_chi_square_quantiles_per_unit_of_exposure(events, confidence):
    tail = (1 - confidence) / 2

    interval = garwood(events, 12.5, confidence=confidence)

    assert interval.low == pytest.approx(stats.chi2.ppf(tail, 2 * events) / 2 / 12.5)
    assert interval.high == pytest.approx(stats.chi2.ppf(1 - tail, 2 * events + 2) / 2 / 12.5)


def test_no_exposure_has_no_rate():
    assert garwood(0, 0) is None
    assert garwood(2, 0) is None


@pytest.mark.parametrize(("events", "exposure"), [(-1, 1), (1, -1)])
def test_events_and_exposure_are_not_negative(events, exposure):
    with pytest.raises(ValueError, match="both must be >= 0"):
        garwood(events, exposure)


def test_missing_answers_bound_the_share_from_both_sides():
    # 24 of 100 answered, 18 of them content: between 18 % and 94 % of all.
    assert missing_bounds(18, 24, 76) == Interval(0.18, 0.94)


def test_with_nothing_missing_the_bounds_meet_in_the_share():
    assert missing_bounds(3, 4, 0) == Interval(0.75, 0.75)


def test_with_nothing_judged_the_share_may_be_anything():
    assert missing_bounds(0, 0, 5) == Interval(0, 1)


def test_nobody_at_all_has_no_bounds():
    assert missing_bounds(0, 0, 0) is None


def test_missing_is_not_negative():
    with pytest.raises(ValueError, match="-1 missing"):
        missing_bounds(0, 0, -1)


@pytest.mark.parametrize(
    ("successes", "trials", "target", "more"),
    [
        (19, 20, 0.95, 0),
        (18, 20, 0.95, 1),
        (90, 100, 0.95, 5),
        (17, 19, 0.95, 2),  # 18 of 19 is 94.7 %
        (0, 4, 1, 4),
        (0, 4, 0, 0),
        (4, 4, 0.5, 0),
        (0, 0, 0.95, 0),
    ],
)
def test_needed_counts_the_successes_short_of_the_target(successes, trials, target, more):
    assert needed(successes, trials, target) == more


def test_a_target_means_the_decimal_it_is_written_as():
    # 0.07 * 100 is 7.000000000000001 in floating point, and its ceiling 8.
    assert needed(7, 100, 0.07) == 0
    # 0.1 + 0.2 is not 0.3; as written, it asks for one more in 10.
    assert needed(3, 10, 0.1 + 0.2) == 1


@pytest.mark.parametrize("target", [-0.1, 1.1, 95])
def test_a_target_is_a_share(target):
    with pytest.raises(ValueError, match="must be a share"):
        needed(1, 2, target)
