from datetime import date
from functools import partial

import numpy as np
import pytest

from metrics.statistics.chart_choice import choose_chart
from metrics.statistics.chart_rules import (
    Broken,
    Point,
    Variation,
    assurance_icon,
    meaning_of,
    read_chart,
    variation_icon,
)
from metrics.statistics.control_charts import D2, p_chart, u_chart, xmr
from metrics.statistics.rare_event_charts import g_chart, t_chart
from metrics.statistics.rebasing import Rebase, read_segments, rebased
from metrics.statistics.runs import runs_test

NAN = float("nan")
# Montgomery, Introduction to Statistical Quality Control, example 7.6: hours between failures.
HOURS = [
    286,
    948,
    536,
    124,
    816,
    729,
    4,
    143,
    431,
    8,
    2837,
    596,
    81,
    227,
    603,
    492,
    1199,
    1214,
    2831,
    96,
]


def decided(at, reason="a new procedure since May"):
    return Rebase(at, reason, "head of ethics", date(2026, 5, 4))


# Options of the charts


def test_screening_leaves_out_large_moving_ranges_once_and_is_recorded():
    # Moving ranges are 1 twelve times and 30 twice: 30 is beyond 3.267 times their mean of 5.1.
    values = [0, 1] * 3 + [31] + [1, 0] * 3 + [1]
    screened, plain = xmr(values, screen=True), xmr(values)

    assert (screened.screened, plain.screened) == (2, None)
    assert screened.centre == plain.centre
    assert screened.upper[0] - screened.centre == pytest.approx(2.66)


def test_large_moving_ranges_may_be_left_out_of_the_spread_of_shares_too():
    # One month of 90 among months of 50 and 52 by turns: two moving ranges of z are large.
    wins = [50, 52] * 6 + [90] + [52, 50] * 6
    plain, screened = p_chart(wins, [100] * 25), p_chart(wins, [100] * 25, screen=True)

    assert (plain.screened, screened.screened) == (None, 2)
    assert screened.sigma_z < plain.sigma_z
    assert u_chart([], [], screen=True).screened is None


def test_screening_a_constant_series_leaves_its_limits_on_the_mean():
    chart = xmr([4.0] * 13, screen=True)

    assert chart.screened == 0
    assert chart.upper.tolist() == [4.0] * 13


def test_limits_may_be_as_wide_as_those_of_other_tools():
    assert xmr([1, 3], width=3 / D2).upper[0] == pytest.approx(2 + 2 * 3 / 1.128)


def test_a_chart_of_chance_or_laneys_may_be_asked_for():
    columns = ([400, 600] * 12, [1000] * 24)

    assert p_chart(*columns, dispersion="chance").kind == "p"
    assert p_chart([50, 52] * 12, [100] * 24, dispersion="laney").kind == "p'"
    assert u_chart(*columns, dispersion="chance").sigma[0] == pytest.approx((0.5 / 1000) ** 0.5)
    assert u_chart([50, 52] * 12, [100] * 24, dispersion="laney").kind == "u'"
    assert p_chart([5], [10], dispersion="laney").kind == "p"


# Rare events


def test_the_time_between_failures_has_montgomerys_limits():
    # He charts x^0.2777, with a centre of 5.386 and no lower limit.
    chart = t_chart(HOURS, width=3 / D2)
    y = np.array(HOURS) ** (1 / 3.6)

    assert chart.centre**0.2777 == pytest.approx(5.386, abs=0.005)
    half = 3 * np.abs(np.diff(y)).mean() / 1.128
    assert chart.upper == pytest.approx([(y.mean() + half) ** 3.6] * 20)
    assert chart.lower.tolist() == [0] * 20
    assert {point.signal for point in read_chart(chart)} == {"usual"}


def test_without_gaps_a_t_chart_has_no_centre():
    assert t_chart([]).centre is None
    assert t_chart([5, NAN], screen=True).screened == 0


