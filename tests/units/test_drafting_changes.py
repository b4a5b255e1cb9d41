"""Drafts of histories in which each field that changed has columns of its own."""

import pytest

from tests.drafts import drafted, first_export, told
from tests.units.test_drafting_histories import TIMES, TWICE, understood


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Old {}", "New {}"),
        ("{} (old)", "{} (new)"),
        ("Previous {}", "Current {}"),
        ("{}_change.old_name", "{}_change.new_name"),
    ],
)
def test_two_columns_of_each_field_tell_the_changes_of_all_that_are_ours(tmp_path, old, new):
    said = {"status": "New Closed", "priority": "Low High", "colour": "red blue"}
    columns = {"Case ID": TWICE, "Changed On": TIMES}
    for place, (field, codes) in enumerate(said.items()):
        before, after = codes.split()
        columns[old.format(field)] = ["", before] if place % 2 else [before, ""]
        columns[new.format(field)] = ["", after] if place % 2 else [after, ""]
    made = drafted(columns)
    export = first_export(made)
    assert export["columns"]["before"] == old.format("status")
    assert export["steps"] == [
        {"change": "status", "means": "progress"},
        {
            "change": "severity",
            "means": "escalation",
            "before": old.format("priority"),
            "after": new.format("priority"),
        },
    ]
    assert export["ignored"] == [old.format("colour"), new.format("colour")]
    assert told(made)["codes"]["severity"] == {"Low": "low", "High": "high"}
    understood(made, tmp_path)


@pytest.mark.parametrize("names_first", [0, 1])
def test_of_the_numbers_and_the_names_of_codes_that_changed_the_names_are_read(names_first):
    pairs = [
        {"status_change.old": ["1", "2"], "status_change.new": ["2", "3"]},
        {"status_change.old_name": ["New", "Open"], "status_change.new_name": ["Open", "Done"]},
    ]
    first, second = pairs[::-1] if names_first else pairs
    made = drafted({"Case ID": TWICE, "Changed On": TIMES, **first, **second})
    assert first_export(made)["columns"]["after"] == "status_change.new_name"
    assert len(first_export(made)["steps"]) == 1


ACTIVITIES = {
    "Case ID": TWICE,
    "Performed at": TIMES,
    "activity.status": ["New", "Closed", "Open", ""],
    "activity.priority": ["", "", "", "High"],
}


def test_rows_that_name_what_became_of_the_fields_that_changed_are_changes(tmp_path):
    made = drafted(ACTIVITIES)
    export = first_export(made)
    assert export["grain"] == "change"
    assert export["columns"]["after"] == "activity.status"
    assert export["steps"] == [
        {"change": "status", "means": "progress"},
        {"change": "severity", "means": "escalation", "after": "activity.priority"},
    ]
    understood(made, tmp_path)


@pytest.mark.parametrize("priority", [["", "", "Low", ""], ["Low", "High"]])
def test_states_of_which_some_have_no_status_are_no_changes(priority):
    made = drafted(ACTIVITIES | {"activity.priority": priority})
    assert first_export(made)["grain"] != "change"


@pytest.mark.parametrize("sign", [" => ", "->", " → "])
def test_what_was_and_what_became_may_stand_in_one_cell(tmp_path, sign):
    made = drafted(
        {
            "Case ID": TWICE,
            "Changed On": TIMES,
            "Field": ["Status", "Summary", "Priority", "Status"],
            "Change": [f"New{sign}Open", "", f"Low{sign}High", f"Open{sign}Closed"],
        }
    )
    columns = first_export(made)["columns"]
    assert {tuple(columns[side]["columns"]) for side in ("before", "after")} == {("Change",)}
    assert [step["change"] for step in first_export(made)["steps"]] == ["status", "severity"]
    assert told(made)["codes"]["status"] == {"New": "new", "Open": "open", "Closed": "closed"}
    assert told(made)["codes"]["severity"] == {"Low": "low", "High": "high"}
    understood(made, tmp_path)


def test_where_a_column_says_what_a_field_became_arrows_in_another_are_words():
    notes = {"Note": ["Closed -> New", "New -> Open"], "New value": ["Open", "Closed"]}
    made = drafted({"Case ID": TWICE, "Changed On": TIMES, "Field": ["Status"], **notes})
    assert first_export(made)["columns"]["after"] == "New value"
