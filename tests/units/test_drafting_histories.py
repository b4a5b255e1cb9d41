"""Drafts of exports in which a case has several rows, or a file several tables."""

import json

import pytest

from etl.description import read_source
from etl.drafting.draft import Draft, draft
from tests.drafts import drafted, first_export, told

TWICE = [f"A-{n // 2}" for n in range(40)]
TIMES = [f"2024-01-{1 + n % 2:02} 10:00" for n in range(40)]


def understood(made: Draft, folder, **answers: str):
    """The source that a draft is, once every "?" of time zones and codes is answered."""
    text = made.toml.replace('time_zone = "?"', 'time_zone = "UTC"')
    for code, ours in answers.items():
        text = text.replace(f'"{code}" = "?"', f'"{code}" = "{ours}"')
    (folder / "s.toml").write_text(text, encoding="utf-8")
    return read_source(folder / "s.toml")


# Changes


def history(**more: list[str]) -> dict[str, list[str]]:
    return {
        "Case ID": TWICE,
        "Field": ["Status", "Priority", "Colour"],
        "Old Value": ["New", "Low", "red"],
        "New Value": ["Closed", "High", "blue"],
        "Changed On": TIMES,
        **more,
    }


def test_rows_with_a_field_an_old_and_a_new_value_are_changes(tmp_path):
    made = drafted(history())
    told_first = first_export(made)
    assert told_first["grain"] == "change"
    assert told_first["columns"] == {
        "case_id": "Case ID",
        "occurred": "Changed On",
        "before": "Old Value",
        "after": "New Value",
    }
    assert told_first["steps"] == [
        {"when": {"Field": ["Status"]}, "change": "status", "means": "progress"},
        {"when": {"Field": ["Priority"]}, "change": "severity", "means": "escalation"},
    ]
    assert told(made)["codes"]["status"] == {"New": "new", "Closed": "closed"}
    assert told(made)["codes"]["severity"] == {"Low": "low", "High": "high"}
    assert understood(made, tmp_path).exports[0].steps[0].meaning == "progress"


def test_rows_with_a_field_and_its_new_value_alone_are_changes_too():
    columns = {
        "ticket_id": TWICE,
        "field_name": ["status", "status", "priority", "priority"],
        "updated": TIMES,
        "_fivetran_synced": ["2024-06-01 00:00:00.123"],
        "value": ["open", "solved", "high", "low"],
    }
    (export,) = [
        each for each in told(drafted(columns))["exports"].values() if each["grain"] == "change"
    ]
    assert export["columns"]["occurred"] == "updated"
    assert export["columns"]["after"] == "value"
    assert {step["change"] for step in export["steps"]} == {"status", "severity"}


def test_a_change_of_who_has_the_case_is_an_assignment_and_names_nobody(tmp_path):
    rows = {
        "Field": ["Status", "Assignee"],
        "Old Value": ["New", "Roe, Rick"],
        "New Value": ["Closed", "Doe, Jane"],
    }
    made = drafted(history(**rows))
    assert {"when": {"Field": ["Assignee"]}, "change": "assignee", "means": "assignment"} in (
        first_export(made)["steps"]
    )
    assert "Jane" not in made.toml
    assert understood(made, tmp_path)


def test_transitions_without_the_name_of_a_field_are_told_by_their_codes():
    made = drafted(
        {
            "Case ID": TWICE,
            "From status": ["New", "In progress"],
            "To status": ["In progress", "Closed"],
            "Date": TIMES,
        }
    )
    assert first_export(made)["grain"] == "change"
    assert first_export(made)["steps"] == [{"change": "status", "means": "progress"}]


def test_cases_of_which_only_a_history_is_known_are_read_out_of_it(tmp_path):
    made = understood(drafted(history()), tmp_path)
    assert [export.grain for export in made.exports] == ["change", "snapshot"]
    assert made.exports[0].also == ("cases",)


# States


def states(**more: list[str]) -> dict[str, list[str]]:
    return {
        "Request no": TWICE,
        "Status": ["Submitted", "Closed"],
        "Updated": TIMES,
        "Date received": ["2024-01-01 09:00"],
        "Revision": ["0", "1"],
        "Department": ["Parks"] * 2 + ["Roads"] * 2,
        **more,
    }


def test_rows_of_one_case_that_move_on_with_a_date_are_its_states(tmp_path):
    made = drafted(states())
    export = first_export(made)
    assert export["grain"] == "snapshot"
    assert export["columns"]["occurred"] == "Updated"
    assert export["columns"]["order"] == "Revision"
    assert export["events"] == {"received": "Date received"}
    # A unit that never changes within a case is assigned by nobody.
    assert export["changes"] == {"status": "progress"}
    assert understood(made, tmp_path)


