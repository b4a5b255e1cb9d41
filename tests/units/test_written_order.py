"""What a file's order tells where its clock does not: ties, and hours that come twice."""

import warnings
from datetime import date

import polars as pl
import pytest

from etl.load import load
from etl.store import Store
from etl.workspace import Workspace, init

SOURCE = """
name = "harbour"
title = "Harbour"
time_zone = "Europe/Berlin"
[codes.status]
"New" = "new"
"Open" = "open"
"Closed" = "closed"
[exports.cases]
grain = "case"
dates = "%d.%m.%Y %H:%M"
[exports.cases.columns]
case_id = "Case"
[exports.cases.events]
received = "Received"
closed = "Closed"
[exports.log]
grain = "change"
dates = "%d.%m.%Y %H:%M"
[exports.log.columns]
case_id = "Case"
occurred = "When"
before = "From"
after = "To"
[[exports.log.steps]]
change = "status"
means = "progress"
[exports.states]
grain = "snapshot"
dates = "%d.%m.%Y %H:%M"
[exports.states.columns]
case_id = "Case"
occurred = "Changed"
status = "State"
[exports.states.changes]
status = "progress"
[exports.numbered]
grain = "change"
dates = "%d.%m.%Y %H:%M"
[exports.numbered.columns]
case_id = "Case"
occurred = "When"
before = "From"
after = "To"
order = "Entry"
[[exports.numbered.steps]]
change = "status"
means = "progress"
[exports.exact]
grain = "event"
dates = "%d.%m.%Y %H:%M %z"
[exports.exact.columns]
case_id = "Case"
occurred = "At"
kind = "Step"
[codes.kind]
"received" = "received"
"closed" = "closed"
"reopened" = "reopened"
"escalated" = "escalated"
"""
LOG, CASES = "Case,When,From,To\n", "Case,Received,Closed\n"
STATES, EXACT = "Case,Changed,State\n", "Case,At,Step\n"
# In the night to 25 October 2026 the clocks of Berlin go from 3:00 back to 2:00.


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = init(tmp_path / "audit")
    (made.folder / "sources" / "harbour.toml").write_text(SOURCE, encoding="utf-8")
    return made


@pytest.fixture
def told(workspace):
    """Load one file and give its events: what and when in UTC, in their order."""

    def made(text: str) -> list[tuple[str, str]]:
        path = workspace.folder / "export.csv"
        path.write_text(text, encoding="utf-8")
        load(workspace, [path], as_of=date(2026, 12, 31))
        with Store.open(workspace.store_path, mode="read") as store:
            rows = store.frame(
                "select kind, occurred_at from core.events order by case_key, sequence"
            )
        return rows.with_columns(pl.col("occurred_at").dt.to_string("%m-%d %H:%M")).rows()

    return made


def lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


def kinds(events: list[tuple[str, str]], *wanted: str) -> list[str]:
    return [kind for kind, _ in events if kind in wanted]


STEPS = (
    "A,05.01.2026 09:00,New,Open",
    "A,05.01.2026 10:00,Open,Closed",
    "A,05.01.2026 10:00,Closed,Open",
)


@pytest.mark.parametrize("rows", [STEPS, STEPS[::-1]], ids=["oldest first", "newest first"])
def test_what_shares_a_minute_is_in_the_order_of_the_file(told, rows):
    events = told(LOG + lines(*rows))
    assert kinds(events, "closed", "reopened") == ["closed", "reopened"]


@pytest.mark.parametrize("way", [1, -1])
def test_numbers_of_entries_beyond_what_a_fraction_holds_tell_what_came_first(told, way):
    rows = [f"{row},{2**60 + n}" for n, row in enumerate(STEPS)]
    events = told("Case,When,From,To,Entry\n" + lines(*rows[::way]))
    assert kinds(events, "closed", "reopened") == ["closed", "reopened"]


def test_a_file_of_ties_alone_is_read_as_the_cases_in_it_follow_each_other(told):
    newer = ("A,06.01.2026 10:00,Closed,Open", "A,06.01.2026 10:00,Open,Closed")
    events = told(LOG + lines(*newer, "B,05.01.2026 10:00,Open,Closed"))
    of_a = [event for event in events if event[1].startswith("01-06")]
    assert kinds(of_a, "closed", "reopened") == ["closed", "reopened"]


@pytest.mark.parametrize("back", [1, -1], ids=["oldest first", "newest first"])
def test_states_of_one_minute_follow_the_file(told, back):
    rows = ("A,05.01.2026 09:00,Open", "A,05.01.2026 10:00,Closed", "A,05.01.2026 10:00,Open")
    events = told(STATES + lines(*rows[::back]))
    assert kinds(events, "closed", "reopened") == ["closed", "reopened"]


TWICE = (
    "A,24.10.2026 09:00,New,Open",
    "A,25.10.2026 02:50,Open,Closed",
    "A,25.10.2026 02:10,Closed,Open",
    "A,25.10.2026 02:20,Open,Closed",
)


