"""Rows of a history, of states and of a source's own deadlines, as a description reads them."""

from datetime import date

import polars as pl
import pytest

from etl.description import read_source
from etl.errors import SourceError
from etl.readers.rows import TextTable, gather, ragged_frame
from etl.staging import Staged, stage

TOP = """
name = "harbour"
title = "Harbour"
time_zone = "UTC"
[codes.status]
"N" = "new"
"O" = "open"
"W" = "waiting"
"C" = "closed"
[codes.severity]
"1" = "low"
"2" = "high"
[codes.level]
"" = "first_line"
"2nd" = "second_line"
[codes.verdict]
"no" = "met"
"yes" = "breached"
[codes.category]
"T" = "theft"
"F" = "fraud"
[codes.outcome]
"S" = "substantiated"
"""
HISTORY = """
[exports.log]
grain = "change"
[exports.log.columns]
case_id = "Case"
occurred = "On"
"""
STATES = """
[exports.log]
grain = "snapshot"
[exports.log.columns]
case_id = "Case"
occurred = "On"
status = "State"
"""


def source_of(folder, text: str):
    path = folder / "harbour.toml"
    path.write_text(TOP + text, encoding="utf-8")
    return read_source(path)


@pytest.fixture
def staged(tmp_path):
    """Stage rows, the first being the header, by the one export of a description."""

    def made(text: str, *rows: tuple[str, ...]) -> Staged:
        source = source_of(tmp_path, text)
        header, *records = rows
        frame, _ = gather(enumerate(records, start=2), width=len(header))
        told = TextTable(tuple(header), frame, ragged_frame(()), "utf-8", ",", 0, "")
        return stage(
            told, source, source.exports[0], workbook=False, key=bytes(range(32)), zone="UTC"
        )

    return made


def moves(found: Staged) -> list[tuple]:
    return found.tables["changes"].select("line", "before", "after").rows()


STATUS = """
before = "Was"
after = "Is"
[[exports.log.steps]]
when = { Field = "state" }
change = "status"
means = "progress"
"""
HEAD = ("Case", "On", "Field", "Was", "Is")


def test_a_row_of_another_field_is_read_and_tells_nothing(staged):
    found = staged(
        HISTORY + STATUS,
        HEAD,
        ("A", "2024-01-02", "state", "N", "O"),
        ("A", "2024-01-02", "title", "Z", "Y"),
    )
    assert (found.rows_loaded, moves(found)) == (2, [(2, "new", "open")])


def test_a_row_without_a_case_is_a_reject_only_where_it_tells_something(staged):
    found = staged(
        HISTORY + STATUS,
        HEAD,
        ("", "2024-01-02", "login", "", ""),
        ("", "2024-01-02", "state", "N", "O"),
    )
    assert found.rejects["line"].to_list() == [3]
    assert (found.rows_loaded, moves(found)) == (1, [])


def test_a_code_that_nobody_lists_rejects_the_row_that_changes_to_it(staged):
    found = staged(HISTORY + STATUS, HEAD, ("A", "2024-01-02", "state", "N", "X"))
    (reject,) = found.rejects.rows(named=True)
    assert (reject["line"], reject["column_name"], reject["value"]) == (2, "Is", "X")
    assert reject["reason"] == "not a code listed in harbour.toml"


NOTES = """
text = { columns = ["Notes"], separator = "\\n" }
[[exports.log.steps]]
pattern = "^(?P<occurred>[0-9-]+): from (?P<before>.) to (?P<after>.)$"
change = "status"
means = "progress"
[[exports.log.steps]]
pattern = "sent up"
kind = "escalated"
level = "board"
"""


def test_a_text_tells_what_its_entries_say_each_on_its_own_day(staged):
    text = "2024-01-05: from N to O\nnothing\n2024-01-09: from O to C\nsent up"
    found = staged(HISTORY + NOTES, ("Case", "On", "Notes"), ("A", "2024-02-01", text))
    changes = found.tables["changes"].select("before", "after", "occurred_on", "ordinal")
    assert changes.rows() == [
        ("new", "open", date(2024, 1, 5), None),
        ("open", "closed", date(2024, 1, 9), 2),
    ]
    events = found.tables["events"].select("kind", "level", "occurred_on")
    assert events.rows() == [("escalated", "board", date(2024, 2, 1))]


