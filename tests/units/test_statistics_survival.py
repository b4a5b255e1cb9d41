from dataclasses import astuple

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from metrics.statistics.intervals import Estimate
from metrics.statistics.survival import kaplan_meier, quantile, share_open

# Acute myelogenous leukaemia, weeks in remission: Miller (1981), Survival Analysis, page 49.
MAINTAINED = ([9, 13, 18, 23, 31, 34, 48], [13, 28, 45, 161])
NOT_MAINTAINED = ([5, 5, 8, 8, 12, 23, 27, 30, 33, 43, 45], [16])
# Freireich and others (1963), Blood 21, 699-716: weeks in remission under 6-MP and placebo.
SIX_MP = ([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
PLACEBO = ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [])
# Klein and Moeschberger (2003), Survival Analysis, table D.1: days disease-free, group ALL.
TRANSPLANTED = (
    [
        1,
        55,
        74,
        86,
        104,
        107,
        109,
        110,
        122,
        122,
        129,
        172,
        192,
        194,
        230,
        276,
        332,
        383,
        418,
        466,
        487,
        526,
        609,
        662,
    ],
    [226, 530, 996, 1111, 1167, 1182, 1199, 1330, 1377, 1433, 1462, 1496, 1602, 2081],
)
# Loprinzi and others (1994), Journal of Clinical Oncology 12, 601-607: days of survival.
LUNG_DIED = """
5 11 11 11 12 13 13 15 26 30 31 53 53 54 59 60 60 61 62 65 65 71 79 81 81 88 88 92 93 95 95
105 107 107 110 116 118 122 131 132 132 135 142 144 145 145 147 153 156 156 163 163 163 166
166 167 170 175 176 177 179 179 180 181 181 182 183 186 189 194 197 199 201 201 202 207 208
210 212 218 222 223 226 229 230 239 239 245 246 267 268 269 270 283 284 285 285 286 288 291
293 301 303 305 306 310 310 320 329 337 340 345 348 350 351 353 353 361 363 363 364 371 371
387 390 394 426 428 429 433 442 444 450 455 457 460 473 477 519 520 524 524 533 550 558 567
574 583 613 624 641 643 654 655 687 689 705 707 728 731 735 765 791 814 883
"""
LUNG_ALIVE = """
92 105 173 174 175 177 185 188 191 192 196 197 202 203 211 221 222 224 225 225 235 237 240
243 252 259 266 269 272 276 279 284 292 292 296 300 301 303 315 332 356 364 376 382 384 404
413 444 458 511 511 529 543 551 559 588 740 806 821 840 965 1010 1022
"""
LUNG = ([int(day) for day in LUNG_DIED.split()], [int(day) for day in LUNG_ALIVE.split()])


def curve_of(ended, censored=()):
    """Kaplan-Meier of one row per case."""
    days = [*ended, *censored]
    flags = np.arange(len(days)) < len(ended)
    return kaplan_meier(days, flags, ~flags)


# Kaplan-Meier: the curve


def test_remission_under_maintenance_survives_as_published():
    # R: summary(survfit(Surv(time, status) ~ x, aml)).
    curve = curve_of(*MAINTAINED)

    assert curve.day.tolist() == [9, 13, 18, 23, 31, 34, 48]
    assert curve.at_risk.tolist() == [11, 10, 8, 7, 5, 4, 2]
    assert curve.survival.round(3).tolist() == [0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184]


def test_remission_without_maintenance_survives_as_published():
    curve = curve_of(*NOT_MAINTAINED)

    assert curve.at_risk.tolist() == [12, 10, 8, 6, 5, 4, 3, 2, 1]
    assert curve.ended.tolist() == [2, 2, 1, 1, 1, 1, 1, 1, 1]
    published = [0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972, 0.0]
    assert curve.survival.round(4).tolist() == published


@pytest.mark.parametrize("data", [MAINTAINED, SIX_MP, TRANSPLANTED, LUNG])
def test_curve_and_greenwood_agree_with_statsmodels(data):
    reference = SurvfuncRight([*data[0], *data[1]], [1] * len(data[0]) + [0] * len(data[1]))
    s, error = reference.surv_prob, reference.surv_prob_se
    inside = s > 0
    with np.errstate(divide="ignore"):
        slope = 1.959963984540054 * error[inside] / (s[inside] * np.log(s[inside]))

    curve = curve_of(*data)

    np.testing.assert_array_equal(curve.day, reference.surv_times)
    np.testing.assert_allclose(curve.survival, s)
    np.testing.assert_allclose(curve.low[inside], s[inside] ** np.exp(-slope))
    np.testing.assert_allclose(curve.high[inside], s[inside] ** np.exp(slope))


def test_a_case_censored_on_the_day_another_ends_was_at_risk_on_it():
    curve = kaplan_meier([3], [1], [1])

    assert curve.at_risk.tolist() == [2]
    assert curve.survival.tolist() == [0.5]


def test_a_case_that_ends_on_the_day_it_began_counts():
    curve = kaplan_meier([0, 5], [1, 1], [0, 0])

    assert share_open(curve, 0).value == 0.5


def test_the_order_of_the_days_does_not_matter_and_repeats_add_up():
    one = kaplan_meier([7, 2, 7, 4], [1, 1, 1, 0], [0, 0, 1, 2])
    other = kaplan_meier([2, 4, 7], [1, 0, 2], [0, 2, 1])

    assert one.survival.tolist() == other.survival.tolist()
    assert one.at_risk.tolist() == other.at_risk.tolist() == [6, 3]


def test_days_on_which_nobody_was_seen_say_nothing():
    assert kaplan_meier([2, 900], [1, 0], [1, 0]).last_day == 2


def test_the_band_narrows_with_less_confidence():
    wide = kaplan_meier([1, 2], [1, 1], [0, 0])
    narrow = kaplan_meier([1, 2], [1, 1], [0, 0], confidence=0.5)

    assert wide.low[0] < narrow.low[0] < narrow.high[0] < wide.high[0]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([-1], [1], [0]), "not negative"),
        (([np.inf], [1], [0]), "finite"),
        (([np.nan], [1], [0]), "finite"),
        (([1], [-1], [0]), "counts"),
        (([1], [0], [-1]), "counts"),
        (([1], [np.nan], [0]), "counts"),
        (([1, 2], [1], [0]), "one length"),
        (([[1]], [[1]], [[0]]), "one length"),
    ],
)
def test_impossible_columns_are_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        kaplan_meier(*columns)


