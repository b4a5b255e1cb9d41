import pytest

from metrics.durations import NOBODY, NOT_REACHED, NOT_WATCHED, TOO_EARLY
from tests.specs.measured import after, figures_of, one, spec

METRIC = "time_to_resolution"


def test_an_open_case_keeps_its_clock_running():
    # B has been watched for 59 days, so half of the two are resolved from day 10 on: the
    # middle of the flat stretch from there to the last day watched, as R has it.
    spec(
        as_of="2024-02-29",
        events="""
            case | kind     | on
            A    | received | 2024-01-01
            A    | resolved | 2024-01-11
            B    | received | 2024-01-01
        """,
        metric=METRIC,
        measure="median",
        expect={"value": 34.5, "numerator": 1, "denominator": 2, "pending": 1},
    )


def test_of_three_cases_resolved_the_second_gives_the_median():
    spec(
        as_of="2024-03-01",
        events="""
            case | kind     | on
            A    | received | 2024-01-01
            A    | resolved | 2024-01-11
            B    | received | 2024-01-02
            B    | resolved | 2024-01-22
            C    | received | 2024-01-03
            C    | resolved | 2024-02-02
        """,
        metric=METRIC,
        measure="median",
        expect={"value": 20, "numerator": 3, "denominator": 3, "pending": 0, "state": "ok"},
    )


YOUNG = """
    case | kind     | on
    A    | received | 2024-01-01
    A    | resolved | 2024-01-03
    B    | received | 2024-01-01
    B    | resolved | 2024-01-05
    C    | received | 2024-01-01
    D    | received | 2024-01-01
    E    | received | 2024-01-01
"""


def test_open_cases_make_the_median_longer_than_that_of_the_closed_ones_alone():
    # Closed after 2 and 4 days: their own median is 3. Of all five, two fifths are resolved.
    figures = figures_of(as_of="2024-01-31", events=YOUNG)
    assert one(figures, metric=METRIC, measure="q25")["value"] == 4
    median = one(figures, metric=METRIC, measure="median")
    assert median["value"] is None
    assert median["state"] == "not_reached"


def test_a_median_that_is_not_reached_is_said_and_its_cases_are_counted():
    spec(
        as_of="2024-01-31",
        events=YOUNG,
        metric=METRIC,
        measure="median",
        expect={
            "state": "not_reached",
            "reason": NOT_REACHED,
            "value": None,
            "numerator": 2,
            "denominator": 5,
            "pending": 3,
        },
    )


def test_a_case_resolved_on_the_day_of_receipt_counts_0_days():
    spec(
        as_of="2024-01-31",
        events="""
            case | kind     | on
            A    | received | 2024-01-01
            A    | resolved | 2024-01-01
        """,
        metric=METRIC,
        measure="median",
        expect={"value": 0, "state": "ok", "numerator": 1},
    )


def test_a_reopened_case_is_measured_to_its_last_closure():
    spec(
        as_of="2024-01-31",
        events="""
            case | kind     | on
            A    | received | 2024-01-01
            A    | resolved | 2024-01-03
            A    | reopened | 2024-01-05
            A    | resolved | 2024-01-15
        """,
        metric=METRIC,
        measure="median",
        expect={"value": 14, "numerator": 1, "pending": 0},
    )


def test_a_closing_that_a_list_calls_the_resolution_is_the_closing_and_not_the_end():
    # The history tells of the resolution and, days later, of the closing; the list of cases has
    # the day of the closing alone, and calls it so.
    spec(
        as_of="2024-01-31",
        events="""
            case | kind     | on
            A    | received | 2024-01-01
            A    | resolved | 2024-01-05
            A    | closed   | 2024-01-09
            A    | resolved | 2024-01-09
        """,
        metric=METRIC,
        measure="median",
        expect={"value": 4, "numerator": 1, "pending": 0},
    )


def test_a_case_reopened_and_still_open_has_not_ended():
    spec(
        as_of="2024-01-31",
        events="""
            case | kind     | on
            A    | received | 2024-01-01
            A    | resolved | 2024-01-03
            A    | reopened | 2024-01-05
        """,
        metric=METRIC,
        measure="median",
        expect={"state": "not_reached", "numerator": 0, "denominator": 1, "pending": 1},
    )


def test_a_case_counts_in_the_period_of_its_receipt_whenever_it_is_resolved():
    figures = figures_of(
        as_of="2024-04-30",
        events="""
            case | kind     | on
            A    | received | 2024-01-31
            A    | resolved | 2024-04-10
            B    | received | 2024-04-01
            B    | resolved | 2024-04-06
        """,
    )
    places = {"metric": METRIC, "measure": "median", "period": "quarter"}
    assert one(figures, start="2024-01-01", **places)["value"] == 70
    assert one(figures, start="2024-04-01", **places)["value"] == 5


def test_a_resolution_after_the_as_of_day_has_not_happened():
    spec(
        as_of="2024-01-31",
        events="""
            case | kind     | on
            A    | received | 2024-01-01
            A    | resolved | 2024-02-01
        """,
        metric=METRIC,
        measure="median",
        expect={"state": "not_reached", "pending": 1},
    )


