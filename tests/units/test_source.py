from dataclasses import replace
from pathlib import Path

import pytest

from etl.description import SHIPPED, read_source, read_sources
from etl.errors import SourceError
from etl.readers.layout import UNTOLD
from etl.recognition import recognise

HARBOUR = """
name = "harbour"
title = "Harbour"
time_zone = "Europe/London"

[codes.unit]
"N" = "north"
[codes.kind]
"ACK" = "acknowledged"

[exports.cases]
grain = "case"
[exports.cases.columns]
case_id = "Case"
unit = "Unit"
[exports.cases.events]
received = "Received"
"""
HISTORY = """
[exports.history]
grain = "event"
[exports.history.columns]
case_id = "Case"
occurred = "Date"
kind = "Step"
"""


def written(folder: Path, text: str, name: str = "harbour.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(SourceError) as caught:
        read_source(written(folder, text))
    message = str(caught.value)
    assert message.startswith("harbour.toml: ")
    return message


def test_what_a_description_leaves_out_has_a_default(tmp_path):
    (export,) = read_source(written(tmp_path, HARBOUR)).exports
    assert export.layout == UNTOLD
    assert (export.written.dates, export.written.nulls, export.rejects_allowed) == (
        ("%Y-%m-%d",),
        ("",),
        0,
    )
    assert export.needed == ("Case", "Unit", "Received")


def test_one_column_may_have_dates_of_its_own(tmp_path):
    text = HARBOUR + '[exports.cases.date_formats]\n"Received" = "%d/%m/%Y"\n'
    (export,) = read_source(written(tmp_path, text)).exports
    assert export.written.date_forms("Received") == ("%d/%m/%Y",)
    assert export.written.date_forms("Unit") == ("%Y-%m-%d",)


def test_levels_are_codes_and_constants_and_titles_their_words(tmp_path):
    text = HARBOUR.replace('grain = "case"', 'grain = "case"\nconstants = { channel = "desk" }')
    source = read_source(written(tmp_path, text + '[labels.unit]\nnorth = "The North"\n'))
    assert (source.levels("unit"), source.levels("channel")) == (["north"], ["desk"])
    assert source.levels("severity") == ["low", "medium", "high", "critical"]
    assert source.label("unit", "north") == "The North"
    assert source.label("unit", "far_north") == "Far north"


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ('name = "harbour"', "", "name is missing; add it at the top of the file"),
        ('"Europe/London"', '"London"', "time_zone 'London' is not a time zone's name"),
        ('"Europe/London"', "1", "time_zone 1 is not a time zone's name"),
        ("[codes.kind]", "[codes.colour]", "[codes.colour] is not one of unit, category"),
        ('"acknowledged"', '"answered"', "'ACK' = 'answered' is not one of received, ack"),
        ('"N" = "north"', '"N" = "The North"', "'N' = 'The North' is not a code of ours"),
        ('"N" = "north"', '"N" = 1', "'N' = 1 is not a code of ours"),
        ('grain = "case"', 'grain = "row"', "grain must be one of case, allegation, finding"),
        (
            'grain = "case"',
            'grain = "case"\nsentinel = []',
            "'sentinel' is not known; use files",
        ),
        ('grain = "case"', 'grain = "case"\nnulls = "n/a"', "nulls must be a list of texts"),
        ('grain = "case"', 'grain = "case"\nconstants = ["a"]', "constants must be a table"),
        ('grain = "case"', 'grain = "case"\nrejects_allowed = 2', "needs a rejects_reason"),
        (
            'grain = "case"',
            'grain = "case"\ndates = "%H:%M"',
            "'%H:%M' is not the form of a date",
        ),
        (
            'grain = "case"',
            'grain = "case"\ndates = "%d/%m/%Y %H"',
            "is not the form of a date",
        ),
        ('grain = "case"', 'grain = "case"\ndates = 1', "1 is not the form of a date"),
        (
            'grain = "case"',
            'grain = "case"\ndate_formats = { "Recieved" = "%d/%m/%Y" }',
            "has a date format for 'Recieved', which is not read",
        ),
        (
            'grain = "case"',
            'grain = "case"\nconstants = { case_id = "a" }',
            "'case_id' cannot be a constant of a case row",
        ),
        (
            'grain = "case"',
            'grain = "case"\nconstants = { unit = "south" }',
            "'unit' is a column and a constant; keep one",
        ),
        (
            'grain = "case"',
            'grain = "case"\nconstants = { severity = "urgent" }',
            "'severity' cannot be 'urgent'",
        ),
        (
            'grain = "case"',
            'grain = "case"\nevent_levels = { escalated = "board" }',
            "has a level for 'escalated', which is not among its events",
        ),
        (
            'grain = "case"',
            'grain = "case"\nevent_untils = { extended = "Until" }',
            "has an end for 'extended', which is not among its events",
        ),
        ('case_id = "Case"', "", "[exports.cases.columns] case_id is missing"),
        (
            'case_id = "Case"',
            'case_id = "Case"\nactor = "S"',
            "'actor' is not a field of a case",
        ),
        ('unit = "Unit"', 'severity = "Grade"', "needs its table [codes.severity]"),
        ('received = "Received"', "", "must say when a case is received"),
        ('received = "Received"', 'seen = "Seen"', "'seen' is not a kind of event"),
    ],
)
def test_a_description_that_says_something_amiss_is_refused(tmp_path, line, instead, problem):
    assert line in HARBOUR
    assert problem in refusal(tmp_path, HARBOUR.replace(line, instead))


