"""Files of a delivery whose bytes came with an earlier one: they are parts of both."""

from datetime import date
from pathlib import Path

import pytest

from etl.workspace import Workspace, init
from tests.flow.test_deliveries import HEADER, SOURCE, rows, verb

HISTORY = """
[exports.history]
grain = "change"
[exports.history.columns]
case_id = "Case"
occurred = "At"
before = "Old"
after = "New"
[[exports.history.steps]]
change = "status"
means = "progress"
[codes.status]
"Open" = "open"
"Waiting" = "waiting"
"Closed" = "closed"
"""
GONE = "select count(*) from core.vanished_cases"
OPEN = "select count(*) from core.cases where resolved_on is null"
STEPS = "select kind, count(*) from core.events group by kind order by kind"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init(tmp_path / "audit")


def describe(workspace: Workspace, kind: str) -> None:
    told = SOURCE.replace("KIND", kind)
    if kind == "undeclared":
        told = SOURCE.replace('delivery = "KIND"\n', "")
    (workspace.folder / "sources" / "harbour.toml").write_text(told + HISTORY, encoding="utf-8")


def listed(workspace: Workspace, name: str, numbers: range, *, resolved: str = "") -> str:
    path = workspace.folder / name
    told = [f"HB-{number},N,2024-01-02,{resolved}\n" for number in numbers]
    path.write_text(HEADER + "".join(told), encoding="utf-8")
    return str(path)


def history(workspace: Workspace, name: str, *changes: tuple[str, str, str]) -> str:
    path = workspace.folder / name
    told = [
        f"HB-{number},{at},{old},{new}\n" for at, old, new in changes for number in range(9)
    ]
    path.write_text("Case,At,Old,New\n" + "".join(told), encoding="utf-8")
    return str(path)


def take(workspace: Workspace, as_of: str, *files: str) -> None:
    assert verb(workspace, "load", *files, "--as-of", as_of) == 0


def test_an_unchanged_file_of_a_full_delivery_in_several_loses_no_case(workspace, capsys):
    describe(workspace, "full")
    old, new = (
        listed(workspace, "2023.csv", range(20)),
        listed(workspace, "2024.csv", range(20, 24)),
    )
    take(workspace, "2024-01-31", old, new)
    listed(workspace, "2024.csv", range(20, 26))
    take(workspace, "2024-02-29", old, new)
    assert "as of 2024-01-31, and part of this delivery too" in capsys.readouterr().out
    assert rows(workspace, GONE) == [(0,)]
    assert rows(workspace, OPEN) == [(26,)]


def test_an_unchanged_file_of_a_history_keeps_its_events(workspace):
    describe(workspace, "undeclared")
    cases = listed(workspace, "cases.csv", range(9))
    old = history(workspace, "h1.csv", ("2024-01-03", "Open", "Waiting"))
    new = history(workspace, "h2.csv", ("2024-01-20", "Waiting", "Open"))
    take(workspace, "2024-01-31", cases, old, new)
    before = rows(workspace, STEPS)
    assert ("paused", 9) in before
    history(
        workspace,
        "h2.csv",
        ("2024-01-20", "Waiting", "Open"),
        ("2024-02-01", "Open", "Closed"),
    )
    take(workspace, "2024-02-29", cases, old, new)
    told = rows(workspace, STEPS)
    assert [step for step in told if step[0] in dict(before)] == before
    assert ("closed", 9) in told


def test_pages_that_came_one_by_one_are_whole_when_they_come_together(workspace):
    describe(workspace, "full")
    files = [listed(workspace, f"{n}.csv", range(9 * n, 9 * n + 9)) for n in range(3)]
    for each in files:
        verb(workspace, "load", each, "--as-of", "2024-01-31", "--accept-drop")
    assert rows(workspace, GONE) == [(18,)]
    take(workspace, "2024-01-31", *files)
    assert rows(workspace, GONE) == [(0,)]
    held = "select count(*) from staging.deliveries"
    count = rows(workspace, held)
    take(workspace, "2024-01-31", *files)
    assert rows(workspace, held) == count


def test_an_older_export_that_is_named_again_is_no_part_of_the_new_one(workspace):
    describe(workspace, "full")
    old = listed(workspace, "january.csv", range(10))
    take(workspace, "2024-01-31", old)
    new = listed(workspace, "february.csv", range(1, 12))
    take(workspace, "2024-02-29", old, new)
    assert rows(workspace, "select last_seen_on from core.vanished_cases") == [
        (date(2024, 1, 31),)
    ]


def test_a_case_that_moved_to_another_file_is_as_that_one_tells_it(workspace):
    describe(workspace, "full")
    old = listed(workspace, "north.csv", range(10))
    take(workspace, "2024-01-31", old)
    new = listed(workspace, "south.csv", range(8, 12), resolved="2024-02-20")
    take(workspace, "2024-02-29", old, new)
    assert rows(workspace, OPEN) == [(8,)]
    assert rows(workspace, "select count(*) from core.conflicts") == [(0,)]
    assert rows(
        workspace, "select count(*) from core.snapshots where rows_in <> rows_loaded"
    ) == [(0,)]


def test_an_old_file_takes_no_correction_back_where_nobody_says_that_it_is_whole(workspace):
    describe(workspace, "undeclared")
    old = listed(workspace, "january.csv", range(10))
    take(workspace, "2024-01-31", old)
    take(workspace, "2024-02-10", listed(workspace, "c.csv", range(3), resolved="2024-02-02"))
    take(workspace, "2024-02-29", old, listed(workspace, "february.csv", range(10, 14)))
    assert rows(workspace, OPEN) == [(11,)]


def test_a_known_file_of_changes_alone_stays_where_it_was(workspace):
    describe(workspace, "delta")
    old = listed(workspace, "january.csv", range(10))
    take(workspace, "2024-01-31", old)
    take(workspace, "2024-02-29", old, listed(workspace, "february.csv", range(10, 14)))
    assert rows(workspace, "select count(*) from core.snapshots") == [(2,)]


def test_a_quiet_month_of_several_files_confirms_them_all(workspace, capsys):
    describe(workspace, "full")
    files = [listed(workspace, f"{n}.csv", range(9 * n, 9 * n + 9)) for n in range(2)]
    take(workspace, "2024-01-31", *files)
    take(workspace, "2024-02-29", *files)
    assert capsys.readouterr().out.count("nothing had changed until 2024-02-29") == 2
    day = "select distinct holds_until from core.snapshots"
    assert rows(workspace, day) == [(date(2024, 2, 29),)]
    take(workspace, "2024-03-31", files[0])
    assert "changed until 2024-03-31" not in capsys.readouterr().out
    assert rows(workspace, day) == [(date(2024, 2, 29),)]


@pytest.mark.parametrize("is_first", [True, False])
def test_an_older_export_confirms_nothing_beside_a_newer_one(workspace, capsys, is_first):
    describe(workspace, "full")
    old = listed(workspace, "january.csv", range(10))
    take(workspace, "2024-01-31", old)
    new = listed(workspace, "february.csv", range(10))
    Path(new).write_text(Path(new).read_text() + "HB-11,N,2024-02-02,\n", encoding="utf-8")
    take(workspace, "2024-02-29", *((old, new) if is_first else (new, old)))
    assert "nothing had changed" not in capsys.readouterr().out
