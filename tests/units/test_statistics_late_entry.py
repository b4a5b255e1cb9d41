from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from metrics.statistics.intervals import Estimate
from metrics.statistics.life_table import life_table
from metrics.statistics.logrank import logrank
from metrics.statistics.restricted_mean import RestrictedMean, restricted_mean
from metrics.statistics.survival import (
    kaplan_meier,
    kaplan_meier_by_group,
    quantile,
    reverse_kaplan_meier,
    share_open,
)

# Crowley and Hu (1977), JASA 72, 27-36: the Stanford heart transplants, R's survival::heart.
HEART = np.genfromtxt(
    Path(find_spec("lifelines").submodule_search_locations[0]) / "datasets/stanford_heart.csv",
    delimiter=",",
    skip_header=1,
    usecols=(0, 1, 2),
)
TRANSPLANTED = np.genfromtxt(
    Path(find_spec("lifelines").submodule_search_locations[0]) / "datasets/stanford_heart.csv",
    delimiter=",",
    skip_header=1,
    usecols=6,
    converters={6: lambda text: float(text.strip('"'))},
)
START, STOP, DIED = HEART.T
# Acute myelogenous leukaemia, weeks in remission: Miller (1981), Survival Analysis, page 49.
AML_DAYS = [
    9,
    13,
    13,
    18,
    23,
    28,
    31,
    34,
    45,
    48,
    161,
    5,
    5,
    8,
    8,
    12,
    16,
    23,
    27,
    30,
    33,
    43,
    45,
]
AML_ENDED = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
AML_GROUP = ["kept"] * 11 + ["not"] * 12

# Late entry


def test_a_row_is_at_risk_after_its_entry_up_to_its_end():
    curve = kaplan_meier([2, 3, 5], [1, 1, 1], entered=[-1, 2, 1])

    # On day 2 those that entered on day 2 are not there yet.
    assert curve.at_risk.tolist() == [2, 2, 1]
    assert curve.survival.tolist() == [0.5, 0.25, 0]


def test_the_heart_transplants_with_late_entry_are_those_of_r():
    # R: survfit(Surv(start, stop, event) ~ 1, heart, conf.type = "log-log") at 30, 100, 500.
    curve = kaplan_meier(STOP, DIED, entered=START)
    found = [share_open(curve, day) for day in (30, 100, 500)]

    assert [each.value for each in found] == pytest.approx(
        [0.7756081597033, 0.4940082598395, 0.3212240149342]
    )
    assert [each.low for each in found] == pytest.approx(
        [0.6819027323045, 0.3929760955166, 0.2304801552698]
    )
    assert [each.high for each in found] == pytest.approx(
        [0.8448043984230, 0.5871649217770, 0.4153074459746]
    )
    errors = curve.standard_error[np.searchsorted(curve.day, (30, 100, 500), side="right") - 1]
    assert errors == pytest.approx([0.0412215564663, 0.0499462573155, 0.0477296189246])


def test_entry_from_the_start_is_as_no_entry_even_on_day_0():
    plain = kaplan_meier([0, 3, 4], [1, 0, 1])
    late = kaplan_meier([0, 3, 4], [1, 0, 1], entered=[-1, -1, -1])

    assert late.survival.tolist() == plain.survival.tolist()
    assert late.starts_after is None
    assert kaplan_meier([3], [1], entered=[0]).starts_after == 0


def test_who_enters_on_the_day_of_leaving_is_never_at_risk_and_is_counted():
    curve = kaplan_meier([4, 4, 6], [1, 1, 1], entered=[4, 0, 0])

    assert curve.never_at_risk == 1
    assert curve.at_risk.tolist() == [2, 1]


def test_a_risk_set_that_empties_early_is_named_and_can_be_conditioned_away():
    # One case is alone until it ends on day 2: S is 0 for the ten that come after.
    days, ended = [2, *range(5, 15)], [1] * 11
    entered = [0] + [3] * 10
    broken = kaplan_meier(days, ended, entered=entered)

    assert broken.emptied_on == 2
    assert share_open(broken, 9).value == 0
    mended = kaplan_meier(days, ended, entered=entered, from_day=broken.emptied_on)
    assert mended.emptied_on is None
    assert mended.starts_after == 3
    assert share_open(mended, 9).value == 0.5
    assert quantile(mended, 0.5).value == 9.5


def test_entering_on_the_day_that_the_last_one_leaves_leaves_no_gap():
    assert kaplan_meier([2, 5], [1, 1], entered=[-1, 2]).emptied_on is None


def test_conditioning_drops_what_came_before_and_asks_for_no_entries():
    curve = kaplan_meier([1, 5, 9], [1, 1, 0], from_day=3)

    assert curve.at_risk.tolist() == [2]
    assert share_open(curve, 5).value == 0.5
    assert curve.starts_after == 3


