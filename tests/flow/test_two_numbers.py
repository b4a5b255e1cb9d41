"""One case that different exports of its system call by different numbers."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.cli import main
from etl.store import Store
from etl.workspace import Workspace, init

CODES = """
extends = "servicenow"
[codes.unit]
"Conduct desk" = "conduct"
[codes.category]
"Conduct" = "conduct"
[codes.clock]
"Resolve P2" = "resolve_p2"
"""
LISTED = "sys_id,number,opened_at,incident_state,priority,assignment_group,category\n"
NUMBERED = "number,opened_at,incident_state,priority,assignment_group,category\n"
CASE = "2024-01-02 09:00:00,In Progress,2 - High,Conduct desk,Conduct\n"
AUDIT = (
    "sys_id,tablename,fieldname,documentkey,user,oldvalue,newvalue,sys_created_on\n"
    "1,incident,state,a9e30c7d,ann,1,2,2024-01-03 08:20:00\n"
    "2,incident,priority,a9e30c7d,ann,4,2,2024-01-04 08:20:00\n"
)
SLA = (
    "task,sla,stage,has_breached,start_time,end_time,planned_end_time\n"
    "INC0010001,Resolve P2,in_progress,true,2024-01-02 09:00:00,,2024-01-05 09:00:00\n"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init(tmp_path / "audit")
    (made.folder / "sources" / "servicenow.toml").write_text(CODES, encoding="utf-8")
    return made


def load(workspace: Workspace, day: int, **files: str) -> None:
    paths = []
    for name, text in files.items():
        path = workspace.folder.parent / f"{name}_{day}.csv"
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    as_of = f"2024-02-{day:02}"
    options = ("--as-of", as_of, "--workspace", str(workspace.folder), "--quiet")
    assert main(["load", *paths, *options]) == 0


def rows(workspace: Workspace, select: str) -> list[tuple]:
    with Store.open(workspace.store_path, mode="read") as store:
        return store.frame(select).rows()


ONE_CASE = "select count(*), min(received_on), max(unit) from core.cases"
ITS_EVENTS = (
    "select kind, occurred_on from core.events semi join core.cases using (case_key)"
    " order by sequence"
)


def test_a_history_by_sys_id_and_deadlines_by_number_are_of_the_case_that_has_both(workspace):
    load(workspace, 1, incident=LISTED + f"a9e30c7d,INC0010001,{CASE}", audit=AUDIT, sla=SLA)
    assert rows(workspace, ONE_CASE) == [(1, date(2024, 1, 2), "conduct")]
    assert rows(workspace, ITS_EVENTS) == [
        ("received", date(2024, 1, 2)),
        ("acknowledged", date(2024, 1, 3)),
        ("escalated", date(2024, 1, 4)),
    ]
    verdicts = (
        "select verdict from core.source_deadlines inner join core.cases using (case_key)"
    )
    assert rows(workspace, verdicts) == [("breached",)]


def test_a_list_by_number_alone_is_united_with_a_later_one_that_has_both(workspace):
    load(workspace, 1, incident=NUMBERED + f"INC0010001,{CASE}")
    load(workspace, 1, audit=AUDIT)
    assert rows(workspace, "select count(*) from core.cases") == [(1,)]
    assert len(rows(workspace, ITS_EVENTS)) == 1
    load(workspace, 1, incident_both=LISTED + f"a9e30c7d,INC0010001,{CASE}")
    assert rows(workspace, ONE_CASE) == [(1, date(2024, 1, 2), "conduct")]
    assert len(rows(workspace, ITS_EVENTS)) == 3
    load(
        workspace, 2, incident=NUMBERED + f"INC0010001,{CASE}".replace("In Progress", "On Hold")
    )


@pytest.mark.parametrize(
    "others",
    [
        # The number of one is what another is known by, and one number stands for two.
        f"b,a9e30c7d,{CASE}",
        f"b,INC0010001,{CASE}",
    ],
)
def test_a_number_that_does_not_say_which_case_it_is_unites_nothing(workspace, others):
    load(workspace, 1, incident=LISTED + f"a9e30c7d,INC0010001,{CASE}{others}")
    assert rows(workspace, "select count(*) from core.cases") == [(2,)]


def test_two_pieces_of_one_history_that_overlap_tell_everything_once(workspace):
    load(workspace, 1, incident=LISTED + f"a9e30c7d,INC0010001,{CASE}", audit=AUDIT)
    head, first, second = AUDIT.splitlines(keepends=True)
    later = "3,incident,state,a9e30c7d,ann,2,6,2024-02-05 08:20:00\n"
    load(workspace, 8, audit=head + second + later)
    assert [kind for kind, _ in rows(workspace, ITS_EVENTS)] == [
        "received",
        "acknowledged",
        "escalated",
        "resolved",
    ]
    assert first