def test_a_unit_that_changes_within_a_case_is_an_assignment():
    made = drafted(states(Department=["Parks", "Roads"]))
    assert first_export(made)["changes"] == {"status": "progress", "unit": "assignment"}


def test_an_end_that_stands_on_the_first_row_already_is_not_read():
    made = drafted(states(Closed=["2024-01-02 10:00"]))
    assert first_export(made)["events"] == {"received": "Date received"}
    assert "Closed" in first_export(made)["ignored"]
    assert "the first one too" in made.toml


# Deadlines of the source's own


@pytest.mark.parametrize(
    ("header", "true", "false"),
    [("Breached", "breached", "met"), ("SLA met", "met", "breached")],
)
def test_rows_with_a_target_and_a_truth_are_deadlines_of_the_source(header, true, false):
    made = drafted(
        {
            "Case ID": TWICE,
            "SLA": ["First response", "Resolution"],
            "Start time": ["2024-01-01 10:00"],
            "Target time": ["2024-01-04 10:00"],
            "Stop time": ["2024-01-02 10:00", ""],
            header: ["true", "false"],
        }
    )
    assert first_export(made)["grain"] == "verdict"
    assert set(first_export(made)["columns"]) == {
        "case_id", "clock", "verdict", "started", "stopped", "due",
    }  # fmt: skip
    assert told(made)["codes"]["verdict"] == {"true": true, "false": false}


# Several tables in one file, and several files


def cases_with_history(**around: object) -> dict[str, object]:
    cases = [
        {
            "caseId": f"HR-{n}",
            "createdAt": "2024-01-01T09:00:00Z",
            "status": "Closed",
            "department": {"id": n % 2, "name": ["Finance", "Sales"][n % 2]},
            "allegations": [{"type": ["Theft", "Fraud"][n % 2], "finding": "Substantiated"}],
            "history": [
                {
                    "changedAt": "2024-01-03T09:00:00Z",
                    "field": "status",
                    "oldValue": "New",
                    "newValue": "Closed",
                }
            ],
        }
        for n in range(12)
    ]
    return {"data": {"cases": cases}, **around}


def test_lists_inside_the_cases_of_a_json_file_are_exports_of_their_own(tmp_path):
    (tmp_path / "hr.json").write_text(json.dumps(cases_with_history()), encoding="utf-8")
    made = understood(draft(tmp_path / "hr.json"), tmp_path)
    assert {export.name: (export.grain, export.layout.records) for export in made.exports} == {
        "cases": ("case", None),
        "findings": ("finding", "data.cases[].allegations[]"),
        "changes": ("change", "data.cases[].history[]"),
    }
    cases, findings, changes = made.exports
    assert cases.also == ("findings", "changes")
    assert findings.columns["case_id"].columns == ("cases[].caseId",)
    assert changes.columns["after"].columns == ("newValue",)
    assert cases.columns["unit"].columns == ("department.name",)


def test_the_changes_inside_the_entries_of_a_journal_are_its_history(tmp_path):
    def change(field: str, old: str, new: str) -> dict[str, str]:
        return {"property": "attr", "name": field, "old_value": old, "new_value": new}

    def entry(day: int, *details: dict[str, str]) -> dict[str, object]:
        return {"id": day, "created_on": f"2024-03-{day:02}T10:00:00Z", "details": details}

    issues = [
        {
            "id": n,
            "status": {"id": 5, "name": "Closed"},
            "created_on": f"2024-02-{n + 1:02}T10:00:00Z",
            "journals": [
                entry(n + 1, change("status_id", "1", "2"), change("done_ratio", "0", "9")),
                entry(n + 2, change("status_id", "2", "5")),
            ],
        }
        for n in range(20)
    ]
    (tmp_path / "j.json").write_text(json.dumps({"issues": issues}), encoding="utf-8")
    made = told(draft(tmp_path / "j.json", zone="UTC"))
    assert list(made["exports"]) == ["cases", "changes"]
    changes = made["exports"]["changes"]
    assert changes["records"] == "issues[].journals[].details[]"
    assert changes["columns"]["occurred"] == "journals[].created_on"
    assert changes["columns"]["case_id"] == "issues[].id"
    assert changes["steps"] == [
        {"when": {"name": ["status_id"]}, "change": "status", "means": "progress"}
    ]