@pytest.mark.parametrize(
    ("line", "instead", "problem"),
    [
        ('kind = "Step"', "", "needs either a column for kind or a constant_kind"),
        ('"event"', '"event"\nconstant_kind = "assigned"', "needs either a column for kind"),
        ('"event"', '"event"\nevents = { received = "R" }', "a event row has no [.events]"),
        ('kind = "Step"', 'kind = "Step"\nlevel = "L"', "needs its table [codes.level]"),
    ],
)
def test_a_history_that_says_something_amiss_is_refused(tmp_path, line, instead, problem):
    assert line in HISTORY
    assert problem in refusal(tmp_path, HARBOUR + HISTORY.replace(line, instead))


def test_a_file_that_is_not_toml_is_refused(tmp_path):
    assert "not valid TOML" in refusal(tmp_path, "name = ")


def test_the_workspace_s_source_replaces_a_shipped_one_of_its_name(tmp_path):
    written(tmp_path, HARBOUR.replace('"harbour"', '"copa"'))
    assert read_sources(SHIPPED, tmp_path)["copa"].title == "Harbour"


def test_two_sources_of_one_name_in_one_folder_are_refused(tmp_path):
    written(tmp_path, HARBOUR)
    written(tmp_path, HARBOUR, name="quay.toml")
    with pytest.raises(SourceError, match=r"quay\.toml: harbour\.toml describes .* too"):
        read_sources(tmp_path)


def found(folder: Path, *header: str, more: str = "") -> str:
    source = read_source(written(folder, HARBOUR + more))
    return recognise([source], header, file_name="file.csv")[1].name


def test_an_export_is_recognised_by_the_columns_it_has(tmp_path):
    assert found(tmp_path, "Received", "Case", "Unit", "Extra", more=HISTORY) == "cases"
    assert found(tmp_path, "Case", "Date", "Step", more=HISTORY) == "history"


def test_names_in_other_capitals_are_taken_where_no_export_has_them_as_they_are(tmp_path):
    assert found(tmp_path, "CASE", "date", "STEP", "Note", more=HISTORY) == "history"
    capitals = HISTORY.replace("history", "log").replace("Step", "STEP")
    assert found(tmp_path, "Case", "Date", "STEP", more=HISTORY + capitals) == "log"


