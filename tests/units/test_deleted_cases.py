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


def test_a_deletion_without_its_day_is_no_case_that_stays_open(workspace, tmp_path):
    header, *lines = (SALESFORCE / "Case.csv").read_text(encoding="utf-8").splitlines()
    flags = ["true", *["false"] * (len(lines) - 1)]
    rows = [f'{line},"{flag}",""' for line, flag in zip(lines, flags, strict=True)]
    path = tmp_path / "Case.csv"
    path.write_text("\n".join([f'{header},"IsDeleted","SystemModstamp"', *rows]) + "\n")
    with pytest.raises(
        ExportError, match=r"line 2, column .IsDeleted., value .true.: not a date"
    ):
        load(workspace, [path], as_of=date(2024, 3, 31))


def test_a_case_in_the_recycle_bin_of_salesforce_has_ended(workspace, tmp_path):
    header, *lines = (SALESFORCE / "Case.csv").read_text(encoding="utf-8").splitlines()
    more = ('"true","2024-02-01T08:00:00.000Z"', '"false","2024-03-01T08:00:00.000Z"')
    deleted = lines[1].replace("D8cuJ", "D8cuK").replace("00001027", "00001028")
    lines = [f"{line},{more[1]}" for line in lines] + [f"{deleted},{more[0]}"]
    path = tmp_path / "Case.csv"
    path.write_text("\n".join([f'{header},"IsDeleted","SystemModstamp"', *lines]) + "\n")
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
