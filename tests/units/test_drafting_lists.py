"""Cells that hold several codes, and lists inside records, as a draft proposes them."""

import json
import tomllib

import pytest

from etl.description import read_source
from etl.drafting.draft import draft
from etl.errors import SourceError
from etl.trial import try_out
from tests.drafts import CASES, drafted, told

LISTS = ["Theft;Fraud", "Theft", "Fraud; Safety", "Safety", "Theft;Safety", "Fraud"]


def category(cells: list[str], called: str = "Category") -> object:
    made = told(drafted({**CASES, called: cells}))
    return next(iter(made["exports"].values()))["columns"].get("category"), made["codes"]


@pytest.mark.parametrize("separator", [";", "|", ","])
def test_a_column_of_lists_of_the_same_few_parts_is_proposed_with_its_separator(separator):
    cells = [cell.replace(";", separator) for cell in LISTS]
    place, codes = category(cells)
    assert place == {"columns": ["Category"], "separator": separator}
    assert codes["category"] == {"Theft": "theft", "Fraud": "fraud", "Safety": "safety"}


def test_as_many_combinations_as_rows_are_a_list_of_few_codes():
    parts = ["Theft", "Fraud", "Safety", "Privacy", "Noise"]
    cells = [f"{a};{b}" for a in parts for b in parts if a != b] + parts[:4]
    place, codes = category(cells, "hs_ticket_category")
    assert place == {"columns": ["hs_ticket_category"], "separator": ";"}
    assert sorted(codes["category"]) == sorted(parts)


def test_a_choice_of_several_as_lists_of_microsoft_export_it_is_a_list(tmp_path):
    made = drafted({**CASES, "Category": ['["Theft","Fraud"]', '["Fraud"]', "[]"]})
    assert told(made)["codes"]["category"] == {"Fraud": "fraud", "Theft": "theft"}
    (tmp_path / "s.toml").write_text(made.toml, encoding="utf-8")
    (tmp_path / "c.csv").write_text(
        'Case number,Date received,Category\nA-1,2024-01-02,"[""Theft"",""Fraud""]"\n'
        'A-2,2024-01-02,"[""Fraud""]"\nA-3,2024-01-03,[]\n',
        encoding="utf-8",
    )
    tried = try_out(
        tmp_path / "c.csv", read_source(tmp_path / "s.toml"), key=b"k" * 32, zone="UTC"
    )
    assert (tried.rows_loaded, tried.findings) == (3, 3)
    assert tried.sample["category"].to_list() == ["theft", "fraud", None]


def test_a_column_of_labels_may_be_the_category_and_is_asked_about():
    place, codes = category(
        ["Theft,North", "Fraud,South", "Theft,South", "Fraud,North"], "Labels"
    )
    assert place == "?"
    assert set(codes["category"]) == {"Theft", "Fraud", "North", "South"}


@pytest.mark.parametrize(
    "cells",
    [
        ["Theft, of cash", "Theft, of time", "Fraud"],
        ["Other; see below", "Other; none", "Theft"],
        ["Theft", "Fraud", "Theft"],
        ["Theft;", "Fraud;", "Theft;Fraud"],
    ],
)
def test_a_sign_inside_one_code_is_no_separator(cells):
    place, _ = category(cells)
    assert place == "Category"


def issue(number: int) -> dict:
    """One of GitHub's issues, as `GET /repos/{owner}/{repo}/issues` gives it, in short."""
    who = {"login": "pier-1", "id": 11, "avatar_url": "https://x.example/11", "type": "User"}
    end = f"2024-02-{number:02}T10:00:00Z" if number % 3 == 0 else None
    return {
        "url": f"https://api.example/repos/harbour/conduct/issues/{number}",
        "id": 2100000000 + number,
        "number": number,
        "title": f"Somebody wrote something long about the pier, {number}",
        "user": who,
        "labels": [{"id": 7, "name": "safety", "color": "d73a4a"}],
        "state": "closed" if end else "open",
        "assignees": [who] if number % 2 else [],
        "comments": number % 5,
        "created_at": f"2024-01-{number:02}T09:00:00Z",
        "updated_at": f"2024-02-{number:02}T10:00:00Z",
        "closed_at": end,
        "body": "It was late. Nobody was there! And then it was night.",
        "state_reason": ("completed" if number % 2 else "not_planned") if end else None,
    }


