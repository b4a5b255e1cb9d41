import numpy as np
import pytest

from metrics.statistics.chart_rules import read_chart
from metrics.statistics.control_charts import p_chart, u_chart, xmr

# Montgomery, Introduction to Statistical Quality Control, 6th edition.
# Example 7.1: cans that leak among 50, 30 samples.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22]
CANS += [8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
# Example 7.4: errors in 50 shipments a week, 20 weeks.
SHIPPING = [2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4]
# Example 6.5: costs of processing a loan, 20 weeks.
LOANS = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306]
LOANS += [294, 299, 297, 299, 314, 295, 293, 306, 301, 304]

# Twelve values that vary about 0 without any signal.
CALM = [1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1]

OUTSIDE = "above the usual range"


def signals(chart):
    return [point.signal for point in read_chart(chart)]


def reasons(chart):
    return [point.reason for point in read_chart(chart)]


# p chart


def test_cans_have_montgomerys_limits_and_his_three_points_outside():
    # He sets the limits without samples 15 and 23, for which he knows the cause.
    rest = [cans for at, cans in enumerate(CANS) if at not in {14, 22}]

    chart = p_chart([*rest, CANS[14], CANS[22]], [50] * 30, baseline=28)

    assert chart.kind == "p"
    assert round(chart.centre, 4) == 0.2150
    assert (round(chart.lower[0], 4), round(chart.upper[0], 4)) == (0.0407, 0.3893)
    outside = [at for at, reason in enumerate(reasons(chart)) if reason == OUTSIDE]
    assert outside == [19, 28, 29]  # 21 is beyond the revised limits, and he keeps it


def test_limits_of_a_share_follow_each_months_trials():
    # p = 30 / 300 = 0.1, sigma 0.03 of 100 and 0.03 / sqrt(2) of 200.
    chart = p_chart([12, 18], [100, 200])

    assert chart.centre == 0.1
    assert chart.sigma == pytest.approx([0.03, 0.03 / 2**0.5])
    assert chart.upper[0] == pytest.approx(0.19)


def test_limits_of_a_share_stay_between_0_and_1():
    assert p_chart([1, 0], [10, 10]).lower.tolist() == [0, 0]
    assert p_chart([9, 10], [10, 10]).upper.tolist() == [1, 1]


def test_a_month_without_trials_is_a_gap():
    chart = p_chart([5, 0, 5], [10, 0, 10])

    assert np.isnan(chart.values[1])
    assert np.isnan(chart.lower[1])
    assert signals(chart) == ["usual", "no_data", "usual"]


def test_no_trials_at_all_have_no_centre():
    chart = p_chart([0, 0], [0, 0])

    assert chart.centre is None
    assert chart.kind == "p"
    assert (chart.trial, chart.sparse) == (True, True)
    assert np.isnan(chart.upper).all()
    assert signals(chart) == ["no_data", "no_data"]


def test_shares_that_never_vary_have_limits_on_the_mean_and_no_signal():
    for successes, trials in (([0] * 14, [9] * 14), ([9] * 14, [9] * 14)):
        chart = p_chart(successes, trials)

        assert chart.lower.tolist() == chart.upper.tolist() == [chart.centre] * 14
        assert chart.sigma_z is None
        assert set(signals(chart)) == {"usual"}


def test_the_spread_between_months_is_the_mean_moving_range_of_z():
    # p = 0.1, sigma 0.03: z is -1, 1, 0.
    chart = p_chart([7, 13, 10], [100] * 3)

    assert chart.sigma_z == pytest.approx((2 + 1) / 2 / 1.128)


def test_months_that_vary_by_more_than_chance_get_laneys_wider_limits():
    # By turns 40 % and 60 % of 10,000: z is -20 and 20, each moving range 40.
    chart = p_chart([4000, 6000] * 12, [10_000] * 24)

    assert chart.kind == "p'"
    assert chart.sigma_z == pytest.approx(40 / 1.128)
    assert chart.sigma[0] == pytest.approx(0.005 * 40 / 1.128)
    assert set(signals(chart)) == {"usual"}


def test_a_spread_only_just_above_chance_is_not_clearly_above():
    # 23 moving ranges: clearly above is 1 + 3 sqrt(0.8265 * 23 - 0.2556) / 23 = 1.565.
    below = p_chart([50, 58] * 12, [100] * 24)
    above = p_chart([50, 59] * 12, [100] * 24)

    assert below.sigma_z == pytest.approx(1.4230, abs=1e-4)
    assert above.sigma_z == pytest.approx(1.6022, abs=1e-4)
    assert (below.kind, above.kind) == ("p", "p'")


def test_a_lasting_change_does_not_widen_its_own_limits():
    chart = p_chart([30, 34] * 10 + [70, 66] * 10, [100] * 40)

    assert chart.kind == "p"
    assert signals(chart)[0] == "low"
    assert signals(chart)[-1] == "high"


def test_no_moving_range_spans_a_gap():
    chart = p_chart([40, 0, 60], [100, 0, 100])

    assert chart.sigma_z is None
    assert chart.kind == "p"


def test_a_baseline_sets_the_limits_of_all_months():
    chart = p_chart([20, 22, 18, 90], [100] * 4, baseline=3)

    assert chart.centre == 0.2
    assert signals(chart) == ["usual", "usual", "usual", "high"]
    assert chart.sigma_z == pytest.approx(0.03 / 0.04 / 1.128)


