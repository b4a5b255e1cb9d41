from datetime import date

import pytest

from metrics.estimate import NO_HEADCOUNT
from tests.specs.estimated import estimated
from tests.specs.measured import figures_of, one, spec

METRIC = "report_frequency"
TWO_CASES = """
    case | kind     | on
    A    | received | 2024-01-10
    B    | received | 2024-03-31
"""
FIFTY_PEOPLE = """
    unit  | from       | people
    north | 2024-01-01 | 50
"""


def test_two_cases_among_fifty_people_are_four_per_hundred_and_not_scaled_to_a_year():
    spec(
        as_of="2024-03-31",
        coverage_from="2024-01-01",
        events=TWO_CASES,
        headcount=FIFTY_PEOPLE,
        metric=METRIC,
        period="quarter",
        expect={"value": 4.0, "numerator": 2, "denominator": 50.0, "state": "ok"},
    )


def test_the_interval_is_the_exact_one_of_poisson():
    # Garwood's limits for 2 events, as printed in tables: 0.2422 and 7.2247.
    figures = figures_of(
        as_of="2024-03-31",
        coverage_from="2024-01-01",
        events=TWO_CASES,
        headcount=FIFTY_PEOPLE.replace("50", "100"),
    )
    rate = one(figures, metric=METRIC)
    assert (rate["low"], rate["high"]) == pytest.approx((0.2422, 7.2247), abs=1e-4)


def test_the_interval_of_a_rounded_count_holds_that_of_every_true_count():
    cells = [(METRIC, "", "all", "all", date(2024, 1, 1), "received", -1, 20)]
    people = {"north": 100.0}
    rounded = one(estimated(cells, until="2024-01-31", people=people, base=5), metric=METRIC)
    for true in (16, 20, 24):
        cells = [(*cells[0][:-1], true)]
        exact = one(estimated(cells, until="2024-01-31", people=people), metric=METRIC)
        assert rounded["low"] <= exact["low"]
        assert exact["high"] <= rounded["high"]
    assert rounded["value"] == 20


def test_a_month_without_a_report_has_a_rate_of_0_whose_upper_limit_is_not_0():
    figures = figures_of(
        as_of="2024-03-31",
        coverage_from="2024-01-01",
        events=TWO_CASES,
        headcount=FIFTY_PEOPLE.replace("50", "100"),
    )
    february = one(figures, metric=METRIC, period="month", start="2024-02-01")
    assert (february["value"], february["low"], february["state"]) == (0, 0, "ok")
    assert february["high"] == pytest.approx(3.689, abs=1e-3)


def test_without_headcount_there_is_no_rate_but_the_reports_are_counted():
    figures = figures_of(as_of="2024-03-31", events=TWO_CASES)
    rate = one(figures, metric=METRIC)
    assert (rate["value"], rate["state"]) == (None, "not_assessable")
    assert rate["reason"] == NO_HEADCOUNT
    reports = one(figures, metric=METRIC, measure="reports")
    assert (reports["value"], reports["state"]) == (2, "ok")


def test_people_who_come_in_the_middle_of_a_period_count_for_the_days_they_are_there():
    # February 2023 has 28 days: 14 with 10 people and 14 with 30 make 20 on average.
    spec(
        as_of="2023-02-28",
        coverage_from="2023-02-01",
        events="""
            case | kind     | on
            A    | received | 2023-02-10
        """,
        headcount="""
            unit  | from       | people
            north | 2023-02-01 | 10
            north | 2023-02-15 | 30
        """,
        metric=METRIC,
        period="month",
        expect={"value": 5.0, "denominator": 20.0},
    )


def test_only_the_covered_days_of_a_period_count():
    # Coverage begins on 17 March: 15 days of 40 people are 40 people on average, not 6.6.
    spec(
        as_of="2024-03-31",
        coverage_from="2024-03-17",
        events="""
            case | kind     | on
            A    | received | 2024-03-20
            B    | received | 2024-03-21
        """,
        headcount="""
            unit  | from       | people
            north | 2023-01-01 | 40
        """,
        metric=METRIC,
        period="quarter",
        expect={"value": 5.0, "denominator": 40.0, "complete": False},
    )