def listed(number: int) -> dict:
    """The same as `gh issue list --json` gives it."""
    full = issue(number)
    return {
        "assignees": [{"id": "MDQ", "login": "pier-1", "name": ""} for _ in full["assignees"]],
        "author": {"id": "MDQ", "is_bot": False, "login": "pier-1", "name": ""},
        "closed": full["closed_at"] is not None,
        "closedAt": full["closed_at"],
        "createdAt": full["created_at"],
        "labels": [{"id": "LA", "name": "safety", "description": "", "color": "d73a4a"}],
        "number": number,
        "state": full["state"].upper(),
        "stateReason": (full["state_reason"] or "").upper(),
        "title": full["title"],
        "updatedAt": full["updated_at"],
        "url": f"https://x.example/harbour/conduct/issues/{number}",
    }


def answered(proposed: str, place: str) -> str:
    return proposed.replace('category = "?"', f"category = {place}").replace(
        '= "?"', '= "substantiated"'
    )


def test_pull_requests_among_the_issues_are_counted_and_left_out(tmp_path):
    export = tmp_path / "issues.json"
    pull = {"url": "https://x.example/pulls/1", "merged_at": None}
    rows = [issue(n) | ({"pull_request": pull} if n % 6 == 0 else {}) for n in range(1, 25)]
    export.write_text(json.dumps(rows), encoding="utf-8")
    proposed = draft(export)
    assert told(proposed)["exports"]["cases"]["leave_out"] == {"pull_request.url": "present"}
    assert "In 4 of 24 rows something stands in" in proposed.toml
    place = tmp_path / "issues.toml"
    place.write_text(answered(proposed.toml, '"state"'), encoding="utf-8")
    source = read_source(place)
    trial = try_out(export, source, key=bytes(range(32)), zone="UTC")
    assert (trial.rows_in, trial.rows_left_out, trial.rows_loaded) == (24, 4, 20)
    assert trial.events == {"received": 20, "closed": 4}
    export.write_text(json.dumps([issue(n) for n in range(1, 25)]), encoding="utf-8")
    trial = try_out(export, source, key=bytes(range(32)), zone="UTC")
    assert (trial.rows_left_out, trial.rows_loaded) == (0, 24), "none of them is in this file"


def test_the_labels_of_issues_are_proposed_as_categories_with_a_question(tmp_path):
    export = tmp_path / "issues.json"
    names = ["safety", "fraud", "noise"]
    rows = [
        issue(n) | {"labels": [{"id": k, "name": names[k]} for k in range(3) if n & 1 << k]}
        for n in range(1, 25)
    ]
    export.write_text(json.dumps(rows), encoding="utf-8")
    proposed = draft(export)
    place = '{ columns = ["labels[].name"], separator = ";" }'
    (asked,) = [text for text in proposed.questions if "labels[].name" in text]
    assert place in asked
    assert told(proposed)["codes"]["category"] == {name: name for name in names}
    file = tmp_path / "issues.toml"
    file.write_text(answered(proposed.toml, place), encoding="utf-8")
    trial = try_out(export, read_source(file), key=bytes(range(32)), zone="UTC")
    assert trial.rows_loaded == 24
    assert trial.findings == 3 * 12 + 1, "and an outcome of a case without a label"


@pytest.mark.parametrize(("made", "number"), [(issue, "id"), (listed, "number")])
def test_issues_of_github_are_drafted_and_read_with_the_counts_of_a_hand(
    tmp_path, made, number
):
    export = tmp_path / "issues.json"
    export.write_text(json.dumps([made(n) for n in range(1, 25)]), encoding="utf-8")
    proposed = draft(export)
    (name,) = told(proposed)["exports"]
    assert name == "cases", "the people in charge are no issues of a case"
    assert told(proposed)["exports"]["cases"]["columns"]["case_id"] == number
    assert "pier-1" not in proposed.toml
    place = tmp_path / "issues.toml"
    place.write_text(proposed.toml, encoding="utf-8")
    with pytest.raises(SourceError):
        read_source(place)
    answered = proposed.toml.replace('= "?"', '= "substantiated"')
    tomllib.loads(answered)
    place.write_text(answered, encoding="utf-8")
    trial = try_out(export, read_source(place), key=bytes(range(32)), zone="UTC")
    assert (trial.cases, trial.open_cases, trial.closed_cases) == (24, 16, 8)
    assert (trial.rows_loaded, trial.rows_rejected) == (24, 0)
    assert trial.events == {"received": 24, "closed": 8}
