"""The day on which a deadline ends."""

from datetime import date
from typing import Any

import pytest

from etl.store import Store
from tests.rule_files import WORKING, rule


def results(store: Store) -> dict[str, str]:
    rows = store.frame("select case_key, result from core.deadlines order by case_key")
    assert rows["case_key"].n_unique() == rows.height, "one row per case"
    return dict(rows.iter_rows())


def only(store: Store, column: str) -> Any:
    frame = store.frame("select * from core.deadlines")
    assert frame.height == 1
    return frame[column][0]


def received(day: str) -> str:
    return f"case | kind | on\nA | received | {day}"


def test_the_day_of_receipt_is_day_0(core):
    store = core(as_of="2024-03-01", rules=rule(), events=received("2024-01-01"))
    assert only(store, "due_on") == date(2024, 1, 8)


def test_calendar_days_count_weekends_and_leap_days(core):
    store = core(as_of="2024-04-01", rules=rule(within="30"), events=received("2024-02-15"))
    assert only(store, "due_on") == date(2024, 3, 16)


def test_a_deadline_within_0_days_ends_on_the_day_it_starts(core):
    store = core(as_of="2024-04-01", rules=rule(within="0"), events=received("2024-02-15"))
    assert only(store, "due_on") == date(2024, 2, 15)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        pytest.param("2024-03-11", date(2024, 3, 13), id="Monday to Wednesday"),
        pytest.param("2024-03-14", date(2024, 3, 18), id="Thursday, over a weekend"),
        pytest.param("2024-03-15", date(2024, 3, 19), id="Friday, over a weekend"),
        pytest.param("2024-03-16", date(2024, 3, 19), id="Saturday: Monday is day 1"),
        pytest.param("2024-03-17", date(2024, 3, 19), id="Sunday: Monday is day 1"),
        pytest.param("2024-03-27", date(2024, 4, 2), id="over Good Friday and Easter Monday"),
        pytest.param("2024-03-29", date(2024, 4, 3), id="on Good Friday: Tuesday is day 1"),
        pytest.param("2023-12-22", date(2023, 12, 28), id="over Christmas"),
    ],
)
def test_working_days_leave_out_weekends_and_bank_holidays(core, day, due):
    store = core(
        as_of="2024-06-01", rules=rule(**WORKING), calendar="GB-ENG", events=received(day)
    )
    assert only(store, "due_on") == due


def test_a_country_s_part_has_holidays_of_its_own(core):
    # Easter Monday is no holiday in Scotland.
    store = core(
        as_of="2024-06-01",
        rules=rule(**WORKING),
        calendar="GB-SCT",
        events=received("2024-03-27"),
    )
    assert only(store, "due_on") == date(2024, 4, 1)


def test_a_long_rule_in_working_days_ends_beyond_two_years(core):
    store = core(
        as_of="2024-03-01",
        rules=rule(within="1000", unit='"working_days"'),
        events=received("2024-03-01"),
    )
    assert only(store, "due_on") == date(2027, 12, 31)
    assert only(store, "result") == "not_due"


def test_a_start_that_the_calendar_of_working_days_does_not_reach_cannot_be_assessed(core):
    events = """
        case | kind         | on
        A    | received     | 1950-03-06
        A    | acknowledged | 1950-03-07
        B    | received     | 1950-03-06
        C    | received     | 2024-01-08
    """
    store = core(
        as_of="2024-03-01",
        rules=rule(**WORKING),
        events=events,
        coverage_from="2024-01-01",
    )
    assert results(store) == {"A": "not_assessable", "B": "not_assessable", "C": "missed"}
