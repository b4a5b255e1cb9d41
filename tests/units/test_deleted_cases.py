"""Cases that a system still exports and says to have been deleted."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from etl.errors import ExportError
from etl.load import load
from etl.store import Store
from etl.workspace import init

SALESFORCE = Path(__file__).parents[1] / "exports" / "salesforce"


@pytest.fixture
def workspace(tmp_path):
    made = init(tmp_path / "audit")
    shutil.copy(SALESFORCE / "salesforce.toml", made.folder / "sources")
    return made


NOT_DELETED = '"false","2024-03-01T08:00:00.000Z"'


def exported(folder: Path, *, deleted_at: str) -> Path:
    """The sample's cases, and one more that lies in the recycle bin."""
    text = (SALESFORCE / "Case.csv").read_text(encoding="utf-8")
    more = text.splitlines()[2].replace("D8cuJ", "D8cuK").replace("00001027", "00001028")
    path = folder / "Case.csv"
    gone = more.replace(NOT_DELETED, f'"true","{deleted_at}"')
    path.write_text(f"{text}{gone}\n")
    return path


def test_a_deletion_without_its_day_is_no_case_that_stays_open(workspace, tmp_path):
    path = exported(tmp_path, deleted_at="")
    with pytest.raises(
        ExportError, match=r"line 4, column .IsDeleted., value .true.: not a date"
    ):
        load(workspace, [path], as_of=date(2024, 3, 31))


def test_a_case_in_the_recycle_bin_of_salesforce_has_ended(workspace, tmp_path):
    path = exported(tmp_path, deleted_at="2024-02-01T08:00:00.000Z")
    load(workspace, [path], as_of=date(2024, 3, 31))
    with Store.open(workspace.store_path, mode="read") as store:
        ends = store.frame(
            "select resolved_on, list(events.kind order by events.kind) as kinds"
            " from core.cases as cases inner join core.events as events using (case_key)"
            " group by all"
            " order by resolved_on nulls last"
        )
    assert ends.rows() == [
        (date(2024, 1, 20), ["received", "resolved"]),
        (date(2024, 2, 1), ["cancelled", "deleted", "received"]),
        (None, ["received"]),
    ]


def test_a_deletion_that_cannot_be_told_without_another_column_is_said(workspace, tmp_path):
    path = exported(tmp_path, deleted_at="2024-02-01T08:00:00.000Z")
    path.write_text(path.read_text(encoding="utf-8").replace("SystemModstamp", "Changed"))
    (delivery,) = load(workspace, [path], as_of=date(2024, 3, 31))
    assert delivery.notes[0] == (
        'column "IsDeleted" is there without "SystemModstamp", with which it is read: deleted'
        " and cancelled cannot be told; export it with both"
    )