# Kaplan-Meier: quantiles


def test_the_median_of_lung_is_that_of_r_with_the_log_log_interval():
    # R: survfit(Surv(time, status) ~ 1, lung, conf.type = "log-log").
    assert quantile(curve_of(*LUNG), 0.5) == Estimate(310, 284, 361)


def test_quartiles_after_transplantation_are_those_that_sas_publishes():
    # SAS/STAT, The LIFETEST Procedure, CONFTYPE=LOGLOG: 122 (86 to 230) and 418 (192 to .).
    curve = curve_of(*TRANSPLANTED)

    assert quantile(curve, 0.25) == Estimate(122, 86, 230)
    assert quantile(curve, 0.5) == Estimate(418, 192, None)


def test_medians_of_the_leukaemia_trials_are_those_published():
    assert quantile(curve_of(*MAINTAINED), 0.5).value == 31
    assert quantile(curve_of(*NOT_MAINTAINED), 0.5).value == 23
    assert quantile(curve_of(*SIX_MP), 0.5) == Estimate(23, 13, None)
    assert quantile(curve_of(*PLACEBO), 0.5) == Estimate(8, 4, 11)


@pytest.mark.parametrize("data", [MAINTAINED, NOT_MAINTAINED, SIX_MP, TRANSPLANTED, LUNG])
@pytest.mark.parametrize("p", [0.25, 0.5, 0.75])
def test_quantile_intervals_agree_with_statsmodels_where_s_stays_above_zero(data, p):
    ended, censored = list(data[0]), [*data[1], 10_000]  # the last one keeps S from 0
    reference = SurvfuncRight([*ended, *censored], [1] * len(ended) + [0] * len(censored))
    low, high = reference.quantile_ci(p)

    estimate = quantile(curve_of(ended, censored), p)

    assert estimate.low == low
    assert estimate.high == (None if np.isinf(high) else high)


