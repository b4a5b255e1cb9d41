"""Drafts of what boards and trackers export: changes in lists, cards beside their actions."""

import json
from pathlib import Path

import pytest

from etl.drafting.draft import Draft, draft
from etl.drafting.words import EXACT, likeness
from tests.drafts import CASES, drafted, first_export, told

DAYS = [f"2024-01-{n + 1:02}T10:00:00Z" for n in range(20)]


def of_files(folder: Path, **files: object) -> Draft:
    for name, told_there in files.items():
        (folder / f"{name}.json").write_text(json.dumps(told_there), encoding="utf-8")
    return draft(*(folder / f"{name}.json" for name in files), name="s", zone="UTC")


def activity(number: int, day: str, field: str, removed: object, added: object) -> object:
    told_there = {"target": {"id": f"2-{number}"}, "timestamp": day, "field": {"name": field}}
    return {**told_there, "id": f"0-{number}{field}", "removed": removed, "added": added}


ISSUES = [
    {"id": f"2-{n}", "key": f"ETH-{n}", "created": day, "state": ("Open", "New")[n % 2]}
    for n, day in enumerate(DAYS)
]


def test_changes_that_stand_in_lists_of_one_name_are_proposed(tmp_path):
    activities = [
        one
        for n, day in enumerate(DAYS)
        for one in (
            activity(n, day, "State", [{"name": "New"}], [{"name": "Open"}]),
            activity(n, day.replace("T10", "T11"), "summary", "Old; words", "New words"),
            activity(n, day.replace("T10", "T12"), "tags", [], [{"name": "a"}, {"name": "b"}]),
        )
    ]
    made = of_files(tmp_path, issues=ISSUES, activities=activities)
    changes = told(made)["exports"]["changes"]
    assert changes["columns"] == {
        "case_id": "target.id", "occurred": "timestamp",
        "before": "removed[].name", "after": "added[].name",
    }  # fmt: skip
    (step,) = changes["steps"]
    assert (step["when"], step["change"]) == ({"field.name": ["State"]}, "status")
    assert made.questions == ()


def test_a_list_of_several_is_no_change_of_one_field(tmp_path):
    both = [{"name": "Open"}, {"name": "New"}]
    made = of_files(
        tmp_path,
        issues=ISSUES,
        activities=[activity(n, day, "State", [], both) for n, day in enumerate(DAYS)],
    )
    assert "changes" not in told(made)["exports"]


def test_the_actions_of_a_board_are_of_its_cards(tmp_path):
    cards = [{"id": f"c{n:03}", "dateLastActivity": day} for n, day in enumerate(DAYS)]
    actions = [
        {"id": f"a{n:03}", "date": day, "data": {"card": {"id": f"c{n % 10:03}"}, **moved}}
        for n, day in enumerate(DAYS)
        for moved in [{"listBefore": {"name": "New"}, "listAfter": {"name": "Closed"}}]
    ]
    exports = told(of_files(tmp_path, board={"cards": cards, "actions": actions}))["exports"]
    (changes,) = [one for one in exports.values() if one["grain"] == "change"]
    assert changes["columns"]["case_id"] == "data.card.id"
    assert all(one["columns"]["case_id"] != "id" or one["records"] == "cards[]"
               for one in exports.values())  # fmt: skip


def test_the_day_of_the_last_activity_is_no_day_of_receipt():
    columns = {**CASES, "dateLastActivity": CASES["Date received"]}
    del columns["Date received"]
    made = drafted(columns)
    assert first_export(made)["events"]["received"] == "?"
    assert "when a case was received" in " ".join(made.questions)


def test_a_second_number_by_which_another_file_speaks_of_the_cases_is_their_alias(tmp_path):
    cases = [
        {"number": f"INC{n:04}", "sys_id": f"{n:032x}", "opened_at": day, "state": "Open"}
        for n, day in enumerate(DAYS)
    ]
    journal = [
        {"sys_id": f"{n + 900:032x}", "element": "comments", "element_id": f"{n % 10:032x}",
         "sys_created_on": day}
        for n, day in enumerate(DAYS)
    ]  # fmt: skip
    exports = told(of_files(tmp_path, cases=cases, journal=journal))["exports"]
    first, second = exports.values()
    assert (first["columns"]["case_id"], first["columns"]["alias"]) == ("number", "sys_id")
    assert second["columns"]["case_id"] == "element_id"


def test_of_two_names_for_a_field_the_one_that_is_its_own_is_taken():
    codes = {"Product": ["East", "West"], "Category": ["Fraud", "Safety"]}
    assert first_export(drafted({**CASES, **codes}))["columns"]["category"] == "Category"


def test_the_day_on_which_a_step_is_due_is_not_the_day_of_the_step():
    days = CASES["Date received"]
    made = drafted({**CASES, "Date acknowledged (due)": days, "Date acknowledged (done)": days})
    export = first_export(made)
    assert export["events"]["acknowledged"] == "Date acknowledged (done)"
    assert "due" not in export["columns"]


