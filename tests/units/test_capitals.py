"""Data loaders write the names of columns in capitals: the same columns, read alike."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from etl.load import load
from etl.store import Store
from etl.workspace import init

SALESFORCE = Path(__file__).parents[1] / "exports" / "salesforce"


def told(folder: Path, rename: Callable[[str], str]) -> list[tuple[object, ...]]:
    """Cases and events of the sample with its columns renamed."""
    audit = init(folder / "audit")
    shutil.copy(SALESFORCE / "salesforce.toml", audit.folder / "sources")
    paths = []
    for name in ("Case.csv", "CaseHistory.csv"):
        header, rows = (SALESFORCE / name).read_text(encoding="utf-8").split("\n", 1)
        paths.append(folder / name)
        paths[-1].write_text(f"{rename(header)}\n{rows}", encoding="utf-8")
    deliveries = load(audit, paths, as_of=date(2024, 3, 31))
    assert [delivery.export for delivery in deliveries] == ["cases", "history"]
    with Store.open(audit.store_path, mode="read") as store:
        return store.frame(
            "select occurred_at, events.kind, status, severity, unit, category, resolved_on"
            " from core.cases as cases inner join core.events as events using (case_key)"
            " order by all"
        ).rows()


@pytest.mark.parametrize("rename", [str.upper, str.lower])
def test_columns_in_other_capitals_give_the_same_cases_and_events(tmp_path, rename):
    (tmp_path / "as it is").mkdir()
    (tmp_path / "renamed").mkdir()
    expected = told(tmp_path / "as it is", str)
    assert len(expected) > 5
    assert told(tmp_path / "renamed", rename) == expected
