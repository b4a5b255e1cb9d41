from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from etl.description import read_source
from etl.pseudonyms import pseudonyms
from etl.readers.rows import TextTable, gather, ragged_frame
from etl.staging import Staged, stage
from tests.tables import table

KEY = bytes(range(32))
LAYOUT = """
name = "harbour"
title = "Harbour"
time_zone = "{zone}"
[codes.unit]
"N" = "north"
"S" = "south"
[codes.kind]
"ACK" = "acknowledged"
"SEEN" = ""
[codes.level]
"B" = "board"
[codes.outcome]
"Yes" = "substantiated"
"Pending" = ""
[exports.it]
{top}
[exports.it.columns]
case_id = "Case"
{columns}
[exports.it.events]
{events}
"""


@pytest.fixture
def staged(tmp_path):
    """Stage a text table by a description of it; `source_zone` is the export's time zone."""

    def made(
        text: str | TextTable,
        *,
        top: str = 'grain = "case"',
        columns: str = "",
        events: str = 'received = "Received"',
        source_zone: str = "Europe/London",
        zone: str = "Europe/London",
        workbook: bool = False,
    ) -> Staged:
        path = tmp_path / "harbour.toml"
        layout = LAYOUT.format(zone=source_zone, top=top, columns=columns, events=events)
        path.write_text(layout, encoding="utf-8")
        source = read_source(path)
        given = text if isinstance(text, TextTable) else texts(text)
        return stage(given, source, source.exports[0], workbook=workbook, key=KEY, zone=zone)

    return made


def texts(text: str, ragged: tuple[tuple[int, int], ...] = ()) -> TextTable:
    frame = table(text, {"Case": pl.String}).fill_null("")
    records = [(line, row) for line, row in enumerate(frame.rows(), start=2)]
    rows, _ = gather(records, width=frame.width)
    return TextTable(tuple(frame.columns), rows, ragged_frame(ragged), "utf-8", ",", 0, "")


def reject(found: Staged) -> dict[str, Any]:
    assert found.rejects.height == 1
    assert found.rows_loaded == found.rows_in - found.rows_repeated - 1
    return found.rejects.row(0, named=True)


def received(found: Staged) -> tuple[date, datetime]:
    assert found.rejects.is_empty()
    return found.tables["events"].select("occurred_on", "occurred_at").row(0)


# Every row in is loaded, rejected or a repeat


def test_every_row_is_loaded_rejected_or_a_repeat(staged):
    text = texts(
        """
        Case | Received
        A    | 2024-01-01
        B    | 2024-02-30
        A    | 2024-01-01
        """,
        ragged=((5, 3),),
    )
    found = staged(text)
    assert (found.rows_in, found.rows_loaded, found.rows_repeated) == (4, 1, 1)
    assert found.rejects["line"].to_list() == [3, 5]
    assert found.tables["cases"]["line"].to_list() == [2]


def test_a_ragged_row_is_rejected_with_its_number_of_fields(staged):
    found = reject(staged(texts("Case | Received\nA | 2024-01-01", ragged=((3, 5),))))
    assert (found["line"], found["reason"]) == (3, "the row has 5 fields and the header 2")
    assert "quotes" in found["remedy"]


def test_a_row_that_differs_in_a_column_we_never_read_is_no_repeat(staged):
    found = staged("Case | Received | Note\nA | 2024-01-01 | x\nA | 2024-01-01 | y")
    assert (found.rows_repeated, found.tables["cases"].height) == (0, 2)


def test_a_row_that_names_no_case_is_rejected(staged):
    found = reject(staged("Case | Received\n | 2024-01-01"))
    assert (found["column_name"], found["reason"]) == ("Case", "the row names no case")


def test_the_first_thing_amiss_in_a_row_is_its_reason(staged):
    found = reject(staged("Case | Received | Unit\n | x | Y", columns='unit = "Unit"'))
    assert found["column_name"] == "Case"


