import numpy as np
import pytest

from metrics.statistics.intervals import Estimate
from metrics.statistics.life_table import life_table
from metrics.statistics.survival import kaplan_meier, quantile, share_open

# Lee (1992), Statistical Methods for Survival Data Analysis, page 91: men with angina by year.
ANGINA_DIED = (456, 226, 152, 171, 135, 125, 83, 74, 51, 42, 43, 34, 18, 9, 6, 0)
ANGINA_LOST = (0, 39, 22, 23, 24, 107, 133, 102, 68, 64, 45, 53, 33, 27, 23, 30)

BANDS = (0, 8, 15, 31, 61, 91, 121, 181, 366, 731)


def table_of(ended, censored=(), edges=BANDS):
    """Life table of one row per case."""
    counts = [
        np.bincount(np.searchsorted(edges, days, side="right") - 1, minlength=len(edges))
        for days in (np.array(ended, dtype=int), np.array(censored, dtype=int))
    ]
    return life_table(edges, *counts)


def test_men_with_angina_survive_as_published():
    # SAS/STAT, The LIFETEST Procedure, METHOD=LT, on the same counts.
    curve = life_table(range(16), ANGINA_DIED, ANGINA_LOST)

    published = [0.8114, 0.7170, 0.6524, 0.5786, 0.5193, 0.4611, 0.4172, 0.3712]
    published += [0.3342, 0.2987, 0.2557, 0.2136, 0.1839, 0.1636, 0.1429]
    assert curve.survival.round(4).tolist() == published
    assert curve.at_risk[:3].tolist() == [2418, 1942.5, 1686]


def test_half_of_the_men_with_angina_live_5_3313_years_as_published():
    # In units of a ten-thousandth of a year, in which a whole unit is nothing.
    curve = life_table(np.arange(16) * 10_000, ANGINA_DIED, ANGINA_LOST)

    assert quantile(curve, 0.5).value == pytest.approx(53_313, abs=1)


def test_the_band_of_a_life_table_has_greenwoods_published_error():
    # SAS prints 0.00796 and 0.00918 for the errors of S at one and two years.
    curve = life_table(range(16), ANGINA_DIED, ANGINA_LOST)

    for at, error in ((0, 0.00796), (1, 0.00918)):
        s = curve.survival[at]
        # Half the log-log width times the slope of log(-log S) gives the error back.
        width = np.log(np.log(curve.low[at]) / np.log(curve.high[at])) / 2
        assert width / 1.959964 * -s * np.log(s) == pytest.approx(error, abs=5e-6)


def test_without_censoring_a_life_table_is_exact_on_the_last_day_of_each_band():
    ended = [0, 3, 7, 8, 14, 15, 30, 31, 60, 400]
    table, curve = table_of(ended), kaplan_meier(ended, [1] * 10, [0] * 10)

    for day in (7, 14, 30, 60):
        assert share_open(table, day).value == pytest.approx(share_open(curve, day).value)
        assert share_open(table, day).low == pytest.approx(share_open(curve, day).low)


def test_censored_cases_count_half_in_their_band():
    # 10 enter days 0 to 7: 2 end, 4 are last seen: 2 of 8.
    curve = life_table([0, 8], [2, 0], [4, 4])

    assert curve.at_risk.tolist() == [8]
    assert share_open(curve, 7).value == 0.75


def test_a_share_within_a_band_lies_on_the_line():
    # S(14) = 1, S(30) = 0.5: day 18 is a quarter of the 16 days.
    curve = life_table([0, 15, 31], [0, 8, 8], [0, 0, 0])

    assert share_open(curve, 14).value == 1
    assert share_open(curve, 18).value == 0.875
    low, high = share_open(curve, 30).low, share_open(curve, 30).high
    assert share_open(curve, 18).low == pytest.approx(0.75 + low / 4)
    assert share_open(curve, 18).high == pytest.approx(0.75 + high / 4)


