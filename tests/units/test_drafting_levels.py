"""Histories that tell more than one thing in a row, and cases that end a second time."""

from typing import Any

from tests.drafts import CASES, drafted, first_export, numbers, told

LOG = {
    "Case number": [number for number in numbers(12) for _ in range(3)],
    "Changed at": [f"2026-01-{day:02} 09:30" for day in range(1, 31)],
    "From": ["", "Received", "Acknowledged"],
    "To": ["Received", "Acknowledged", "Closed"],
}


def exports(**columns: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = told(drafted(LOG | columns))["exports"]
    return found


def test_a_stage_that_each_row_of_a_history_names_is_the_level_of_its_case():
    found = exports(Stage=["Stage 1", "Stage 1", "Stage 2"])
    (step,) = found["changes"]["steps"]
    assert step == {"change": "status", "means": "progress"}
    assert found["levels"]["columns"] == {
        "case_id": "Case number",
        "occurred": "Changed at",
        "level": "Stage",
    }
    assert found["levels"]["changes"] == {"level": "escalation"}


def test_a_number_behind_another_word_is_no_level():
    assert "levels" not in exports(Room=["Room 1", "Room 1", "Room 2"])


def test_a_stage_that_no_case_leaves_is_no_level_of_a_history():
    stages = [f"Stage {1 + case % 2}" for case in range(12) for _ in range(3)]
    assert "levels" not in exports(Stage=stages)


FIELDS = ["Status", "Ebene", "Standort des Servers"]


def test_changes_of_a_level_are_read_and_those_of_other_fields_are_named():
    made = drafted(
        {
            "Fallnummer": [number for number in numbers(12) for _ in range(3)],
            "Zeitpunkt": [f"{day:02}.01.2026 09:30" for day in range(1, 31)],
            "Feld": FIELDS,
            "Alter Wert": ["Neu", "Ebene 1", "A"],
            "Neuer Wert": ["Geschlossen", "Ebene 2", "B"],
        }
    )
    steps = told(made)["exports"]["changes"]["steps"]
    assert {step["change"] for step in steps} == {"status", "level"}
    assert 'No step reads the other rows of "Feld": "Standort des Servers" (12)' in made.toml


REOPENED = {"Date closed": ["2024-02-01", "2024-02-02"], "Date re-opened": ["2024-03-01", ""]}


def test_a_second_end_in_the_row_of_a_case_is_read_after_its_reopening():
    export = first_export(drafted(CASES | REOPENED | {"Date re-closed": ["2024-04-01", ""]}))
    assert export["events"]["closed"] == "Date closed"
    assert export["events"]["reopened"] == "Date re-opened"
    assert export["further_events"] == {"closed": ["Date re-closed"]}
    assert "resolved" not in export["events"]


ROUNDS = {
    "Escalated on": ["2024-02-01", ""],
    "Second closure": ["2024-04-01", ""],
    "Second re-open": ["2024-05-01", ""],
    "Date closed (3)": ["2024-06-01", ""],
    "Escalated on (2)": ["2024-02-09", ""],
}


def test_every_further_round_of_a_row_is_proposed_for_its_step():
    further = first_export(drafted(CASES | REOPENED | ROUNDS))["further_events"]
    assert further == {
        "closed": ["Second closure", "Date closed (3)"],
        "reopened": ["Second re-open"],
        "escalated": ["Escalated on (2)"],
    }


def test_without_a_reopening_there_is_no_second_end():
    columns = {"Date closed": ["2024-02-01"], "Date re-closed": ["2024-04-01", ""]}
    export = first_export(drafted(CASES | columns))
    assert "resolved" not in export["events"]
    assert "further_events" not in export


def test_a_list_of_what_was_and_what_became_is_asked_about_and_not_taken_for_one_of_them():
    status = {"Status": ["Received; In review", "In review; Closed", "Closed"]}
    codes = told(drafted(CASES | status))["codes"]["status"]
    assert codes == {"Received; In review": "?", "In review; Closed": "?", "Closed": "closed"}