@pytest.mark.parametrize("name", ["line", "source", "problem", "export", "kind", "*", "^.*$"])
def test_a_column_may_be_called_like_one_of_ours(staged, name):
    found = staged(f"Case | {name}\nA | 2024-01-01", events=f'received = "{name}"')
    assert received(found)[0] == date(2024, 1, 1)
    beside = staged(f"Case | Received | {name}\nA | 2024-01-01 | x")
    assert received(beside)[0] == date(2024, 1, 1)


# Codes, blanks, numbers


def test_a_code_becomes_our_word(staged):
    found = staged("Case | Received | Unit\nA | 2024-01-01 | N", columns='unit = "Unit"')
    assert found.tables["cases"]["unit"].to_list() == ["north"]


def test_an_unlisted_code_is_rejected_and_never_guessed(staged):
    found = reject(
        staged("Case | Received | Unit\nA | 2024-01-01 | n", columns='unit = "Unit"')
    )
    assert (found["column_name"], found["value"]) == ("Unit", "n")
    assert found["reason"] == "not a code listed in harbour.toml"
    assert found["remedy"] == "add it under [codes.unit] in harbour.toml, or correct the export"


def test_a_code_may_say_that_nothing_is_known_yet(staged):
    text = "Case | Received | Found\nA | 2024-01-01 | Pending"
    assert staged(text, columns='outcome = "Found"').tables["cases"]["outcome"][0] is None


@pytest.mark.parametrize("blank", ["", "n/a", " n/a "])
def test_a_null_marker_is_unknown_and_no_code(staged, blank):
    found = staged(
        f"Case | Received | Unit\nA | {blank} | {blank}",
        top='grain = "case"\nnulls = ["n/a"]',
        columns='unit = "Unit"',
    )
    assert found.rows_loaded == 1
    assert found.tables["cases"]["unit"].to_list() == [None]
    assert found.tables["events"].is_empty()


@pytest.mark.parametrize(("text", "days"), [("12", 12), ("12.0", 12), ("-3", -3), ("", None)])
def test_whole_numbers_are_read(staged, text, days):
    found = staged(f"Case | Received | D\nA | 2024-01-01 | {text}", columns='source_days = "D"')
    assert found.tables["cases"]["source_days"].to_list() == [days]


@pytest.mark.parametrize("text", ["12.5", "twelve", "1,200", "nan", "inf", "99999999999"])
def test_what_is_no_whole_number_is_rejected(staged, text):
    found = reject(
        staged(f"Case | Received | D\nA | 2024-01-01 | {text}", columns='source_days = "D"')
    )
    assert (found["reason"], found["value"]) == ("not a whole number", text)


def test_a_constant_stands_in_every_row(staged):
    found = staged(
        "Case | Received\nA | 2024-01-01", top='grain = "case"\nconstants = {unit = "quay"}'
    )
    assert found.tables["cases"]["unit"].to_list() == ["quay"]


# Dates and instants


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "01/02/2024", "yesterday", "2024-13-01", "2024-01-01 10:00", "0024-01-01"],
)
def test_a_wrong_date_is_rejected_with_the_form_it_should_have(staged, text):
    found = reject(staged(f"Case | Received\nA | {text}"))
    assert (found["column_name"], found["value"]) == ("Received", text)
    assert found["reason"] == "not a date of the form %Y-%m-%d in Europe/London"
    assert "harbour.toml" in found["remedy"]


@pytest.mark.parametrize(
    ("source_zone", "zone", "text", "on", "at"),
    [
        pytest.param(
            "UTC", "Europe/London", "2024-06-30T23:30",
            date(2024, 7, 1), "2024-06-30 23:30:00", id="an evening in UTC is 1 July",
        ),
        pytest.param(
            "America/Chicago", "Europe/London", "2024-03-01T20:00",
            date(2024, 3, 2), "2024-03-02 02:00:00", id="an evening in Chicago is the next day",
        ),
        pytest.param(
            "Europe/London", "Europe/London", "2024-10-27T01:30",
            date(2024, 10, 27), "2024-10-27 00:30:00", id="an hour that comes twice: the first",
        ),
    ],
)  # fmt: skip
def test_days_are_local_days_of_the_organisation(staged, source_zone, zone, text, on, at):
    found = staged(
        f"Case | Received\nA | {text}",
        top='grain = "case"\ndates = "%Y-%m-%dT%H:%M"',
        source_zone=source_zone,
        zone=zone,
    )
    day, instant = received(found)
    assert (day, str(instant)) == (on, at)


