"""Cases of which a log alone speaks: they have no receipt, and a load says so."""

import json
from datetime import date
from pathlib import Path

import pytest

from etl.load import load
from etl.store import Store
from etl.workspace import Workspace, init

AS_OF = date(2026, 6, 30)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = init(tmp_path / "audit")
    own = 'extends = "globaleaks"\n[codes.category]\n"c-1" = "conduct"\n'
    (made.folder / "sources" / "globaleaks.toml").write_text(own, encoding="utf-8")
    return made


def reports(folder: Path, *names: str) -> Path:
    told = {
        "rtips": [
            {"itip_id": name, "creation_date": "2026-01-05T09:00:00Z", "status": "opened"}
            | {"access_date": "1970-01-01T00:00:00Z", "tor": True, "context_id": "c-1"}
            for name in names
        ]
    }
    path = folder / "rtips.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def log(folder: Path, *entries: tuple[str, str]) -> Path:
    told = [
        {"object_id": name, "type": step, "date": f"2026-02-{day:02}T09:00:00Z"}
        | {"user_id": "u", "data": {"status": "closed"} if "status" in step else None}
        for day, (name, step) in enumerate(entries, 1)
    ]
    path = folder / "auditlog.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


CLOSED, DELETED = "update_report_status", "delete_report"


def test_reports_that_were_deleted_before_the_first_export_are_said_to_have_no_receipt(
    workspace, tmp_path
):
    listed = reports(tmp_path, "r-1", "r-2")
    audit = log(tmp_path, ("r-1", CLOSED), ("r-8", CLOSED), ("r-8", DELETED), ("r-9", CLOSED))
    taken = load(workspace, [listed, audit], as_of=AS_OF)
    (said,) = [note for told in taken for note in told.notes if "no list" in note]
    assert said.startswith(
        "2 cases are named here and in no list of cases (1 with a deletion on record): without"
        " a receipt nothing of them is counted"
    )
    assert "r-9" not in said
    with Store.open(workspace.store_path, mode="read") as store:
        assert store.frame("select count(*) from core.cases").item() == 2


def test_a_report_that_an_earlier_export_had_is_not_said_to_have_no_receipt(
    workspace, tmp_path
):
    load(workspace, [reports(tmp_path, "r-1", "r-2")], as_of=date(2026, 1, 31))
    audit = log(tmp_path, ("r-2", CLOSED), ("r-2", DELETED))
    listed = reports(tmp_path, "r-1")
    taken = load(workspace, [listed, audit], as_of=AS_OF, accept_drop="yes")
    assert not [note for told in taken for note in told.notes if "no list" in note]