def test_a_date_of_another_form_in_a_text_rejects_the_whole_row(staged):
    text = "2024-01-05: from N to O\n2024-31-01: from O to C"
    found = staged(HISTORY + NOTES, ("Case", "On", "Notes"), ("A", "2024-02-01", text))
    assert (found.rows_loaded, found.rejects.height) == (0, 1)
    assert found.tables["changes"].is_empty()


def test_a_text_without_end_is_rejected_and_not_searched(staged):
    text = "sent up\n" * 1_001
    found = staged(HISTORY + NOTES, ("Case", "On", "Notes"), ("A", "2024-02-01", text))
    assert found.rejects["reason"].to_list() == ["the text has more than 1,000 entries"]


def test_a_long_text_is_searched_in_linear_time(staged):
    text = "2024-01-05: from N to " + "a" * 1_000_000
    found = staged(HISTORY + NOTES, ("Case", "On", "Notes"), ("A", "2024-02-01", text))
    assert (found.rows_loaded, moves(found)) == (1, [])


def test_what_a_system_fills_in_backwards_counts_once_the_case_has_ended(staged):
    text = STATES.replace('"snapshot"', '"snapshot"\nbackfilled = ["outcome", "resolved"]')
    found = staged(
        text + 'outcome = "Result"\n[exports.log.events]\nresolved = "End"',
        ("Case", "On", "State", "Result", "End"),
        ("A", "2024-01-02", "N", "S", "2024-01-09"),
        ("A", "2024-01-09", "C", "S", "2024-01-09"),
    )
    assert found.tables["cases"]["outcome"].to_list() == [None, "substantiated"]
    assert found.tables["events"].select("line", "occurred_on").rows() == [
        (3, date(2024, 1, 9))
    ]


def test_a_state_without_a_value_says_nothing_of_a_change(staged):
    text = STATES + '[exports.log.changes]\nstatus = "progress"'
    found = staged(
        text, ("Case", "On", "State"), ("A", "2024-01-02", "N"), ("A", "2024-01-03", "")
    )
    assert moves(found) == [(2, None, "new")]


def test_a_level_is_the_part_of_a_name_that_the_pattern_keeps(staged):
    text = STATES + 'level = { columns = ["Group"], pattern = "(?P<value>2nd|)$" }'
    text += '\n[exports.log.changes]\nlevel = "escalation"'
    found = staged(
        text,
        ("Case", "On", "State", "Group"),
        ("A", "2024-01-02", "N", "G97"),
        ("A", "2024-01-03", "N", "G97 2nd"),
    )
    told = found.tables["changes"].select("after", "after_rank").rows()
    assert told == [("first_line", 1), ("second_line", 2)]


VERDICTS = """
[exports.log]
grain = "verdict"
required = ["case_id", "verdict"]
[exports.log.columns]
case_id = "Case"
verdict = "Late"
stopped = "Stop"
"""


def test_a_deadline_that_still_runs_is_not_met_yet(staged):
    found = staged(
        VERDICTS,
        ("Case", "Late", "Stop"),
        ("A", "no", "2024-01-02"),
        ("B", "no", ""),
        ("C", "yes", ""),
    )
    verdicts = found.tables["source_deadlines"]["verdict"].to_list()
    assert verdicts == ["met", "running", "breached"]


CASES = """
[exports.log]
grain = "case"
required = ["case_id", "received"]
decimal = ","
thousands = "."
durations = ["minutes", "words"]
[exports.log.columns]
case_id = ["Case", "Number"]
category = { columns = ["Kinds"], separator = ";" }
source_days = "Lasted"
[exports.log.events]
received = ["Came", "Seen"]
"""


def test_the_first_filled_column_counts_and_those_a_file_lacks_are_not_missed(staged):
    found = staged(CASES, ("Number", "Seen"), ("007", "2024-01-02"))
    assert found.tables["events"]["occurred_on"].to_list() == [date(2024, 1, 2)]
    both = staged(CASES, ("Case", "Came", "Seen"), ("A", "", "2024-01-03"))
    assert both.tables["events"]["occurred_on"].to_list() == [date(2024, 1, 3)]


@pytest.mark.parametrize(
    ("text", "days"), [("1.440,0", 1), ("4.319", 2), ("3 Days 12 Hours", 3), ("23 Hours", 0)]
)
def test_a_duration_is_read_in_its_unit_and_counts_whole_days(staged, text, days):
    found = staged(CASES, ("Case", "Came", "Lasted"), ("A", "2024-01-02", text))
    assert found.tables["cases"]["source_days"].to_list() == [days]