def test_a_literal_z_is_utc_where_the_source_says_so(staged):
    found = staged(
        "Case | Received\nA | 2024-06-30T23:30Z",
        top='grain = "case"\ndates = "%Y-%m-%dT%H:%MZ"',
        source_zone="UTC",
    )
    assert received(found)[0] == date(2024, 7, 1)


def test_an_offset_in_the_export_counts_and_not_the_source_s_zone(staged):
    found = staged(
        "Case | Received\nA | 2024-06-30T23:30-0500",
        top='grain = "case"\ndates = "%Y-%m-%dT%H:%M%z"',
        source_zone="Asia/Tokyo",
    )
    day, instant = received(found)
    assert (day, str(instant)) == (date(2024, 7, 1), "2024-07-01 04:30:00")


def test_a_clock_of_twelve_hours_is_a_clock(staged):
    found = staged(
        "Case | Received\nA | 06/30/2024 11:30 PM",
        top='grain = "case"\ndates = "%m/%d/%Y %I:%M %p"',
        source_zone="UTC",
    )
    assert received(found)[0] == date(2024, 7, 1)


def test_an_hour_that_the_clocks_left_out_is_rejected(staged):
    found = staged(
        "Case | Received\nA | 2024-03-31T01:30",
        top='grain = "case"\ndates = "%Y-%m-%dT%H:%M"',
    )
    assert reject(found)["reason"] == "not a date of the form %Y-%m-%dT%H:%M in Europe/London"


def test_a_date_without_an_hour_is_that_day_wherever_the_system_stands(staged):
    found = staged("Case | Received\nA | 2024-07-01", source_zone="Asia/Tokyo")
    day, instant = received(found)
    assert (day, str(instant)) == (date(2024, 7, 1), "2024-06-30 23:00:00")


def test_a_day_that_begins_at_one_o_clock_has_an_instant_too(staged):
    found = staged("Case | Received\nA | 2024-09-08", zone="America/Santiago")
    day, instant = received(found)
    assert (day, str(instant)) == (date(2024, 9, 8), "2024-09-08 04:00:00")


def test_a_sentinel_is_no_date(staged):
    found = staged(
        "Case | Received | Unit\nA | 01/01/1900 | N",
        top='grain = "case"\ndates = "%d/%m/%Y"\nsentinels = ["01/01/1900"]',
        columns='unit = "Unit"',
    )
    assert (found.rows_loaded, found.tables["events"].height) == (1, 0)


def test_a_sentinel_counts_in_dates_alone(staged):
    top = 'grain = "case"\nsentinels = ["N"]'
    found = staged("Case | Received | Unit\nA | N | N", top=top, columns='unit = "Unit"')
    assert found.tables["cases"]["unit"].to_list() == ["north"]


@pytest.mark.parametrize("text", ["1900-01-01", "1900-01-01 00:00:00", "01/01/1900"])
@pytest.mark.parametrize("hours", ["", " 00:00"])
def test_a_workbook_s_date_cell_may_hold_the_sentinel(staged, text, hours):
    form = "%d/%m/%Y" + (" %H:%M" if hours else "")
    if text == "01/01/1900":
        text += hours
    top = f'grain = "case"\ndates = "{form}"\nsentinels = ["01/01/1900{hours}"]'
    found = staged(f"Case | Received\nA | {text}", top=top, workbook=True)
    assert (found.rows_loaded, found.tables["events"].height) == (1, 0)


@pytest.mark.parametrize("text", ["05/04/2024", "2024-04-05", "2024-04-05 00:00:00"])
def test_a_workbook_s_date_may_be_text_or_a_date_cell(staged, text):
    top = 'grain = "case"\ndates = "%d/%m/%Y"'
    found = staged(f"Case | Received\nA | {text}", top=top, workbook=True)
    assert received(found)[0] == date(2024, 4, 5)