def test_a_case_resolved_before_its_receipt_has_no_length_and_is_left_out():
    spec(
        as_of="2024-01-31",
        events="""
            case | kind     | on
            A    | received | 2024-01-05
            A    | resolved | 2024-01-02
            B    | received | 2024-01-05
            B    | resolved | 2024-01-09
        """,
        metric=METRIC,
        measure="median",
        coverage_from="2024-01-01",
        expect={"value": 4, "denominator": 1},
    )


TEN_DAYS_OR_OPEN = """
    case | kind     | on
    A    | received | 2024-01-01
    A    | resolved | 2024-01-11
    B    | received | 2024-01-01
    B    | resolved | 2024-02-20
    C    | received | 2024-01-01
    D    | received | 2024-01-01
"""


@pytest.mark.parametrize(("measure", "share"), [("open_30", 0.75), ("open_60", 0.5)])
def test_the_share_still_open_counts_every_case_watched_for_so_long(measure, share):
    spec(
        as_of="2024-03-05",
        events=TEN_DAYS_OR_OPEN,
        metric=METRIC,
        measure=measure,
        expect={"value": share, "state": "ok"},
    )


def test_the_share_open_on_a_day_that_no_case_has_reached_is_not_guessed():
    spec(
        as_of="2024-03-05",
        events=TEN_DAYS_OR_OPEN,
        metric=METRIC,
        measure="open_90",
        expect={"value": None, "state": "not_reached", "reason": NOT_WATCHED},
    )


RESOLVED_EARLY = """
    case | kind     | on
    A    | received | 2024-01-01
    A    | resolved | 2024-01-10
    B    | received | 2024-01-26
    C    | received | 2024-01-26
"""
ALSO_WATCHED = """
    D    | received | 2024-01-21
"""


def test_one_early_ending_says_nothing_of_cases_that_are_younger():
    # Kaplan-Meier puts the curve to 0 on day 9, when A alone was left to be watched.
    spec(
        as_of="2024-01-31",
        events=RESOLVED_EARLY,
        metric=METRIC,
        measure="median",
        min_denominator=2,
        expect={"value": None, "state": "not_reached", "reason": TOO_EARLY.format(count=2)},
    )


@pytest.mark.parametrize(
    ("events", "fewest"), [(RESOLVED_EARLY, 1), (RESOLVED_EARLY + ALSO_WATCHED, 2)]
)
def test_an_early_ending_counts_among_enough_that_were_watched_as_long(events, fewest):
    figures = figures_of(as_of="2024-01-31", events=events, min_denominator=fewest)
    assert one(figures, metric=METRIC, measure="median")["state"] == "ok"


def test_a_small_period_watched_to_its_end_keeps_its_length():
    events = "\n".join(RESOLVED_EARLY.splitlines()[:5])
    figures = figures_of(as_of="2024-01-31", events=events, min_denominator=2)
    assert one(figures, metric=METRIC, measure="median")["value"] == 9


def test_a_period_without_a_case_has_no_data_and_not_0_days():
    spec(
        as_of="2024-03-31",
        events="""
            case | kind     | on
            A    | received | 2024-03-01
        """,
        metric=METRIC,
        measure="median",
        coverage_from="2024-01-01",
        period="month",
        start="2024-01-01",
        expect={"value": None, "state": "no_data", "reason": NOBODY, "denominator": 0},
    )


def test_a_length_of_few_cases_is_not_told():
    spec(
        as_of="2024-01-31",
        events="""
            case | kind     | on
            A    | received | 2024-01-01
            A    | resolved | 2024-01-09
        """,
        metric=METRIC,
        measure="median",
        min_denominator=2,
        expect={"value": None, "state": "few", "numerator": 1, "denominator": 1},
    )


def test_quartiles_and_limits_are_those_of_a_textbook_program():
    # R 4.2.2 with survival 3.5-3 prints quartiles 2, 8, 34, lower limits 1, 1, 5 and upper
    # limits 8, NA, NA for
    #   quantile(survfit(Surv(c(1,2,2,3,5,8,8,13,21,34), c(1,1,1,0,1,1,0,1,0,1)) ~ 1,
    #            conf.type = "log-log"), c(.25, .5, .75))
    days = {"A": 1, "B": 2, "C": 2, "D": 5, "E": 8, "F": 13, "G": 34}
    watched = {"H": 3, "I": 8, "J": 21}
    rows = ["case | kind | on"]
    for case, length in days.items():
        rows += [f"{case} | received | 2024-01-01"]
        rows += [f"{case} | resolved | {after('2024-01-01', length)}"]
    rows += [f"{case} | received | {after('2024-02-04', -n)}" for case, n in watched.items()]
    figures = figures_of(as_of="2024-02-04", events="\n".join(rows))
    found = [one(figures, metric=METRIC, measure=name) for name in ("q25", "median", "q75")]
    assert [(row["value"], row["low"], row["high"]) for row in found] == [
        (2, 1, 8),
        (8, 1, None),
        (34, 5, None),
    ]