def test_a_column_in_other_capitals_is_read_by_its_name_and_two_alike_are_not(tmp_path):
    (export, *_) = read_source(written(tmp_path, HARBOUR)).exports
    header = ("case", "Received", "RECEIVED", "UNIT", "Unit", "Extra")
    assert export.named(header) == ("Case", "Received", "RECEIVED", "UNIT", "Unit", "Extra")
    assert export.named(("unit", "UNIT")) == ("unit", "UNIT")


def test_the_description_that_knows_most_of_the_columns_wins(tmp_path):
    header = ("Case", "Date", "Step", "Unit", "Received", "Note")
    known = HISTORY.replace('"event"', '"event"\nignored = ["Note", "Unit", "Received"]')
    assert found(tmp_path, *header, more=known) == "history"


def test_an_export_that_fits_two_descriptions_alike_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"could be harbour \(history\) or harbour \(log\)"):
        found(
            tmp_path, "Case", "Date", "Step", more=HISTORY + HISTORY.replace("history", "log")
        )


def test_a_missing_column_is_named_with_the_nearest_source_and_a_remedy(tmp_path):
    with pytest.raises(SourceError) as caught:
        found(tmp_path, "Case", "Units", "Received", more=HISTORY)
    assert str(caught.value) == (
        "file.csv line 1: column 'Unit' is missing, which source harbour (cases) needs; the"
        " file has 'Units' which it does not know; export it again with that column,"
        " correct harbour.toml, or have another system described (case-audit source draft"
        " EXPORT)"
    )


def test_a_file_of_another_system_is_refused_without_a_guess(tmp_path):
    with pytest.raises(SourceError, match="no known source has these columns; have its system"):
        found(tmp_path, "a", "b")


def test_without_any_source_the_remedy_is_to_describe_one():
    with pytest.raises(SourceError, match="no source is described; add one"):
        recognise([], ("a",), file_name="file.csv")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('leave_out = ["Pull"]', "must be a table"),
        ('leave_out = { Pull = "yes" }', "a list of the values of rows that are no cases"),
        ("leave_out = { Pull = [] }", 'or "present"'),
        ('leave_out = { Pull = [""] }', 'or "present"'),
        ('leave_out = { Pull = ["x"] }\nignored = ["Pull"]', "which is ignored; keep one"),
        ('leave_out = { Pull = ["-"] }\nnulls = ["-"]', "which no value is"),
        ('leave_out = { Pull = [" x"] }', "which no value is"),
    ],
)
def test_rows_are_left_out_by_values_or_by_presence_and_by_nothing_else(tmp_path, told, words):
    text = HARBOUR.replace('grain = "case"', f'grain = "case"\n{told}')
    assert words in refusal(tmp_path, text)


def test_a_file_must_have_the_column_by_whose_values_rows_are_left_out(tmp_path):
    text = HARBOUR.replace(
        'grain = "case"', 'grain = "case"\nleave_out = { Type = ["Task"], Pull = "present" }'
    )
    (export,) = read_source(written(tmp_path, text)).exports
    assert export.needed == ("Case", "Unit", "Received", "Type")
    assert export.lacks(["Case", "Unit", "Received"]) == ("Type",)
    assert "Pull" in export.known


def test_cases_of_salesforce_are_known_by_names_in_capitals_too():
    have = ("ID", "CASENUMBER", "STATUS", "CREATEDDATE", "OWNERID")
    source, export = recognise(read_sources(SHIPPED).values(), have, file_name="c.csv")
    assert (source.name, export.name) == ("salesforce", "cases")


def test_a_step_whose_name_no_record_has_is_not_missing_from_a_json_file():
    zendesk = read_source(SHIPPED / "zendesk.toml")
    events = next(export for export in zendesk.exports if export.name == "ticket_events")
    have = ["[].ticket_id", "[].created_at", "event_type", "status", "previous_value"]
    assert events.lacks(have) == ()
    assert [step.change for step in events.bound_to(have).steps] == ["status"]
    # Of a table every column is there, filled or not.
    assert replace(events, files=("csv",)).lacks(have) == ("priority",)
    assert "status" in events.lacks([*have[:3], "previous_value"])
