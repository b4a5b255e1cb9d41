"""Rules in hours: from instant to instant, and what a day without an hour leaves open."""

from datetime import date

import pytest

from tests.rule_files import rule
from tests.specs.test_clock_rules import HOURS, at, judged


@pytest.mark.parametrize(
    ("done", "result"),
    [("2024-03-31 14:30", "met"), ("2024-03-31 14:31", "met_late")],
)
def test_24_hours_are_24_hours_over_the_night_of_23(core, done, result):
    # From 14:30 on Saturday to 15:30 on Sunday, on the clocks of London.
    events = at(
        "A | received     | 2024-03-30 | 2024-03-30 14:30",
        f"A | acknowledged | 2024-03-31 | {done}",
    )
    store = core(as_of="2024-06-01", rules=rule(**HOURS), events=events)
    assert judged(store, "result") == {"A": result}


def test_72_hours_end_at_the_instant_and_not_with_the_day(core):
    events = at(
        "A | received     | 2024-01-08 | 2024-01-08 09:15",
        "A | acknowledged | 2024-01-11 | 2024-01-11 09:15",
        "B | received     | 2024-01-08 | 2024-01-08 09:15",
        "B | acknowledged | 2024-01-11 | 2024-01-11 09:16",
    )
    store = core(as_of="2024-06-01", rules=rule(within="72", unit='"hours"'), events=events)
    assert judged(store, "due_on", "result") == {
        "A": (date(2024, 1, 11), "met"),
        "B": (date(2024, 1, 11), "met_late"),
    }


@pytest.mark.parametrize(
    ("day", "result"),
    [("2024-01-08", "met"), ("2024-01-09", "not_assessable"), ("2024-01-10", "met_late")],
)
def test_where_only_days_are_known_24_hours_are_judged_where_there_is_no_doubt(
    core, day, result
):
    events = f"case | kind | on\nA | received | 2024-01-08\nA | acknowledged | {day}"
    store = core(as_of="2024-06-01", rules=rule(**HOURS), events=events)
    assert judged(store, "result") == {"A": result}


@pytest.mark.parametrize(
    ("received", "day", "acknowledged", "result"),
    [
        pytest.param("instant", "2024-01-09", "instant", "met", id="24 hours"),
        pytest.param("instant", "2024-01-10", "instant", "met_late", id="48 hours"),
        pytest.param("day", "2024-01-09", "instant", "met", id="24 hours or less"),
        pytest.param("instant", "2024-01-08", "day", "met", id="24 hours at most"),
        pytest.param("instant", "2024-01-09", "day", "not_assessable", id="24 hours or more"),
        pytest.param("day", "2024-01-09", "day", "not_assessable", id="0 to 48 hours"),
    ],
)
def test_a_midnight_is_an_hour_where_the_export_tells_hours(
    core, received, day, acknowledged, result
):
    events = f"""
        case | kind         | on         | at               | exactness
        A    | received     | 2024-01-08 | 2024-01-08 00:00 | {received}
        A    | acknowledged | {day}      | {day} 00:00      | {acknowledged}
    """
    store = core(as_of="2024-06-01", rules=rule(**HOURS), events=events)
    assert judged(store, "result") == {"A": result}


@pytest.mark.parametrize(
    ("received", "acknowledged", "result"),
    [
        # Sunday has 25 hours: received at its end, it was acknowledged 23 and a half later.
        (
            "2024-10-27 | 2024-10-26 23:00 | day",
            "2024-10-28 | 2024-10-28 23:30 | instant",
            None,
        ),
        # Sunday has 23 hours: received at its end, it was acknowledged 24 and a half later.
        (
            "2024-03-31 | 2024-03-31 00:00 | day",
            "2024-04-02 | 2024-04-01 23:30 | instant",
            "met_late",
        ),
        # From half past midnight to the end of the same Sunday are 24 hours and a half.
        (
            "2024-10-27 | 2024-10-26 23:30 | instant",
            "2024-10-27 | 2024-10-26 23:00 | day",
            None,
        ),
    ],
)
def test_a_day_without_an_hour_is_as_long_as_it_was(core, received, acknowledged, result):
    events = f"""
        case | kind         | on | at | exactness
        A    | received     | {received}
        A    | acknowledged | {acknowledged}
    """
    store = core(as_of="2024-12-01", rules=rule(**HOURS), events=events)
    assert judged(store, "result") == {"A": result or "not_assessable"}


def test_told_by_the_day_and_by_the_hour_it_is_known_by_the_hour(core):
    # The case's own row has the day alone, the history says that it was at midnight.
    events = """
        case | kind         | on         | at               | exactness
        A    | received     | 2024-01-08 | 2024-01-08 00:00 | day
        A    | received     | 2024-01-08 | 2024-01-08 00:00 | instant
        A    | acknowledged | 2024-01-09 | 2024-01-09 00:01 | instant
    """
    store = core(as_of="2024-06-01", rules=rule(**HOURS), events=events)
    assert judged(store, "result") == {"A": "met_late"}


def test_hours_that_run_out_on_the_as_of_day_are_judged(core):
    events = at("A | received | 2024-01-08 | 2024-01-08 09:15")
    events += "\nX | received | 2023-01-08 | 2023-01-08 09:15"
    events += "\nX | acknowledged | 2023-01-08 | 2023-01-08 09:15"
    assert judged(core(as_of="2024-01-09", rules=rule(**HOURS), events=events))["A"] == (
        date(2024, 1, 9), "missed",
    )  # fmt: skip