def test_a_case_before_the_coverage_began_is_in_no_month_of_the_release():
    spec(
        as_of="2024-03-31",
        coverage_from="2024-02-01",
        events=TWO_CASES,
        metric=METRIC,
        measure="reports",
        expect={"value": 1.0},
    )


UNITS = {
    "as_of": "2024-03-31",
    "coverage_from": "2024-01-01",
    "events": TWO_CASES,
    "cases": """
        case | unit
        A    | north
        B    | south
    """,
    "headcount": """
        unit  | from       | people
        north | 2024-01-01 | 10
        south | 2024-01-01 | 40
    """,
}


@pytest.mark.parametrize(("unit", "rate"), [("north", 10.0), ("south", 2.5)])
def test_a_unit_is_measured_by_its_own_people(unit, rate):
    spec(**UNITS, metric=METRIC, breakdown="unit", level=unit, expect={"value": rate})


def test_the_people_of_all_units_are_the_exposure_of_the_whole_organisation():
    spec(**UNITS, metric=METRIC, expect={"value": 4.0, "denominator": 50.0})


def test_a_channel_is_measured_by_everybody_who_could_have_used_it():
    spec(
        **{**UNITS, "cases": UNITS["cases"].replace("unit", "channel")},
        metric=METRIC,
        breakdown="channel",
        level="north",
        expect={"value": 2.0, "denominator": 50.0},
    )


def test_a_unit_whose_people_nobody_counted_has_no_rate_while_the_others_have():
    told = {**UNITS, "headcount": "unit | from | people\nnorth | 2024-01-01 | 10"}
    figures = figures_of(**told)
    south = one(figures, metric=METRIC, breakdown="unit", level="south")
    assert (south["value"], south["state"], south["numerator"]) == (None, "not_assessable", 1)
    north = one(figures, metric=METRIC, breakdown="unit", level="north")
    assert north["value"] == 10


def test_a_case_with_several_rows_is_one_report():
    spec(
        as_of="2024-03-31",
        coverage_from="2024-01-01",
        events=TWO_CASES + "    B | received | 2024-03-31\n",
        metric=METRIC,
        measure="reports",
        expect={"value": 2.0},
    )


def test_a_report_after_the_as_of_day_is_not_counted():
    spec(
        as_of="2024-03-30",
        coverage_from="2024-01-01",
        events=TWO_CASES,
        metric=METRIC,
        measure="reports",
        expect={"value": 1.0},
    )


def test_a_fiscal_quarter_begins_in_the_month_the_organisation_says():
    figures = figures_of(
        as_of="2024-03-31",
        coverage_from="2024-01-01",
        events=TWO_CASES,
        fiscal_year_start_month=2,
    )
    asked = {"metric": METRIC, "measure": "reports", "period": "quarter"}
    assert one(figures, start="2023-11-01", **asked)["value"] == 1
    assert one(figures, start="2024-02-01", **asked)["value"] == 1


def test_a_case_whose_unit_nobody_recorded_is_shown_as_unknown():
    figures = figures_of(as_of="2024-03-31", events=TWO_CASES, headcount=FIFTY_PEOPLE)
    unknown = one(figures, metric=METRIC, breakdown="unit", level="unknown")
    assert (unknown["state"], unknown["numerator"]) == ("not_assessable", 2)


def test_people_known_for_a_part_of_the_period_only_do_not_make_a_rate_of_the_whole():
    # Cases are covered from 1 January, headcount only from 1 March: a rate of all cases by the
    # people of a third of the days would be three times too high.
    figures = figures_of(
        as_of="2024-03-31",
        coverage_from="2024-01-01",
        events=TWO_CASES,
        headcount=FIFTY_PEOPLE.replace("2024-01-01", "2024-03-01"),
    )
    rate = one(figures, metric=METRIC, period="quarter")
    assert (rate["value"], rate["state"]) == (None, "not_assessable")


def test_a_unit_that_is_founded_in_the_middle_of_a_period_has_the_rate_of_its_days():
    spec(
        as_of="2024-02-29",
        coverage_from="2024-02-01",
        events="""
            case | kind     | on
            A    | received | 2024-02-20
        """,
        headcount="""
            unit  | from       | people
            north | 2024-01-01 | 20
            south | 2024-02-15 | 58
        """,
        metric=METRIC,
        period="month",
        expect={"denominator": 20.0 + 58 * 15 / 29, "value": 2.0},
    )
