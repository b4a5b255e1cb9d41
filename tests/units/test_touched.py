"""Which rows a correction looks at, and which it writes anew."""

from datetime import date
from pathlib import Path

import pytest

from etl.load import load
from etl.store import Store
from etl.workspace import Workspace, init

SOURCE = """
name = "harbour"
title = "Harbour"
time_zone = "Europe/London"
[exports.cases]
grain = "case"
[exports.cases.columns]
case_id = "Case"
[exports.cases.events]
received = "Received"
resolved = "Resolved"
"""
HEADER = "Case,Received,Resolved\n"
FIRST = "A,2024-01-01,2024-01-09\n"
SECOND = "B,2024-01-02,2024-01-10\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init(tmp_path / "audit")
    (made.folder / "sources" / "harbour.toml").write_text(SOURCE, encoding="utf-8")
    return made


def brought(workspace: Workspace, text: str, as_of: date) -> None:
    path = workspace.folder / "cases.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    load(workspace, [path], as_of=as_of)


def kinds(workspace: Workspace, table: str) -> list[str]:
    with Store.open(workspace.store_path, mode="read") as store:
        return store.frame(f"select kind from core.{table} order by kind")["kind"].to_list()


def test_a_correction_looks_at_no_event_of_another_case(workspace):
    brought(workspace, FIRST + SECOND, date(2024, 2, 1))
    with Store.open(workspace.store_path) as store:
        # Who looked at it would see that the tables are not what the deliveries make of them.
        store.execute(
            "insert into core.events by name select * replace ('reopened' as kind)"
            " from core.events where occurred_on = date '2024-01-10'"
        )
    brought(workspace, "A,2024-01-01,2024-01-08\n", date(2024, 2, 1))
    assert kinds(workspace, "events") == ["received"] * 2 + ["reopened"] + ["resolved"] * 2
    assert kinds(workspace, "recorded_kinds") == ["received", "resolved"]


@pytest.mark.parametrize(
    ("other", "recorded"),
    [(SECOND, ["received", "resolved"]), ("B,2024-01-02,\n", ["received"])],
)
def test_a_kind_is_recorded_while_some_case_tells_of_it(workspace, other, recorded):
    brought(workspace, FIRST + other, date(2024, 2, 1))
    brought(workspace, "A,2024-01-01,\n", date(2024, 2, 1))
    assert kinds(workspace, "recorded_kinds") == recorded


def test_a_kind_is_recorded_once_a_correction_tells_of_it(workspace):
    brought(workspace, "A,2024-01-01,\nB,2024-01-02,\n", date(2024, 2, 1))
    brought(workspace, FIRST, date(2024, 2, 1))
    assert kinds(workspace, "recorded_kinds") == ["received", "resolved"]