def test_cases_between_events_have_a_median_and_limits_about_their_mean():
    # Mean 2: 3 sqrt(2 * 3) = 7.35.
    chart = g_chart([0, 1, 5, NAN])

    assert chart.centre == 1
    assert g_chart([0, 1, 5], centre="mean").centre == 2
    assert chart.upper[0] == pytest.approx(2 + 3 * 6**0.5)
    assert chart.lower[0] == 0
    assert np.isnan(chart.upper[3])
    assert chart.trial
    assert g_chart([NAN]).centre is None


def test_a_baseline_freezes_the_limits_of_rare_events_too():
    assert g_chart([1, 1, 99], baseline=2).centre == 1
    assert t_chart([1, 1, 99], baseline=2).centre == pytest.approx(1)
    with pytest.raises(ValueError, match="baseline"):
        g_chart([1], baseline=0)


@pytest.mark.parametrize("chart", [g_chart, t_chart])
def test_nothing_lies_less_than_0_between_two_events(chart):
    with pytest.raises(ValueError, match="negative"):
        chart([3, -1])


# Rules and icons


def test_runs_and_trends_of_six_may_be_asked_for():
    six = xmr([-1, 1, -1, 2, 2.5, 2.2, 2.6, 2.3, 2.4, -1, 1, -1, -1.5, 1, -1.5, -1])

    assert not any(point.broken for point in read_chart(six)[3:9])
    points = read_chart(six, run=6)
    assert points[4].reason == "six months in a row above the average"
    rising = read_chart(xmr([0, 1, 2, 3, 4, 5, 0, 5, 0]), trend=6)
    assert rising[0].broken[-1] == Broken("trend", "high")
    with pytest.raises(ValueError, match="6 or more"):
        read_chart(six, run=5)


def test_a_point_names_all_the_rules_it_breaks_in_order():
    point = read_chart(xmr([*[1, 1.1] * 10, 1, 1.2, 1.3, 1.4, 1.5, 1.6, 9]))[-1]

    assert [rule for rule, _ in point.broken][:2] == ["limits", "trend"]
    assert point.reason == "above the usual range"


def test_where_a_point_is_better_and_worse_the_concern_shows():
    both = Point("high", "above", (Broken("limits", "high"), Broken("trend", "low")))

    assert meaning_of(both, "higher") == Variation("concern", "low")
    assert meaning_of(both, "lower") == Variation("concern", "high")
    assert meaning_of(both, "neutral") == Variation("neutral", "high")


def test_the_variation_icon_is_that_of_the_last_point():
    high = Point("high", "above", (Broken("limits", "high"),))

    assert variation_icon((high, Point("usual", "")), "higher") == ("common_cause", None)
    assert variation_icon((Point("usual", ""), high), "higher") == ("improvement", "high")
    assert variation_icon((high,), "lower") == ("concern", "high")
    assert variation_icon((Point("no_data", ""),), "lower") == ("no_data", None)
    assert variation_icon((), "lower") == ("no_data", None)


def test_assurance_is_the_target_against_the_limits():
    # Limits 2 +- 2.66.
    chart = xmr([1.5, 2.5] * 7)

    assert assurance_icon(chart, 4.7, "higher") == "fail"
    assert assurance_icon(chart, 4.7, "lower") == "pass"
    assert assurance_icon(chart, -0.7, "higher") == "pass"
    assert assurance_icon(chart, -0.7, "lower") == "fail"
    assert assurance_icon(chart, 3, "higher") == "hit_or_miss"
    assert assurance_icon(chart, float(chart.upper[0]), "higher") == "hit_or_miss"
    assert assurance_icon(chart, None, "higher") is None
    assert assurance_icon(chart, 4.7, "neutral") is None
    assert assurance_icon(xmr([1]), 4.7, "higher") is None


# Rebasing


def test_each_segment_has_limits_of_its_own_and_no_range_across_the_border():
    first, second = rebased(xmr, [[1, 2, 1, 9, 10, 9]], [decided(3)])

    assert (first.start, first.stop, first.rebase) == (0, 3, None)
    assert (second.start, second.stop) == (3, 6)
    assert second.rebase.reason == "a new procedure since May"
    assert second.chart.centre == pytest.approx(28 / 3)
    assert first.chart.sigma[0] == second.chart.sigma[0] == pytest.approx(2.66 / 3)