def test_a_baseline_longer_than_the_chart_is_all_of_it():
    assert p_chart([1, 2], [10, 10], baseline=12).centre == 0.15


def test_limits_on_fewer_than_13_points_are_on_trial():
    assert p_chart([5] * 12, [10] * 12).trial
    assert not p_chart([5] * 13, [10] * 13).trial
    assert p_chart([5] * 12 + [0], [10] * 12 + [0]).trial
    assert p_chart([5] * 20, [10] * 20, baseline=12).trial


def test_fewer_than_three_expected_failures_a_month_make_a_chart_sparse():
    assert p_chart([28] * 14, [30] * 14).sparse
    assert not p_chart([27] * 14, [30] * 14).sparse
    assert p_chart([2] * 14, [30] * 14).sparse
    assert not p_chart([3] * 14, [30] * 14).sparse


def test_gaps_do_not_make_a_chart_sparse():
    assert not p_chart([5, 0] * 14, [10, 0] * 14).sparse


@pytest.mark.parametrize(
    "refuse",
    [
        lambda: p_chart([2], [1]),
        lambda: p_chart([-1], [1]),
        lambda: p_chart([0], [-1]),
        lambda: p_chart([1, 1], [1]),
        lambda: p_chart([[1]], [[1]]),
        lambda: p_chart([1], [1], baseline=0),
        lambda: u_chart([-1], [1]),
        lambda: u_chart([1], [np.nan]),
        lambda: xmr([1.0], baseline=0),
    ],
)
def test_impossible_columns_are_refused(refuse):
    with pytest.raises(ValueError, match=r"must|more successes"):
        refuse()


# u chart


def test_shipping_errors_have_montgomerys_limits():
    chart = u_chart(SHIPPING, [50] * 20)

    assert chart.kind == "u"
    assert round(chart.centre, 4) == 0.0740
    assert (chart.lower[0], round(chart.upper[0], 4)) == (0, 0.1894)
    assert set(signals(chart)) == {"usual"}


def test_limits_of_a_rate_follow_each_months_exposure():
    # u = 20 / 5 = 4, sigma sqrt(4 / 1) and sqrt(4 / 4).
    chart = u_chart([5, 15], [1, 4])

    assert chart.sigma.tolist() == [2, 1]
    assert chart.upper.tolist() == [10, 7]
    assert chart.lower.tolist() == [0, 1]


def test_a_rate_may_be_above_one():
    assert u_chart([5, 5], [1, 1]).upper[0] > 10


def test_events_without_exposure_are_in_no_rate():
    chart = u_chart([4, 9, 4], [2, 0, 2])

    assert chart.centre == 2
    assert np.isnan(chart.values[1])


def test_rates_that_vary_by_more_than_chance_get_laneys_wider_limits():
    chart = u_chart([400, 600] * 12, [1] * 24)

    assert chart.kind == "u'"
    assert chart.sigma[0] == pytest.approx(200 / 1.128)


def test_fewer_than_three_expected_events_a_month_make_a_chart_sparse():
    assert u_chart([2] * 14, [5] * 14).sparse
    assert not u_chart([3] * 14, [5] * 14).sparse


# XmR chart


def test_loan_costs_have_montgomerys_limits():
    chart = xmr(LOANS)

    assert chart.centre == 300.5
    assert chart.lower == pytest.approx([279.78] * 20, abs=0.01)
    assert chart.upper == pytest.approx([321.22] * 20, abs=0.01)
    assert (chart.kind, chart.trial, chart.sparse) == ("xmr", False, False)


def test_limits_are_2_66_mean_moving_ranges_wide():
    chart = xmr([1, 3, 2])

    assert chart.upper[0] == pytest.approx(2 + 2.66 * 1.5)
    assert chart.sigma[0] == pytest.approx(2.66 * 1.5 / 3)


def test_a_gap_has_no_limits_and_no_moving_range_across_it():
    chart = xmr([1, 2, np.nan, 9, 10])

    assert chart.centre == 5.5
    assert np.isnan(chart.upper[2])
    assert chart.sigma[0] == pytest.approx(2.66 / 3)


def test_one_value_has_a_centre_and_no_limits():
    chart = xmr([7])

    assert chart.centre == 7
    assert np.isnan(chart.upper[0])
    assert signals(chart) == ["usual"]


def test_no_values_have_no_centre():
    assert xmr([]).centre is None
    assert read_chart(xmr([])) == ()
    assert signals(xmr([np.nan])) == ["no_data"]


def test_a_constant_series_has_limits_on_its_mean_and_no_signal():
    # Three times 0.1, divided by 3, is a little more than 0.1 in floating point.
    chart = xmr([0.1] * 14)

    assert chart.upper == pytest.approx([0.1] * 14)
    assert set(signals(chart)) == {"usual"}


def test_a_baseline_of_values_sets_centre_and_limits():
    chart = xmr([1, 3, 1, 3, 90], baseline=4)

    assert chart.centre == 2
    assert chart.upper[4] == pytest.approx(2 + 2.66 * 2)
    assert signals(chart)[-1] == "high"
    assert xmr(CALM * 2, baseline=12).trial