def test_entries_with_weights_of_0_say_nothing():
    curve = kaplan_meier([2, 9], [1, 0], [0, 0], entered=[1, -1])

    assert (curve.starts_after, curve.last_day) == (1, 2)


@pytest.mark.parametrize(
    ("entered", "message"), [([6], "after its day"), ([-2], "below -1"), ([1, 2], "length")]
)
def test_impossible_entries_are_refused(entered, message):
    with pytest.raises(ValueError, match=message):
        kaplan_meier([5], [1], entered=entered)


# One row per case, several curves, and who was watched for how long


def test_without_censored_each_row_is_a_case():
    one = kaplan_meier([3, 3, 7], [1, 0, 1])
    other = kaplan_meier([3, 7], [1, 1], [1, 0])

    assert one.survival.tolist() == other.survival.tolist()
    with pytest.raises(ValueError, match="one row per case"):
        kaplan_meier([3], [2])


def test_times_between_whole_days_are_as_good():
    curve = kaplan_meier([0.5, 1.25, 1.25, 2.0], [1, 1, 0, 1])

    assert curve.day.tolist() == [0.5, 1.25, 2.0]
    assert curve.at_risk.tolist() == [4, 3, 1]


def test_curves_by_group_are_those_of_each_group_alone():
    groups = np.array([label == "not" for label in AML_GROUP]).astype(int)
    kept, without = kaplan_meier_by_group(groups, AML_DAYS, AML_ENDED)

    alone = kaplan_meier(AML_DAYS[:11], AML_ENDED[:11])
    assert kept.survival.tolist() == alone.survival.tolist()
    assert kept.last_day == 161
    assert without.survival[-1] == 0
    assert kaplan_meier_by_group([], [], []) == ()
    nobody, somebody = kaplan_meier_by_group([1], [3], [1])
    assert (nobody.last_day, somebody.last_day) == (None, 3)


def test_a_mistyped_year_does_not_fill_the_memory():
    nobody, somebody = kaplan_meier_by_group([1, 1], [4, 3_000_000_000], [1, 0])

    assert (nobody.last_day, somebody.last_day) == (None, 3_000_000_000)
    assert somebody.survival.tolist() == [0.5]


def test_counts_per_group_and_day_are_as_good_as_rows():
    (curve,) = kaplan_meier_by_group([0, 0], [2, 5], [1, 2], [1, 0])

    assert curve.survival.tolist() == [0.5 * 1.5, 0]
    with pytest.raises(ValueError, match="one row per case"):
        kaplan_meier_by_group([0], [2], [2])


@pytest.mark.parametrize(
    ("groups", "days"), [([0], [1.5]), ([0], [-1]), ([-1], [1]), ([0.5], [1]), ([0, 1], [1])]
)
def test_groups_and_their_days_are_whole(groups, days):
    with pytest.raises(ValueError, match=r"whole|length"):
        kaplan_meier_by_group(groups, days, [1])


def test_the_median_follow_up_of_aml_is_that_of_the_reversed_curve():
    turned = kaplan_meier(AML_DAYS, [1 - ended for ended in AML_ENDED])
    curve = reverse_kaplan_meier(AML_DAYS, AML_ENDED)

    assert quantile(curve, 0.5) == quantile(turned, 0.5)
    assert curve.day.tolist() == [13, 16, 28, 45, 161]


# Bands


def test_the_bands_of_r_are_there_to_compare_with():
    # R: summary(survfit(..., conf.type = ...), times = 12) for both groups of aml together.
    days, ended = [5, 8, 20], [1, 1, 0]
    s, v = 2 / 3, 1 / 6
    log = kaplan_meier(days, ended, band="log")
    plain = kaplan_meier(days, ended, band="plain")

    assert log.low[0] == pytest.approx(s * np.exp(-1.959964 * v**0.5))
    assert log.high[0] == 1
    assert plain.low[0] == pytest.approx(s - 1.959964 * s * v**0.5)
    assert plain.high[0] == 1
    assert plain.low[1] == 0


def test_where_all_have_ended_there_is_neither_error_nor_band():
    curve = kaplan_meier([1, 2], [1, 1])

    assert np.isnan([curve.standard_error[1], curve.low[1], curve.high[1]]).all()


# Restricted mean


@pytest.mark.parametrize(
    ("rows", "value", "error"),
    [
        # R: summary(survfit(Surv(time, status) ~ x, aml), rmean = 45).
        (slice(0, 11), 30.73863636364, 4.11408624001),
        (slice(11, 23), 22.70833333333, 4.18094198103),
    ],
)
def test_restricted_means_of_aml_are_those_of_r(rows, value, error):
    found = restricted_mean(kaplan_meier(AML_DAYS[rows], AML_ENDED[rows]), 45)

    assert (found.value, found.standard_error) == pytest.approx((value, error))
    assert found.low == pytest.approx(value - 1.959964 * error)


