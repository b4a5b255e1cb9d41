import numpy as np

from metrics.statistics.chart_rules import Broken, Variation, meaning_of, read_chart
from metrics.statistics.control_charts import Chart


def signals(chart):
    return [point.signal for point in read_chart(chart)]


def reasons(chart):
    return [point.reason for point in read_chart(chart)]


def chart_of(values, centre=0.0, sigma=1.0):
    """A chart with given limits, to see the rules alone."""
    values = np.array(values, dtype=float)
    spread = np.where(np.isnan(values), np.nan, sigma)
    return Chart(
        kind="xmr",
        values=values,
        centre=centre,
        sigma=spread,
        lower=centre - 3 * spread,
        upper=centre + 3 * spread,
        sigma_z=None,
        trial=False,
        sparse=False,
    )


def test_a_point_outside_the_limits_signals_and_one_on_them_does_not():
    assert signals(chart_of([3.0, 3.1, -3.0, -3.1])) == ["usual", "high", "usual", "low"]
    assert reasons(chart_of([3.1, -3.1])) == ["above the usual range", "below the usual range"]


def test_seven_in_a_row_on_one_side_are_all_marked():
    chart = chart_of([-1, 1, 0.5, 1, 0.5, 1, 0.5, 1, -1])

    assert signals(chart) == ["usual", *["high"] * 7, "usual"]
    assert reasons(chart)[1] == "seven months in a row above the average"


def test_six_in_a_row_are_usual():
    assert set(signals(chart_of([-1, 1, 0.5, 1, 0.5, 1, 0.5, -1]))) == {"usual"}


def test_a_point_on_the_centre_ends_a_run():
    assert set(signals(chart_of([1, 0.5, 1, 0, 1, 0.5, 1, 0.5]))) == {"usual"}


def test_a_gap_ends_a_run_and_a_trend():
    assert "low" not in signals(chart_of([-1, -0.5, -1, -0.5, np.nan, -1, -0.5, -1]))
    rising = [-2, -1.5, -1, -0.5, np.nan, 0.5, 1, 1.5]
    assert set(signals(chart_of(rising))) == {"usual", "no_data"}


def test_the_reason_says_how_long_a_run_is():
    low = [-1, -0.5] * 6
    assert reasons(chart_of(low))[0] == "twelve months in a row below the average"
    assert reasons(chart_of([*low, -1]))[0] == "13 months in a row below the average"


def test_the_word_for_one_step_of_the_chart_is_the_readers():
    points = read_chart(chart_of([1, 0.5] * 4), period="quarter")

    assert points[0].reason == "eight quarters in a row above the average"


def test_seven_rising_points_are_a_trend():
    chart = chart_of([0.1, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.1])

    assert signals(chart) == ["usual", *["high"] * 7, "usual"]
    assert reasons(chart)[1] == "rising over seven months in a row"


def test_six_rising_points_are_usual():
    assert set(signals(chart_of([0.1, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.1]))) == {"usual"}


def test_seven_falling_points_are_a_low_signal_wherever_they_are():
    chart = chart_of([1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1.0])

    assert set(signals(chart)) == {"low"}
    assert set(reasons(chart)) == {"falling over seven months in a row"}


def test_an_equal_value_breaks_a_trend():
    chart = chart_of([-0.6, -0.4, -0.2, -0.2, 0.2, 0.4, 0.6])

    assert set(signals(chart)) == {"usual"}


def test_the_peak_between_two_trends_belongs_to_the_rise():
    up = [-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6]
    chart = chart_of([*up, *up[-2::-1]])

    assert signals(chart) == ["high"] * 7 + ["low"] * 6


def test_two_of_three_far_out_mark_only_the_far_ones():
    chart = chart_of([-1, 2.5, 1, 2.5, -1])

    assert signals(chart) == ["usual", "high", "usual", "high", "usual"]
    assert reasons(chart)[1] == "two of three months far above the average"
    assert reasons(chart_of([-2.5, -1, -2.5]))[0] == "two of three months far below the average"


def test_two_of_three_need_the_third_on_their_side():
    assert set(signals(chart_of([2.5, -1, 2.5]))) == {"usual"}
    assert set(signals(chart_of([2.5, 0, 2.5]))) == {"usual"}
    assert set(signals(chart_of([2.5, 2.5]))) == {"usual"}


def test_a_point_beyond_the_limits_counts_towards_two_of_three():
    chart = chart_of([3.5, 1, 2.5])

    assert reasons(chart) == [
        "above the usual range",
        "",
        "two of three months far above the average",
    ]


def test_exactly_two_sigma_is_not_far():
    assert set(signals(chart_of([2.0, 1, 2.5]))) == {"usual"}


def test_the_limits_come_before_a_trend_a_trend_before_two_of_three_and_that_before_a_run():
    both = chart_of([0.1, 0.5, 1.0, 1.5, 1.9, 2.4, 3.5])
    assert reasons(both) == ["rising over seven months in a row"] * 6 + [
        "above the usual range"
    ]

    run = chart_of([1, 2.5, 1, 2.5, 1, 0.5, 1])
    assert reasons(run)[:3] == [
        "seven months in a row above the average",
        "two of three months far above the average",
        "seven months in a row above the average",
    ]


def test_a_trend_through_the_centre_beats_the_run_it_passes():
    # Seven below, the last of them also part of a rise of seven points.
    chart = chart_of([-1, -0.5, -1, -0.5, -1, -0.5, -0.9, -0.4, -0.2, 0.2, 0.4, 0.6, 0.8])

    assert signals(chart)[:6] == ["low"] * 6
    assert signals(chart)[6:] == ["high"] * 7


def test_differences_that_floating_point_invents_are_none():
    # A tenth more each time, but for an error in the last digit.
    assert set(signals(chart_of([0.3, 0.1 + 0.2] * 4, centre=0.3))) == {"usual"}


def test_a_point_at_which_a_trend_turns_into_another_breaks_the_rule_both_ways():
    # Six steps down and six up again: the lowest point ends the fall and begins the rise.
    falling = [0.6, 0.4, 0.2, 0, -0.2, -0.4, -0.6]
    points = read_chart(chart_of([*falling, *falling[-2::-1]]))

    assert [point.signal for point in points] == [*["low"] * 7, *["high"] * 6]
    assert points[6].broken == (Broken("trend", "low"), Broken("trend", "high"))
    assert [meaning_of(points[at], "lower").meaning for at in (5, 6, 7)] == [
        "improvement", "concern", "concern",
    ]  # fmt: skip
    assert meaning_of(points[6], "higher") == Variation("concern", "low")
