"""Lists of cases that show the last end alone: the one before a reopening was told earlier."""

from datetime import date
from pathlib import Path

import pytest

from etl.workspace import Workspace, init
from tests.flow.test_deliveries import SOURCE, rows, verb

HEADER = "Case,Unit,Received,Resolved,Reopened\n"
ENDED = "HB-1,N,2024-01-05,2024-01-20,\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init(tmp_path / "audit")
    told = SOURCE.replace("KIND", "full") + 'reopened = "Reopened"\n'
    (made.folder / "sources" / "harbour.toml").write_text(told, encoding="utf-8")
    return made


def load(workspace: Workspace, row: str, as_of: str) -> None:
    export = workspace.folder.parent / f"{as_of}.csv"
    export.write_text(HEADER + row, encoding="utf-8")
    assert verb(workspace, "load", str(export), "--as-of", as_of) == 0


def steps(workspace: Workspace) -> list[tuple]:
    return rows(
        workspace,
        "select kind, occurred_on from core.events where kind <> 'received' order by sequence",
    )


AGAIN = {
    "open": ("HB-1,N,2024-01-05,,2024-02-10\n", []),
    "ended": (
        "HB-1,N,2024-01-05,2024-02-25,2024-02-10\n",
        [("resolved", date(2024, 2, 25))],
    ),
}


@pytest.mark.parametrize(("row", "end"), AGAIN.values(), ids=AGAIN)
def test_the_end_before_a_reopening_stays_as_an_earlier_delivery_told_it(workspace, row, end):
    load(workspace, ENDED, "2024-01-31")
    load(workspace, row, "2024-02-29")
    assert steps(workspace) == [
        ("resolved", date(2024, 1, 20)),
        ("reopened", date(2024, 2, 10)),
        *end,
    ]
    closed = [(end[0][1] if end else None, True)]
    assert rows(workspace, "select resolved_on, reopened from core.cases") == closed


CORRECTED = {
    "another end": "HB-1,N,2024-01-05,2024-01-22,\n",
    "no end": "HB-1,N,2024-01-05,,\n",
    "a reopening before it": "HB-1,N,2024-01-05,,2024-01-15\n",
}


@pytest.mark.parametrize("row", CORRECTED.values(), ids=CORRECTED)
def test_what_is_corrected_does_not_come_back(workspace, row):
    load(workspace, ENDED, "2024-01-31")
    load(workspace, row, "2024-02-29")
    assert ("resolved", date(2024, 1, 20)) not in steps(workspace)


def test_of_several_ends_that_earlier_deliveries_told_the_newest_counts(workspace):
    load(workspace, ENDED, "2024-01-31")
    load(workspace, CORRECTED["another end"], "2024-02-05")
    load(workspace, AGAIN["open"][0], "2024-02-29")
    assert steps(workspace)[0] == ("resolved", date(2024, 1, 22))