def test_nothing_is_extrapolated_beyond_the_last_day_watched():
    nothing = RestrictedMean(None, None, None, None)

    assert restricted_mean(kaplan_meier([2, 8], [1, 0]), 9) == nothing
    assert restricted_mean(kaplan_meier([2, 8], [1, 0]), 8).value == 5
    assert restricted_mean(kaplan_meier([], []), 9) == nothing


def test_where_all_have_ended_the_mean_is_that_of_the_days():
    found = restricted_mean(kaplan_meier([2, 8], [1, 1]), 20)

    assert found.value == 5
    assert found.standard_error == pytest.approx((36 * 1 / 2) ** 0.5 / 2 * 1)


def test_the_interval_of_a_mean_stays_between_0_and_the_horizon():
    found = restricted_mean(kaplan_meier([1, 30], [1, 0]), 30)

    assert (found.low, found.high) == (0, 30)
    everybody = restricted_mean(kaplan_meier([40], [0]), 30)
    assert (everybody.value, everybody.standard_error) == (30, 0)


def test_a_mean_needs_a_horizon_and_a_curve_of_steps():
    with pytest.raises(ValueError, match="horizon"):
        restricted_mean(kaplan_meier([2], [1]), 0)
    with pytest.raises(ValueError, match="life table"):
        restricted_mean(life_table([0, 8], [1, 0], [0, 1]), 5)


# Log-rank


def test_the_log_rank_test_of_aml_is_that_of_r():
    # R: survdiff(Surv(time, status) ~ x, aml), and with rho = 1.
    found = logrank(AML_GROUP, AML_DAYS, AML_ENDED)

    assert found.groups.tolist() == ["kept", "not"]
    assert found.observed.tolist() == [7, 11]
    assert found.expected == pytest.approx([10.68933599230, 7.31066400770])
    assert found.chi_square == pytest.approx(3.39638869898)
    assert found.degrees == 1
    assert found.p_value == pytest.approx(0.0653393, abs=1e-6)
    peto = logrank(AML_GROUP, AML_DAYS, AML_ENDED, rho=1)
    assert peto.chi_square == pytest.approx(2.77927954475)


def test_with_late_entry_it_is_the_score_test_of_cox():
    # R: coxph(Surv(start, stop, event) ~ transplant, heart, ties = "exact")$score.
    found = logrank(TRANSPLANTED, STOP, DIED, entered=START)

    assert found.chi_square == pytest.approx(0.175085839672)


def test_groups_are_compared_within_their_strata():
    # In each stratum one of each group ends, at one time: nothing to tell them apart by.
    found = logrank([0, 1, 0, 1], [1, 1, 9, 9], [1, 1, 1, 1], strata=[0, 0, 1, 1])
    mixed = logrank([0, 1, 0, 1], [1, 2, 9, 8], [1, 1, 1, 1], strata=["a", "a", "b", "b"])

    assert found.chi_square is None
    assert mixed.observed.tolist() == [2, 2]
    assert mixed.chi_square == pytest.approx(0, abs=1e-12)


def test_counts_per_day_are_as_good_as_rows():
    rows = logrank([0, 0, 0, 1, 1], [2, 2, 5, 3, 4], [1, 0, 1, 1, 0])
    counts = logrank([0, 0, 1, 1], [2, 5, 3, 4], [1, 1, 1, 0], [1, 0, 0, 1])

    assert counts.chi_square == pytest.approx(rows.chi_square)


def test_without_an_end_or_with_one_group_there_is_no_test():
    for found in (
        logrank([0, 1], [5, 6], [0, 0]),
        logrank([0, 0], [5, 6], [1, 1]),
        logrank([], [], []),
    ):
        assert (found.chi_square, found.degrees, found.p_value) == (None, 0, None)


@pytest.mark.parametrize(
    ("columns", "more"),
    [
        (([0], [1, 2], [1, 1]), {}),
        (([0], [-1], [1]), {}),
        (([0], [1], [1]), {"entered": [2]}),
        (([0], [1], [-1], [0]), {}),
        (([[0]], [[1]], [[1]]), {}),
    ],
)
def test_impossible_columns_have_no_test(columns, more):
    with pytest.raises(ValueError, match="must"):
        logrank(*columns, **more)


def test_estimates_are_not_made_of_nobody():
    curve = kaplan_meier([], [])

    assert curve.last_day is None
    assert quantile(curve, 0.5) == Estimate(None, None, None)
    assert kaplan_meier([3], [1], entered=[3]).last_day is None
