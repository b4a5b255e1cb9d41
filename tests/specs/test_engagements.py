import pytest

from tests.specs.measured import figures_of, one

EVENTS = """
    case | kind     | on
    A    | received | 2024-01-10
    B    | received | 2024-01-11
    C    | received | 2024-02-10
"""
CASES = """
    case | unit
    A    | north
    B    | south
    C    | north
"""
TOLD = """
    unit  | month      | engagements
    north | 2024-01-01 | 300
    south | 2024-01-01 | 200
    north | 2024-02-01 | 500
    south | 2024-02-01 | 500
    north | 2024-03-01 | 500
"""


def row(engagements: str = TOLD, **where):
    figures = figures_of(
        as_of="2024-03-31", events=EVENTS, cases=CASES, engagements=engagements,
        coverage_from="2024-01-01",
    )  # fmt: skip
    return one(figures, metric="report_frequency", measure="per_1000_engagements", **where)


def test_two_reports_for_five_hundred_engagements_are_four_in_a_thousand():
    january = row(period="month", start="2024-01-01")
    assert (january["value"], january["numerator"], january["denominator"]) == (4.0, 2, 500)
    assert january["low"] < 4.0 < january["high"]


def test_a_unit_is_counted_against_its_own_engagements():
    found = row(period="month", start="2024-01-01", breakdown="unit", level="south")
    assert found["value"] == 5.0


@pytest.mark.parametrize(
    "where",
    [
        {"period": "month", "start": "2024-03-01"},  # south has not told
        {"period": "quarter", "start": "2024-01-01"},  # nor for a month of the quarter
    ],
)
def test_without_the_engagements_of_every_month_there_is_no_rate(where):
    assert row(**where)["state"] == "not_assessable"


def test_nobody_needs_to_tell_engagements():
    assert row("", period="whole")["state"] == "not_assessable"
