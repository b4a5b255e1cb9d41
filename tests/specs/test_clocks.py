from datetime import date
from typing import Any

import pytest

from etl.store import Store


def clock(store: Store) -> dict[str, Any]:
    frame = store.frame("select * from core.clocks")
    assert frame.height == 1
    return frame.row(0, named=True)


def built(core, *steps: str, as_of: str = "2024-03-01") -> Store:
    rows = "\n".join(f"A | {step}" for step in ("received | 2024-01-01", *steps))
    return core(as_of=as_of, events=f"case | kind | on\n{rows}")


def test_a_resolved_case_stops_its_clock(core):
    found = clock(built(core, "resolved | 2024-01-11"))
    assert (found["started_on"], found["stopped_on"]) == (date(2024, 1, 1), date(2024, 1, 11))
    assert (found["days"], found["ended"], found["reopened"]) == (10, True, False)
    assert found["observed_until"] == date(2024, 1, 11)


def test_a_case_resolved_on_the_day_of_receipt_took_0_days(core):
    assert clock(built(core, "resolved | 2024-01-01"))["days"] == 0


def test_an_open_case_keeps_its_clock_running_to_the_as_of_day(core):
    found = clock(built(core))
    assert (found["days"], found["ended"], found["stopped_on"]) == (60, False, None)
    assert found["observed_until"] == date(2024, 3, 1)


def test_a_case_received_on_the_as_of_day_has_run_for_0_days(core):
    assert clock(built(core, as_of="2024-01-01"))["days"] == 0


def test_a_reopened_case_is_open_again(core):
    found = clock(built(core, "resolved | 2024-01-11", "reopened | 2024-01-20"))
    assert (found["days"], found["ended"], found["reopened"]) == (60, False, True)


def test_a_case_closed_again_ends_with_its_last_closing(core):
    steps = ("resolved | 2024-01-11", "reopened | 2024-01-20", "resolved | 2024-02-10")
    found = clock(built(core, *steps))
    assert (found["days"], found["ended"], found["reopened"]) == (40, True, True)


def test_the_order_of_the_rows_does_not_matter_where_days_tell_it(core):
    steps = ("resolved | 2024-02-10", "reopened | 2024-01-20", "resolved | 2024-01-11")
    assert clock(built(core, *steps))["stopped_on"] == date(2024, 2, 10)


@pytest.mark.parametrize(
    ("steps", "ended"),
    [
        (("reopened | 2024-01-20", "resolved | 2024-01-20"), True),
        (("resolved | 2024-01-20", "reopened | 2024-01-20"), False),
    ],
)
def test_the_order_of_the_rows_decides_within_one_day(core, steps, ended):
    assert clock(built(core, *steps))["ended"] is ended


def test_the_hour_decides_within_one_day_where_it_is_known(core):
    events = """
        case | kind     | on         | at
        A    | received | 2024-01-01 | 2024-01-01 09:00
        A    | reopened | 2024-01-20 | 2024-01-20 15:00
        A    | resolved | 2024-01-20 | 2024-01-20 11:00
    """
    assert clock(core(as_of="2024-03-01", events=events))["ended"] is False


def test_a_closing_after_the_as_of_day_is_not_known_yet(core):
    found = clock(built(core, "resolved | 2024-03-02"))
    assert (found["days"], found["ended"]) == (60, False)


def test_a_reopening_after_the_as_of_day_is_not_known_yet(core):
    found = clock(built(core, "resolved | 2024-01-11", "reopened | 2024-03-02"))
    assert (found["days"], found["ended"], found["reopened"]) == (10, True, False)


def test_impossible_days_are_kept_as_they_are_for_the_checks_to_find(core):
    assert clock(built(core, "resolved | 2023-12-30"))["days"] == -2


def test_a_clock_starts_with_the_first_receipt(core):
    assert clock(built(core, "received | 2023-12-31"))["days"] == 61


def test_a_case_without_a_day_of_receipt_has_no_clock(core):
    store = core(as_of="2024-03-01", events="case | kind | on\nA | resolved | 2024-01-11")
    assert store.frame("select * from core.clocks").is_empty()
    assert store.frame("select resolved_on from core.cases").item() == date(2024, 1, 11)


def test_a_source_s_word_that_a_case_is_closed_stops_no_clock(core):
    events = "case | kind | on\nA | received | 2024-01-01"
    store = core(as_of="2024-03-01", cases="case | status\nA | closed", events=events)
    assert clock(store)["ended"] is False


@pytest.mark.parametrize("seen_on", ["2024-01-15", "2024-01-25", None])
def test_a_store_can_be_asked_as_of_an_earlier_day(core, seen_on):
    events = """
        case | kind     | on
        A    | received | 2024-01-01
        A    | resolved | 2024-01-11
        A    | reopened | 2024-01-20
    """
    deliveries = """
        snapshot | source | export  | grain | as_of
        1        | desk   | cases   | case  | 2024-01-15
        2        | desk   | history | event | 2024-01-15
    """
    store = core(as_of="2024-01-15", seen_on=seen_on, events=events, deliveries=deliveries)
    found = clock(store)
    days = {"2024-01-15": (True, 10), "2024-01-25": (False, 24), None: (True, 10)}
    assert (found["ended"], found["days"]) == days[seen_on]
