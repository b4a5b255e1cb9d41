from datetime import date

import pytest

from etl.pseudonyms import pseudonyms
from etl.staging import Staged
from tests.staged import KEY, received, reject, texts

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


@pytest.mark.parametrize(("line", "is_below"), [(1, False), (3, True)])
def test_a_short_row_below_all_others_may_be_a_footer(staged, line, is_below):
    found = reject(staged(texts("Case | Received\nA | 2024-01-01", ragged=((line, 1),))))
    assert ("footer_starts_with" in found["remedy"]) == is_below


@pytest.mark.parametrize(
    ("row", "is_case"),
    [("Total: 2 | | |", False), ("B | | N |", True), ("B | 2024-01-02 | |", True)],
)
def test_a_row_with_nothing_but_a_number_is_no_case(staged, row, is_case):
    """In a workbook a footer has as many cells as any row."""
    columns = 'unit = "Unit"\nreporter = "Reporter"'
    text = f"Case | Received | Unit | Reporter\nA | 2024-01-01 | N | y\n{row}"
    found = staged(text, columns=columns)
    assert found.rejects.height + found.tables["cases"].height == 2
    assert found.tables["cases"].height == 1 + is_case
    if not is_case:
        last = reject(found)
        assert (last["line"], last["column_name"], last["value"]) == (3, "Case", None)
        assert "footer_starts_with" in last["remedy"]


def test_where_little_is_read_a_number_may_be_all_that_is_known(staged):
    assert staged("Case | Received\nA | 2024-01-01\nB | ").tables["cases"].height == 2


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


@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#NAME?", "#BEZUG!"])
def test_what_a_spreadsheet_shows_for_a_fault_is_no_case(staged, shown):
    found = reject(staged(f"Case | Received\n{shown} | 2024-01-01"))
    assert (found["value"], found["reason"]) == (shown, "the row names no case")


def test_a_value_that_a_workbook_has_lost_matters_where_it_is_read(staged):
    rows = "Case | Received | Helper\n#1 | 2024-01-01 | #NOT CALCULATED!"
    assert staged(rows, workbook=True).rows_loaded == 1
    rows += "\nB | #NOT CALCULATED! | x"
    found = reject(staged(rows, workbook=True))
    assert (found["line"], found["column_name"]) == (3, "Received")
    assert found["reason"] == "a formula that was never calculated"
    lost = reject(staged("Case | Received\n#DIGITS LOST! | 2024-01-01", workbook=True))
    assert "with such numbers as text" in lost["remedy"]


# A case that was cancelled

CANCELLED = """
received = "Received"
closed = "Closed"
{more}
[exports.it.codes.status]
"Void" = "cancelled"
"Done" = "closed"
"""


@pytest.mark.parametrize(("status", "kind"), [("Void", "cancelled"), ("Done", "closed")])
def test_a_cancelled_case_was_cancelled_on_the_day_of_its_closing(staged, status, kind):
    text = f"Case | Received | Closed | Status\nA | 2024-01-01 | 2024-01-05 | {status}"
    found = staged(text, columns='status = "Status"', events=CANCELLED.format(more=""))
    assert found.tables["events"]["kind"].to_list() == ["received", kind]


def test_a_row_with_a_day_for_its_cancelling_tells_its_closing_beside_it(staged):
    events = CANCELLED.format(more='cancelled = "Off"')
    text = "Case | Received | Closed | Status | Off\nA | 2024-01-01 | 2024-01-05 | Void | {off}"
    for off, kinds in (("2024-01-04", ["closed", "cancelled"]), ("", ["cancelled"])):
        found = staged(text.format(off=off), columns='status = "Status"', events=events)
        assert found.tables["events"]["kind"].to_list() == ["received", *kinds]