def test_a_time_that_remains_is_no_duration(staged):
    found = staged(CASES, ("Case", "Came", "Lasted"), ("A", "2024-01-02", "-12:34"))
    assert found.rejects["reason"].to_list() == ["not a length of time in minutes or words"]


def test_one_unknown_category_among_several_rejects_the_row(staged):
    found = staged(CASES, ("Case", "Came", "Kinds"), ("A", "2024-01-02", "T; X"))
    assert found.rejects["column_name"].to_list() == ["Kinds"]


def test_ids_are_text_to_the_last_digit(staged):
    ids = ("9007199254740993", "9007199254740992", "00007", "7")
    rows = [(name, "2024-01-02") for name in ids]
    found = staged(CASES, ("Case", "Came"), *rows)
    assert found.tables["cases"]["case_key"].n_unique() == 4
    assert found.tables["cases"].schema["case_key"] == pl.Binary


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HISTORY, "a change row has [[.steps]]"),
        (HISTORY + '[[exports.log.steps]]\nkind = "gone"', "'gone' is not a kind of event"),
        (HISTORY + '[[exports.log.steps]]\nwhen = {}', "needs either a kind or a change"),
        (HISTORY + STATUS.replace("progress", "fun"), "cannot mean 'fun'"),
        (HISTORY + STATUS.replace('after = "Is"', ""), "so [.columns] needs after"),
        (HISTORY + NOTES.replace("sent up", "(?P<who>.)"), "groups before, after, occurred"),
        (HISTORY + NOTES.replace("sent up", "(?=x)"), "is not a pattern that can be read"),
        (STATES + '[exports.log.changes]\nlevel = "escalation"', "has changes and no column"),
        (STATES.replace('"snapshot"', '"snapshot"\nbackfilled = ["x"]'), "which is not read"),
        (CASES.replace('"minutes"', '"moons"'), "durations must be one of"),
        (CASES.replace('thousands = "."', 'thousands = ","'), "are the same sign"),
        (CASES + 'x = "y"', "'x' is not a kind of event"),
        (
            CASES.replace('decimal', 'dates = ["%d/%m/%Y", "%m/%d/%Y"]\ndecimal'),
            "may be read by '%d/%m/%Y' and otherwise by '%m/%d/%Y'",
        ),
        (CASES.replace('decimal', 'locale = "xx-yy"\ndecimal'), "locale 'xx-yy' is not known"),
        (CASES.replace('decimal', 'zones = { X = "5" }\ndecimal'), "must be an offset"),
    ],
)  # fmt: skip
def test_a_description_that_contradicts_itself_is_refused(tmp_path, text, problem):
    with pytest.raises(SourceError) as caught:
        source_of(tmp_path, text)
    assert problem in str(caught.value)


# How far an event puts off what it is about


def test_an_event_s_own_end_stands_in_a_column_beside_its_date(staged):
    found = staged(
        """
        [exports.cases]
        grain = "case"
        columns = { case_id = "Case" }
        events = { received = "In", extended = "Longer" }
        event_untils = { extended = "Until" }
        """,
        ("Case", "In", "Longer", "Until"),
        ("A", "2024-01-01", "2024-01-05", "2024-02-01"),
        ("B", "2024-01-02", "2024-01-06", ""),
        ("C", "2024-01-03", "2024-01-07", "soon"),
    )
    events = found.tables["events"].filter(pl.col("kind") == "extended")
    assert events.select("occurred_on", "until_on").rows() == [
        (date(2024, 1, 5), date(2024, 2, 1)),
        (date(2024, 1, 6), None),
    ]
    assert found.rejects["column_name"].to_list() == ["Until"]


def test_a_row_of_events_may_say_until_when(staged):
    found = staged(
        """
        [exports.log]
        grain = "event"
        constant_kind = "extended"
        columns = { case_id = "Case", occurred = "On", until = "End" }
        """,
        ("Case", "On", "End"),
        ("A", "2024-01-05", "2024-02-01"),
        ("A", "2024-01-06", ""),
    )
    assert found.tables["events"]["until_on"].to_list() == [date(2024, 2, 1), None]