@pytest.mark.parametrize("rows", [TWICE, TWICE[::-1]], ids=["oldest first", "newest first"])
def test_what_goes_back_in_an_hour_that_comes_twice_is_of_the_later(told, rows):
    events = [event for event in told(LOG + lines(*rows)) if event[0] in ("closed", "reopened")]
    assert events == [
        ("closed", "10-25 00:50"), ("reopened", "10-25 01:10"), ("closed", "10-25 01:20"),
    ]  # fmt: skip


def test_what_goes_on_in_an_hour_that_comes_twice_stays_in_the_earlier(told):
    rows = ("A,25.10.2026 02:10,New,Open", "A,25.10.2026 02:20,Open,Closed")
    assert ("closed", "10-25 00:20") in told(LOG + lines(*rows))


def test_rows_that_go_back_twice_are_in_no_order_and_stay(told):
    rows = (*TWICE, "A,25.10.2026 02:05,Closed,Open")
    assert ("closed", "10-25 00:20") in told(LOG + lines(*rows))


def test_a_file_in_no_order_says_nothing_of_the_hour(told):
    rows = ("B,07.01.2026 09:00,New,Open", "B,05.01.2026 09:00,Open,Closed",
            "B,06.01.2026 09:00,Closed,Open")  # fmt: skip
    assert ("reopened", "10-25 00:10") in told(LOG + lines(*TWICE, *rows))


def test_times_with_their_offset_are_what_they_say(told):
    rows = ("A,25.10.2026 02:50 +0200,received", "A,25.10.2026 02:10 +0200,closed")
    assert ("closed", "10-25 00:10") in told(EXACT + lines(*rows))


def test_a_case_that_ended_before_its_receipt_by_the_clock_ended_in_the_later_hour(told):
    events = told(CASES + lines("A,25.10.2026 02:50,25.10.2026 02:10"))
    assert events == [("received", "10-25 00:50"), ("closed", "10-25 01:10")]


def test_an_end_before_the_receipt_at_any_other_time_stays_where_it_is(told):
    events = told(CASES + lines("A,24.10.2026 02:50,24.10.2026 02:10"))
    assert ("closed", "10-24 00:10") in events


# Two columns of the system tell each change, and two people are told of an escalation at once.
MIRRORED = "Case,When,From,To,Field,Row\n"
ENDED, BEGUN = ("Open", "Closed"), ("Closed", "Open")
MOVES = (("New", "Open"), ENDED, BEGUN, ENDED, BEGUN)
AGAIN = ("closed", "reopened", "closed", "reopened", "escalated", "escalated")


def change(at: str, move: tuple[str, str], column: str, row: int = 0) -> str:
    return f"A,05.01.2026 {at},{','.join(move)},{column},{row}"


@pytest.mark.parametrize("way", [1, -1], ids=["oldest first", "newest first"])
def test_a_change_that_two_columns_tell_at_one_instant_happened_once(told, way):
    rows = [
        change("10:00" if n else "09:00", move, column, n)
        for n, move in enumerate(MOVES)
        for column in ("state", "mirror")
    ]
    found = kinds(told(MIRRORED + lines(*rows[::way])), "acknowledged", "closed", "reopened")
    assert found == ["acknowledged", "closed", "reopened", "closed", "reopened"]


def test_who_loads_a_log_from_below_is_not_warned_of_how_its_rows_are_sorted(told):
    rows = [change("10:00", move, name) for name in ("state", "mirror") for move in MOVES[:2]]
    rows.append(change("11:00", MOVES[2], "state"))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        told(MIRRORED + lines(*rows[::-1]))
    assert [str(one.message) for one in seen] == []


def test_what_each_column_tells_by_itself_in_a_log_from_below_happened_once(told):
    rows = [change("10:00", move, name) for name in ("state", "mirror") for move in MOVES[:2]]
    rows.append(change("11:00", MOVES[2], "state"))
    found = kinds(told(MIRRORED + lines(*rows[::-1])), "acknowledged", "closed", "reopened")
    assert found == ["acknowledged", "closed", "reopened"]


def test_steps_told_twice_at_one_instant_by_a_log_from_below_happened_once(told):
    rows = ["A,05.01.2026 08:00 +0100,received,"]
    rows += [f"A,05.01.2026 09:00 +0100,{step},{n}" for n, step in enumerate(AGAIN)]
    found = told("Case,At,Step,Row\n" + lines(*rows[::-1]))
    assert [kind for kind, _ in found] == ["received", *AGAIN[:-1]]


def test_a_state_that_leaves_the_status_blank_leaves_the_case_as_it_was(told, workspace):
    rows = ("A,05.01.2026 09:00,Open", "A,05.01.2026 10:00,Closed", "A,06.01.2026 10:00,")
    told(STATES + lines(*rows, "B,05.01.2026 09:00,New", "B,05.01.2026 10:00,"))
    with Store.open(workspace.store_path, mode="read") as store:
        found = store.frame("select status from core.cases order by received_on, status")
    assert found["status"].to_list() == ["closed", "open"]
