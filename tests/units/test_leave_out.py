"""Rows that a source declares to be no cases: counted, and read no further."""

from datetime import date
from pathlib import Path

import pytest

from etl.delivery import Delivery
from etl.errors import NoFitError, SourceError
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
[exports.cases.leave_out]
"""


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return init(tmp_path / "audit")


def taken(
    workspace: Workspace, rows: list[str], rule: str, *, accept: int = 0, source: str = SOURCE
) -> Delivery:
    """The delivery of these rows, the first of them the header."""
    described = workspace.folder / "sources" / "harbour.toml"
    described.write_text(source + rule, encoding="utf-8")
    export = workspace.folder.parent / "export.csv"
    export.write_text("\n".join(rows) + "\n", encoding="utf-8")
    told = {"as_of": date(2024, 6, 30), "source": "harbour", "accept_rejects": accept}
    (delivery,) = load(workspace, [export], **told)
    return delivery


def lines(path: Path) -> list[int]:
    with Store.open(path, mode="read") as store:
        return store.frame("select line from staging.cases order by line")["line"].to_list()


def test_a_row_in_which_anything_stands_in_a_declared_column_is_no_case(workspace):
    rows = ["Case,Received,Pull", "A,2024-03-01,", "B,a bad day,https://x", "C,2024-03-02, "]
    found = taken(workspace, rows, 'Pull = "present"')
    assert (found.rows_in, found.rows_loaded, found.rows_rejected) == (3, 2, 0)
    assert found.rows_left_out == 1
    assert lines(workspace.store_path) == [2, 4]


def test_a_row_with_a_declared_value_is_no_case_and_no_other_value_is(workspace):
    days = ["Task", "Report", "task", ""]
    rows = [f"{number},2024-03-01,{kind}" for number, kind in enumerate(days)]
    found = taken(workspace, ["Case,Received,Type", *rows, rows[0]], 'Type = ["Task", "Epic"]')
    assert (found.rows_in, found.rows_loaded, found.rows_repeated) == (5, 3, 1)
    assert found.rows_left_out == 1
    assert lines(workspace.store_path) == [3, 4, 5]


def test_a_file_without_the_column_holds_no_row_in_which_it_is_present(workspace):
    found = taken(workspace, ["Case,Received", "A,2024-03-01"], 'Pull = "present"')
    assert (found.rows_left_out, found.rows_loaded) == (0, 1)


def test_a_file_may_be_without_a_column_that_it_may_lack(workspace):
    rule = 'Type = ["Task"]\nKind = ["Task"]\n'
    rows = ["Case,Received,Type", "A,2024-03-01,Task", "B,2024-03-02,Report"]
    with pytest.raises(NoFitError, match="column 'Kind' is missing"):
        taken(workspace, rows, rule)
    lacking = SOURCE.replace("[exports.cases]\n", '[exports.cases]\nmay_lack = ["Kind"]\n')
    found = taken(workspace, rows, rule, source=lacking)
    assert (found.rows_left_out, found.rows_loaded) == (1, 1)


def test_only_a_column_by_which_rows_are_left_out_may_be_called_one_to_lack(workspace):
    lacking = SOURCE.replace("[exports.cases]\n", '[exports.cases]\nmay_lack = ["Site"]\n')
    with pytest.raises(SourceError, match="may_lack has 'Site', which leave_out has not"):
        taken(workspace, ["Case,Received"], 'Type = ["Task"]', source=lacking)


def test_rows_left_out_are_counted_over_all_chunks_and_once(workspace, monkeypatch):
    monkeypatch.setattr("etl.deliveries.CHUNK_ROWS", 1000)
    task, bad = "HB-7777,soon,task", "HB-9999,soon,"
    rows = [f"HB-{number},2024-01-05," for number in range(4000)]
    rows = ["Case,Received,Note", *rows[:2000], task, bad, *rows[2000:], task, "X,soon,task"]
    found = taken(workspace, rows, 'Note = ["task"]', accept=5)
    assert (found.rows_in, found.rows_loaded) == (4_004, 4_000)
    assert (found.rows_left_out, found.rows_rejected, found.rows_repeated) == (2, 1, 1)
    told = "select rows_in - rows_loaded - rows_rejected - rows_repeated, rows_left_out"
    with Store.open(workspace.store_path, mode="read") as store:
        assert store.frame(f"{told} from core.snapshots").rows() == [(2, 2)]
    (again,) = load(
        workspace, [workspace.folder.parent / "export.csv"], as_of=date(2024, 6, 30)
    )
    assert (again.known_as, again.rows_left_out) == (1, 2)