def test_runs_do_not_cross_a_border():
    values = [-1, 1] * 4 + [2, 3] * 4
    whole = read_segments(rebased(xmr, [values], []))
    parted = read_segments(rebased(xmr, [values], [decided(8)]))

    assert "eight months" in whole[-1].reason
    assert {point.signal for point in parted} == {"usual"}
    assert len(parted) == 16


def test_a_baseline_is_frozen_in_each_segment():
    segments = rebased(
        partial(p_chart, baseline=2), [[1, 1, 9, 5, 5, 9], [10] * 6], [decided(3)]
    )

    assert [segment.chart.centre for segment in segments] == [0.1, 0.5]


@pytest.mark.parametrize(
    ("rebases", "message"),
    [
        ([decided(0)], "rise"),
        ([decided(6)], "rise"),
        ([decided(4), decided(2)], "rise"),
        ([decided(3, "  ")], "no reason"),
        ([Rebase(3, "why", "", date(2026, 1, 1))], "no name"),
    ],
)
def test_a_rebase_is_reasoned_signed_and_inside_the_series(rebases, message):
    with pytest.raises(ValueError, match=message):
        rebased(xmr, [[1, 2, 3, 4, 5, 6]], rebases)


# Runs tests


@pytest.mark.parametrize(
    ("points", "longest", "fewest"),
    # R: round(log2(n)) + 3 and qbinom(0.05, n - 1, 0.5).
    [(5, 5, 0), (10, 6, 2), (12, 7, 3), (24, 8, 8), (36, 8, 13), (60, 9, 23)],
)
def test_the_limits_of_runs_are_those_of_anhoej(points, longest, fewest):
    found = runs_test([1, -1] * (points // 2) + [1] * (points % 2), centre=0)

    assert found.useful == points
    assert (found.longest_run_limit, found.crossings_limit) == (longest, fewest)
    assert (found.longest_run, found.crossings) == (1, points - 1)
    assert not found.signal


def test_a_long_run_signals():
    found = runs_test([-1, 1, -1, 1, *[1] * 7, -1], centre=0)

    assert (found.longest_run, found.longest_run_limit) == (8, 7)
    assert found.signal


def test_too_few_crossings_signal():
    found = runs_test([*[-1] * 6, *[1] * 6])

    assert (found.longest_run, found.crossings, found.crossings_limit) == (6, 1, 3)
    assert found.signal


def test_points_on_the_centre_and_gaps_are_not_useful():
    found = runs_test([1, 2, 3, NAN, 2, 1])

    assert (found.centre, found.useful, found.crossings) == (2, 3, 2)


def test_without_useful_points_there_is_no_test():
    assert runs_test([5, 5, 5]).useful == 0
    assert not runs_test([5, 5, 5]).signal
    assert runs_test([]).longest_run is None


# Choice


def test_the_chart_follows_from_the_number_and_its_spread():
    assert choose_chart("value").kind == "xmr"
    assert choose_chart("share", [50, 52] * 12, [100] * 24).kind == "p"
    wide = choose_chart("share", [4000, 6000] * 12, [10_000] * 24)
    assert (wide.kind, wide.reason) == ("p'", "months differ by more than chance gives")
    assert choose_chart("rate", [50, 52] * 12, [1] * 24).kind == "u"
    assert choose_chart("rate", [400, 600] * 12, [1] * 24).kind == "u'"


def test_rare_events_are_charted_by_what_lies_between_them():
    assert choose_chart("rate", [0, 1] * 12, [100] * 24).kind == "t"
    assert choose_chart("share", [0, 1] * 12, [100] * 24).kind == "g"
    assert choose_chart("rate", [0] * 24, [100] * 24).kind == "u"
    assert choose_chart("share").kind == "p"