def test_of_several_lists_in_a_json_file_that_with_the_cases_is_taken(tmp_path):
    terms = [{"code": "x", "words": "y"}]
    text = json.dumps(cases_with_history(terms=terms))
    (tmp_path / "hr.json").write_text(text, encoding="utf-8")
    made = understood(draft(tmp_path / "hr.json"), tmp_path)
    assert made.exports[0].layout.records == "data.cases[]"
    assert len(made.exports) == 3


def test_two_files_of_one_system_are_one_description(tmp_path):
    rows = "".join(f"A-{n},2024-01-02 09:00,Closed\n" for n in range(20))
    (tmp_path / "c.csv").write_text(f"Case ID,Received,Status\n{rows}", encoding="utf-8")
    rows = "".join(f"A-{n},New,Closed,2024-01-03 09:00\n" * 1 for n in range(20))
    (tmp_path / "h.csv").write_text(
        f"Case ID,Old status,New status,Changed on\n{rows}{rows}", encoding="utf-8"
    )
    made = understood(draft(tmp_path / "c.csv", tmp_path / "h.csv", name="both"), tmp_path)
    assert [export.grain for export in made.exports] == ["case", "change"]
    assert not made.exports[0].also
    assert set(made.codes["status"]) == {"New", "Closed"}


def test_a_log_that_calls_the_number_otherwise_is_of_the_cases_of_the_other_file(tmp_path):
    cases = ["Report ID,Created", *(f"R{n},2024-01-{n + 1:02}" for n in range(20))]
    log = ["Report,Date,Activity"]
    log += [f"R{n},2024-02-{n + 1:02},{step}" for n in range(20) for step in ("Closed", "Open")]
    (tmp_path / "c.csv").write_text("\n".join(cases), encoding="utf-8")
    (tmp_path / "l.csv").write_text("\n".join(log), encoding="utf-8")
    exports = told(draft(tmp_path / "c.csv", tmp_path / "l.csv", zone="UTC"))["exports"]
    assert [export["columns"]["case_id"] for export in exports.values()] == [
        "Report ID", "Report",
    ]  # fmt: skip


# Event logs


def test_the_end_of_a_step_in_an_event_log_is_no_end_of_its_case(tmp_path):
    steps = [("Register", "start"), ("Register", "complete"), ("Closed", "complete")]
    events = "".join(
        f'<event><string key="concept:name" value="{name}"/>'
        f'<string key="lifecycle:transition" value="{transition}"/>'
        f'<date key="time:timestamp" value="2024-01-0{day}T09:00:00Z"/></event>'
        for day, (name, transition) in enumerate(steps, start=1)
    )
    traces = "".join(
        f'<trace><string key="concept:name" value="C{n}"/>{events}</trace>' for n in range(5)
    )
    (tmp_path / "log.xes").write_text(f"<log>{traces}</log>", encoding="utf-8")
    codes = told(draft(tmp_path / "log.xes", zone="UTC"))["codes"]["status"]
    assert codes == {
        "Register/start": "open",
        "Register/complete": "?",
        "Closed/complete": "closed",
    }


# Several issues in a row


def test_issues_side_by_side_are_findings_and_their_gravest_is_the_outcome():
    made = drafted(
        {
            "Matter number": [f"M-{n}" for n in range(30)],
            "Date received": ["2024-01-02"],
            "Allegation 1": ["Theft", "Fraud"],
            "Finding 1": ["Upheld", "Not upheld"],
            "Allegation 2": ["Bullying", ""],
            "Finding 2": ["Withdrawn", ""],
            "Allegation 3": [""],
        }
    )
    export = first_export(made)
    assert export["columns"] == {"case_id": "Matter number", "category": "Allegation 1"}
    assert export["findings"] == [
        {"category": "Allegation 1", "outcome": "Finding 1"},
        {"category": "Allegation 2", "outcome": "Finding 2"},
        {"category": "Allegation 3"},
    ]
    assert "ignored" not in export
    codes = told(made)["codes"]
    assert {"Theft", "Fraud", "Bullying"} == set(codes["category"])
    assert codes["outcome"]["Withdrawn"] == "withdrawn"


def test_a_number_in_a_name_alone_makes_no_issues():
    made = drafted(
        {
            "Matter number": [f"M-{n}" for n in range(30)],
            "Date received": ["2024-01-02"],
            "Category": ["Theft", "Fraud"],
            "Address line 2": ["x", "y"],
        }
    )
    assert "findings" not in first_export(made)
