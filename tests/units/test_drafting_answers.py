"""Conversations of others' case systems: which of their rows is the first answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from etl.drafting.draft import draft
from tests.drafts import drafted, numbers, told

# What each system writes of a row: the reporter, a note of ours, an answer of ours.
ROWS: dict[str, list[dict[str, Any]]] = {
    "Help Scout": [
        {"type": "customer", "createdBy": {"type": "customer"}},
        {"type": "note", "createdBy": {"type": "user"}},
        {"type": "message", "createdBy": {"type": "user"}},
    ],
    "Freshdesk": [
        {"incoming": True, "private": False},
        {"incoming": False, "private": True},
        {"incoming": False, "private": False},
    ],
    "Intercom": [
        {"part_type": "comment", "author": {"type": "user"}},
        {"part_type": "note", "author": {"type": "admin"}},
        {"part_type": "comment", "author": {"type": "admin"}},
    ],
    "Front": [{"is_inbound": True}, {"is_inbound": True}, {"is_inbound": False}],
}
ANSWERS = {
    "Help Scout": {"createdBy.type": ["user"], "type": ["message"]},
    "Freshdesk": {"incoming": ["false"], "private": ["false"]},
    "Intercom": {"author.type": ["admin"], "part_type": ["comment"]},
    "Front": {"is_inbound": ["false"]},
}


def exports(folder: Path, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The exports of a draft of 24 cases with these rows each, one a day."""
    cases = [
        {
            "id": 4000 + case,
            "created_at": f"2026-01-{case + 1:02}T09:00:00Z",
            "entries": [
                {
                    "id": 9000 + 3 * case + day,
                    "created_at": f"2026-02-{day + 1:02}T{case:02}:30:00Z",
                }
                | row
                for day, row in enumerate(rows)
            ],
        }
        for case in range(24)
    ]
    path = folder / "cases.json"
    path.write_text(json.dumps({"cases": cases}), encoding="utf-8")
    found: dict[str, Any] = told(draft(path, name="desk", zone="UTC"))["exports"]
    return found


@pytest.mark.parametrize("system", ROWS)
def test_a_row_that_one_of_ours_wrote_to_the_reporter_is_an_answer(tmp_path, system):
    found = exports(tmp_path, ROWS[system])
    assert found["cases"]["also"] == ["answers"]
    assert found["answers"]["columns"] == {"case_id": "cases[].id", "occurred": "created_at"}
    assert found["answers"]["steps"] == [{"when": ANSWERS[system], "kind": "acknowledged"}]


SILENT: dict[str, list[dict[str, Any]]] = {
    "who wrote": [{"public": True}, {"public": False}, {"public": True}],
    "whether anybody of ours wrote": [{"author": {"type": "customer"}}] * 3,
    "which user is one of ours": [{"author": {"type": "user"}}, {"author": {"type": "bot"}}]
    * 2,
}


@pytest.mark.parametrize("what", SILENT)
def test_where_rows_do_not_say_who_wrote_none_is_taken_for_an_answer(tmp_path, what):
    assert "answers" not in exports(tmp_path, SILENT[what])


def test_a_table_of_messages_is_read_for_its_answers():
    made = drafted(
        {
            "Case number": [number for number in numbers(12) for _ in range(2)],
            "Sent at": [f"2026-01-{day:02} 09:30" for day in range(1, 25)],
            "Author type": ["Reporter", "Case manager"],
            "Visibility": ["Message", "Message", "Internal note", "Internal note"],
        }
    )
    (step,) = told(made)["exports"]["answers"]["steps"]
    assert step["when"] == {"Author type": ["Case manager"], "Visibility": ["Message"]}


@pytest.mark.parametrize("last", ["draft", "published"])
def test_a_draft_that_was_never_sent_is_no_answer(tmp_path, last):
    states = ("published", "published", "published", last)
    rows = [*ROWS["Help Scout"], ROWS["Help Scout"][2]]
    told_of = [row | {"state": state} for row, state in zip(rows, states, strict=True)]
    found = exports(tmp_path, told_of)
    (step,) = [
        step
        for export in found.values()
        for step in export.get("steps", ())
        if step.get("kind") == "acknowledged"
    ]
    assert step["when"] == ANSWERS["Help Scout"] | {"state": ["published"]}