def test_an_end_on_the_day_of_the_receipt_in_every_row_is_when_a_form_was_handed_in():
    days = CASES["Date received"]
    made = drafted({**CASES, "EndDate": days})
    assert "closed" not in first_export(made)["events"]
    assert '"EndDate": the day of the receipt in nearly every row' in made.toml
    later = [*days[1:], days[-1]]
    assert first_export(drafted({**CASES, "EndDate": later}))["events"]["closed"] == "EndDate"


def test_rows_that_repeat_the_header_are_left_out():
    columns = {name: [*values, name] for name, values in CASES.items()}
    export = first_export(drafted(columns))
    assert export["leave_out"] == {"Case number": ["Case number"]}
    assert export["dates"] == "%Y-%m-%d"
    assert "leave_out" not in first_export(drafted(CASES))


def test_whether_the_parts_of_a_task_are_cases_is_asked():
    parents = {"Parent task": ["", "", "", "A-1"]}
    made = drafted({**CASES, **parents})
    export = first_export(made)
    assert export["leave_out"] == {"Parent task": "?"}
    assert "ignored" not in export
    nothing = {"Parent task": ["null", "null", "A-1"]}
    assert first_export(drafted({**CASES, **nothing}))["nulls"] == ["", "null"]
    assert 'the 6 rows in which something stands in "Parent task"' in made.questions[0]
    assert "leave_out" not in first_export(drafted({**CASES, "Parent task": [""]}))


def test_a_unit_that_changes_is_read_out_of_a_history_and_the_kind_of_its_rows_is_not():
    made = drafted({
        "Case number": [f"A-{n // 2}" for n in range(48)],
        "Changed on": [f"2024-01-{n // 2 + 1:02}T1{n % 2}:00:00" for n in range(48)],
        "Old status": ["New", "Open"], "New status": ["Open", "Closed"],
        "Unit": ["North", "South"], "Type": ["moved", "noted"],
    })  # fmt: skip
    (cases,) = [one for one in told(made)["exports"].values() if one["grain"] == "snapshot"]
    assert cases["columns"]["unit"] == "Unit"
    assert "category" not in cases["columns"]


def test_the_states_of_cases_are_of_the_number_that_the_other_file_knows(tmp_path):
    states = [
        {
            "id": 500 + n,
            "resource_id": f"2-{n // 2}",
            "created_at": f"2024-02-{n + 1:02}",
            **said,
        }
        for n in range(20)
        for said in [{"state": ("closed", "reopened")[n % 2]}]
    ]
    made = of_files(tmp_path, issues=ISSUES, states=states)
    assert told(made)["exports"]["updates"]["columns"]["case_id"] == "resource_id"
    assert made.questions == ()


def test_events_that_repeat_their_whole_case_are_a_log_of_its_steps(tmp_path):
    events = [
        {
            "id": 900 + n,
            "event": step,
            "created_at": f"{day[:11]}{hour}:00:00Z",
            "issue": ISSUES[n],
        }
        for n, day in enumerate(DAYS)
        for step, hour in (("assigned", 12), ("closed", 15))
    ]
    made = of_files(tmp_path, issues=ISSUES, events=events)
    (log,) = [one for one in told(made)["exports"].values() if one["grain"] == "event"]
    assert log["columns"] == {
        "case_id": "issue.id", "occurred": "created_at", "kind": "event"
    }  # fmt: skip


def test_a_date_that_a_service_shows_for_people_is_not_read_beside_its_own(tmp_path):
    shown = "createdon@OData.Community.Display.V1.FormattedValue"
    rows = [
        {"ticketnumber": f"C-{n}", "createdon": day, shown: f"1/{n + 1}/2024 9:00 AM"}
        for n, day in enumerate(DAYS)
    ]
    made = of_files(tmp_path, cases={"value": rows})
    assert told(made)["exports"]["cases"]["events"] == {"received": "createdon"}
    assert made.questions == ()


@pytest.mark.parametrize("name", ["createdAt.$date", "createdAt._seconds"])
def test_the_type_that_a_database_writes_beside_a_value_is_no_part_of_its_name(name):
    assert likeness("received", name) == EXACT


@pytest.mark.parametrize(
    ("begun", "found"),
    [
        pytest.param(["2024-02-03", ""], "Started", id="work, of some cases"),
        pytest.param(["2024-02-03"], None, id="a form or a record, of all"),
    ],
)
def test_the_day_on_which_work_began_is_the_acknowledgement(begun, found):
    events = first_export(drafted({**CASES, "Started": begun}))["events"]
    assert events.get("acknowledged") == found


def test_the_day_of_the_acknowledgement_comes_before_the_one_on_which_work_began():
    days = {"Acknowledged": ["2024-02-01", ""], "Started": ["2024-02-03", ""]}
    assert first_export(drafted({**CASES, **days}))["events"]["acknowledged"] == "Acknowledged"