def test_a_text_file_s_date_has_the_declared_form_alone(staged):
    top = 'grain = "case"\ndates = "%d/%m/%Y"'
    assert reject(staged("Case | Received\nA | 2024-04-05", top=top))["value"] == "2024-04-05"


# Events, histories, findings, surveys


def test_every_filled_date_column_is_an_event(staged):
    found = staged(
        "Case | Received | Up\nA | 2024-01-01 | 2024-01-03\nB | 2024-01-02 |",
        top='grain = "case"\nevent_levels = { escalated = "board" }',
        events='received = "Received"\nescalated = "Up"',
    )
    events = found.tables["events"].select("line", "kind", "level")
    assert events.rows() == [
        (2, "received", None),
        (3, "received", None),
        (2, "escalated", "board"),
    ]


def history(staged, rows: str) -> Staged:
    columns = 'occurred = "On"\nkind = "Step"\nlevel = "To"'
    return staged(
        f"Case | On | Step | To\n{rows}", top='grain = "event"', columns=columns, events=""
    )


def test_a_row_of_a_history_is_an_event_of_its_kind_and_level(staged):
    found = history(staged, "A | 2024-01-01 | ACK | B").tables["events"]
    told = found.select("kind", "level", "occurred_on").row(0)
    assert told == ("acknowledged", "board", date(2024, 1, 1))


def test_a_step_without_a_date_is_kept_as_one_without_a_date(staged):
    found = history(staged, "A | | ACK |").tables["events"]
    assert found["occurred_on"].to_list() == [None]


def test_a_step_that_says_nothing_here_is_loaded_and_is_no_event(staged):
    found = history(staged, "A | 2024-01-01 | SEEN |\nA | 2024-01-02 | ACK |")
    assert (found.rows_loaded, found.rejects.height) == (2, 0)
    assert found.tables["events"]["kind"].to_list() == ["acknowledged"]


def test_a_step_of_no_kind_is_rejected(staged):
    found = reject(history(staged, "A | 2024-01-01 | |"))
    reason = "not a kind of event listed in harbour.toml"
    assert (found["column_name"], found["reason"]) == ("Step", reason)


def test_an_export_may_be_of_one_kind_of_event_alone(staged):
    found = staged(
        "Case | On\nA | 2024-01-01",
        top='grain = "event"\nconstant_kind = "assigned"',
        columns='occurred = "On"',
        events="",
    )
    assert found.tables["events"]["kind"].to_list() == ["assigned"]


def test_an_allegation_is_a_row_of_its_case_and_a_finding(staged):
    found = staged(
        "Case | Received | Finding\nA | 2024-01-01 | Yes\nA | 2024-01-01 |",
        top='grain = "allegation"',
        columns='outcome = "Finding"',
    )
    assert found.tables["findings"]["outcome"].to_list() == ["substantiated", None]
    assert (found.tables["cases"].height, found.tables["events"].height) == (2, 2)


def test_a_finding_is_nothing_but_a_finding(staged):
    found = staged(
        "Case | F\nA | Yes", top='grain = "finding"', columns='outcome = "F"', events=""
    )
    assert list(found.tables) == ["findings"]


def test_a_survey_has_its_scale(staged):
    found = staged(
        "Case | Sent | Back | Mark\nA | 2024-01-01 | 2024-01-02 | 7\nB | 2024-01-01 | |",
        top='grain = "feedback"\nscale = [0, 10]',
        columns='offered = "Sent"\nanswered = "Back"\nscore = "Mark"',
        events="",
    )
    rows = found.tables["feedback"].select("answered_on", "score", "scale_low", "scale_high")
    assert rows.rows() == [(date(2024, 1, 2), 7, 0, 10), (None, None, 0, 10)]


def test_a_case_is_named_by_a_pseudonym_and_never_by_its_number(staged):
    found = staged("Case | Received\nBH-1 | 2024-01-01\n BH-1 | 2024-01-02")
    keys = {key.hex() for key in found.tables["cases"]["case_key"]}
    assert keys == {*pseudonyms(["BH-1"], purpose="case", within="harbour", key=KEY)}