def test_a_quantile_within_a_band_is_the_first_whole_day_on_the_line():
    # S falls from 1 before day 15 to 0.2 on day 24, by 0.08 a day: 0.5 within the seventh day.
    curve = life_table([0, 15, 25], [0, 8, 2], [0, 0, 0])

    assert quantile(curve, 0.5).value == 21
    assert quantile(curve, 0.4).value == 19  # exactly five days


def test_a_line_that_is_there_on_a_whole_day_but_for_rounding_is_there():
    # Five days from 1 to 7/12: 3/4 after three of them, 2.0000000000000004 in floating point.
    assert quantile(life_table([0, 5], [5, 7], [0, 0]), 0.25).value == 2


def test_the_first_band_counts_from_the_start_of_day_0():
    # 8 days, day 0 included: 0.5 at the end of day 3.
    curve = life_table([0, 8], [8, 0], [0, 0])

    assert quantile(curve, 0.5).value == 3
    assert quantile(curve, 0.1).value == 0
    assert share_open(curve, 0).value == 7 / 8


def test_a_level_kept_over_whole_bands_gives_their_middle():
    curve = life_table([0, 8, 15, 31], [5, 0, 5, 0], [0, 0, 0, 0])

    assert quantile(curve, 0.5).value == 10.5


def test_a_level_reached_at_the_end_of_a_band_is_that_day():
    curve = life_table([0, 8, 15], [5, 3, 2], [0, 0, 0])

    assert quantile(curve, 0.5).value == 7


def test_a_quantile_in_the_band_without_end_is_not_reached():
    curve = life_table([0, 8], [4, 6], [0, 0])

    assert quantile(curve, 0.4).value == 7
    assert quantile(curve, 0.5).value is None
    assert quantile(curve, 0.5).high is None


def test_the_interval_of_a_life_table_quantile_inverts_the_band():
    curve = life_table(BANDS, [10, 20, 30, 40, 20, 10, 5, 5, 5, 5], [0] * 10)
    estimate = quantile(curve, 0.5)

    for day, side in ((estimate.low, "low"), (estimate.high, "high")):
        assert getattr(share_open(curve, int(day)), side) <= 0.5
        assert getattr(share_open(curve, int(day) - 1), side) > 0.5


def test_a_band_in_which_the_last_are_lost_says_only_that_they_were_there_on_its_first_day():
    curve = life_table([0, 8, 15, 31], [1, 0, 0, 0], [1, 2, 0, 0])

    assert curve.last_day == 8
    assert share_open(curve, 14) == Estimate(None, None, None)


def test_a_band_is_known_to_its_end_where_somebody_goes_on_or_nobody_is_lost():
    assert life_table([0, 8, 15], [1, 1, 0], [0, 2, 1]).last_day == 14
    assert life_table([0, 8, 15], [1, 2, 0], [1, 0, 0]).last_day == 14


def test_a_life_table_that_reaches_zero_stays_there():
    curve = life_table([0, 8, 15], [1, 1, 0], [0, 0, 0])

    assert share_open(curve, 14) == Estimate(0, None, None)
    assert share_open(curve, 99) == Estimate(0, None, None)
    # On the way to 0 the line is known and its band is not.
    assert share_open(curve, 11) == Estimate(pytest.approx(0.5 * 3 / 7), None, None)


def test_a_life_table_of_nobody_and_one_without_a_closed_band_say_nothing():
    for curve in (
        life_table([0, 8], [0, 0], [0, 0]),
        life_table([0], [5], [5]),
    ):
        assert curve.last_day is None
        assert quantile(curve, 0.5) == Estimate(None, None, None)
        assert share_open(curve, 0) == Estimate(None, None, None)


@pytest.mark.parametrize("edges", [[], [1, 8], [0, 8, 8], [0, 15, 8]])
def test_bands_rise_from_day_0(edges):
    with pytest.raises(ValueError, match="rise"):
        life_table(edges, [0] * len(edges), [0] * len(edges))


@pytest.mark.parametrize("columns", [([0, 8], [1], [0, 0]), ([0], [-1], [0]), ([0], [1], [-1])])
def test_counts_of_bands_are_columns_of_one_length_and_not_negative(columns):
    with pytest.raises(ValueError, match=r"columns|negative"):
        life_table(*columns)