def test_flat_stretches_give_their_middle_as_in_rs_own_test():
    # tests/quantile.R of the package survival; S is 6/7, then 18/35 (6/7 * 3/5), then 9/35.
    curve = curve_of([1, 6, 6, 9], [1, 8, 10])

    levels = [13 / 14, 6 / 7, 2 / 3, 0.5, 9 / 35, 0.1]
    assert [quantile(curve, 1 - q).value for q in levels] == [1, 3.5, 6, 9, 9.5, None]


def test_two_of_two_have_their_median_between_them():
    assert quantile(curve_of([10, 20]), 0.5).value == 15


def test_a_curve_that_stays_on_the_level_gives_the_middle_up_to_the_last_day_seen():
    assert quantile(curve_of([10], [30]), 0.5).value == 20


@pytest.mark.parametrize("cases", [20, 24])
def test_a_product_that_is_a_half_but_for_rounding_counts_as_a_half(cases):
    # (19/20)(18/19)...(10/11) is just below 0.5 in floating point, that of 24 just above.
    curve = curve_of(range(1, cases + 1))

    assert (curve.survival[cases // 2 - 1] < 0.5) == (cases == 20)
    assert curve.survival[cases // 2 - 1] != 0.5
    assert quantile(curve, 0.5).value == cases / 2 + 0.5


def test_a_quantile_that_is_not_reached_is_none():
    assert quantile(curve_of([10], [20, 20]), 0.5).value is None


def test_nobody_at_all_and_nobody_ended_have_no_quantile():
    assert quantile(curve_of([]), 0.5) == Estimate(None, None, None)
    assert quantile(curve_of([], [4, 5]), 0.5) == Estimate(None, None, None)


def test_everybody_ending_on_one_day_has_a_value_and_no_interval():
    # The band does not exist where S is 0: R prints NA too.
    assert quantile(curve_of([5, 5, 5]), 0.5) == Estimate(5, None, None)


@pytest.mark.parametrize("p", [0, 1, 50])
def test_a_quantile_lies_between_0_and_1(p):
    with pytest.raises(ValueError, match="quantile"):
        quantile(curve_of([1]), p)


# Kaplan-Meier: shares still open


def test_the_share_of_lung_alive_after_a_year_is_that_of_r():
    # R: summary(fit, times = 365) prints 0.409.
    estimate = share_open(curve_of(*LUNG), 365)

    assert round(estimate.value, 3) == 0.409
    assert estimate.low < estimate.value < estimate.high


def test_the_share_open_changes_on_the_day_a_case_ends_and_not_before():
    curve = curve_of([10], [20])

    assert share_open(curve, 9).value == 1
    assert share_open(curve, 10).value == 0.5
    assert share_open(curve, 20).value == 0.5


def test_nothing_is_said_beyond_the_last_day_observed():
    assert share_open(curve_of([10], [20]), 21) == Estimate(None, None, None)


def test_once_every_case_has_ended_the_share_open_stays_zero():
    assert share_open(curve_of([10]), 900) == Estimate(0, None, None)


def test_a_share_of_everything_or_nothing_claims_no_interval():
    curve = curve_of([10, 20])

    assert share_open(curve, 5) == Estimate(1, None, None)
    assert share_open(curve, 20) == Estimate(0, None, None)
    assert None not in astuple(share_open(curve, 10))


def test_all_censored_stay_open_until_last_seen():
    curve = curve_of([], [4, 9])

    assert share_open(curve, 9).value == 1
    assert share_open(curve, 10).value is None


def test_nobody_has_no_share():
    assert share_open(curve_of([]), 0) == Estimate(None, None, None)


def test_the_day_of_a_share_is_not_negative():
    with pytest.raises(ValueError, match="day -1"):
        share_open(curve_of([1]), -1)
