"""Cases whose row has a column for each time that a step was taken."""

from datetime import date
from pathlib import Path

import pytest

from etl.errors import SourceError
from etl.workspace import Workspace, init
from tests.flow.test_deliveries import SOURCE, rows, verb

HEADER = "Case,Unit,Received,Resolved,Reopened,Resolved 2,Reopened 2,Resolved 3\n"
FURTHER = """reopened = "Reopened"

[exports.cases.further_events]
resolved = ["Resolved 2", "Resolved 3"]
reopened = ["Reopened 2"]
"""
STEPS = (
    "select kind, occurred_on from core.events where kind <> 'received' order by occurred_on"
)
OPEN = "select count(*) from core.cases where resolved_on is null"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init(tmp_path / "audit")
    describe(made, FURTHER)
    return made


def describe(workspace: Workspace, further: str) -> None:
    told = SOURCE.replace("KIND", "full") + further
    (workspace.folder / "sources" / "harbour.toml").write_text(told, encoding="utf-8")


def load(workspace: Workspace, as_of: str, text: str) -> int:
    export = workspace.folder.parent / f"{as_of}.csv"
    export.write_text(text, encoding="utf-8")
    return verb(workspace, "load", str(export), "--as-of", as_of)


def test_every_round_of_a_case_is_an_event(workspace):
    row = "HB-1,N,2024-01-05,2024-01-20,2024-01-25,2024-02-01,2024-02-10,2024-02-25\n"
    assert load(workspace, "2024-02-29", HEADER + row) == 0
    assert rows(workspace, STEPS) == [
        ("resolved", date(2024, 1, 20)),
        ("reopened", date(2024, 1, 25)),
        ("resolved", date(2024, 2, 1)),
        ("reopened", date(2024, 2, 10)),
        ("resolved", date(2024, 2, 25)),
    ]
    assert rows(workspace, OPEN) == [(0,)]


def test_a_case_that_was_opened_for_the_second_time_is_open(workspace):
    row = "HB-1,N,2024-01-05,2024-01-20,2024-01-25,2024-02-01,2024-02-10,\n"
    assert load(workspace, "2024-02-29", HEADER + row) == 0
    assert rows(workspace, OPEN) == [(1,)]


def test_a_file_need_not_have_further_rounds(workspace):
    text = "Case,Unit,Received,Resolved,Reopened\nHB-1,N,2024-01-05,2024-01-20,\n"
    assert load(workspace, "2024-02-29", text) == 0
    assert rows(workspace, STEPS) == [("resolved", date(2024, 1, 20))]


def test_a_date_of_a_further_round_that_cannot_be_read_is_a_reject(workspace, capsys):
    row = "HB-1,N,2024-01-05,2024-01-20,2024-01-25,soon,,\n"
    assert load(workspace, "2024-02-29", HEADER + row) == 2
    assert 'line 2, column "Resolved 2", value "soon"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("further", "said"),
    [
        ('resolved = "Resolved 2"', "must be a list of columns"),
        ('triaged = ["Triaged 2"]', "which is not among its events"),
    ],
)
def test_what_is_amiss_with_further_rounds_is_refused(workspace, further, said):
    describe(workspace, f"\n[exports.cases.further_events]\n{further}\n")
    with pytest.raises(SourceError, match=said):
        workspace.sources()
