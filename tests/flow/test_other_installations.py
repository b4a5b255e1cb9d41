"""Exports of known systems as other installations write them, counted by hand."""

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest

from dashboard.source_steps import draft_source, list_codes
from etl.errors import ExportError, SourceError
from etl.load import load
from etl.store import Store
from etl.workspace import Workspace, init

AS_OF = date(2026, 6, 30)
ZONE = ".000+0100"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return init(tmp_path / "audit")


def written(folder: Path, name: str, told: object) -> Path:
    path = folder / name
    path.write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return path


def counted(workspace: Workspace) -> tuple[int, int, dict[str, int]]:
    """Cases, those of them that are open, and events by kind."""
    with Store.open(workspace.store_path) as store:
        cases = store.frame("select resolved_on from core.cases")
        kinds = store.frame("select kind, count(*) from core.events group by kind").rows()
    return cases.height, cases["resolved_on"].null_count(), dict(kinds)


# Jira: pages of a search, cycles that are under way, changes in a file apart


def change(number: int, on: str, before: str, after: str, field: str = "status") -> dict:
    item = {"field": field, "fromString": before, "toString": after, "from": "1", "to": "2"}
    author = {"accountId": "712020:a1"}
    return {"id": str(number), "created": on + ZONE, "author": author, "items": [item]}


def issue(number: int, status: str, *changes: dict, total: int = 0, **more: object) -> dict:
    fields = {
        "created": "2026-01-05T09:00:00" + ZONE,
        "status": {"name": status, "statusCategory": {"name": status}},
        "priority": {"name": "Medium"},
        "issuetype": {"name": "Concern"},
        **more,
    }
    log = {"total": total or len(changes), "maxResults": 100, "histories": list(changes)}
    return {"id": str(number), "key": f"EC-{number}", "fields": fields, "changelog": log}


CHANGES = [
    change(4, "2026-02-01T10:00:00", "In Progress", "Done"),
    change(3, "2026-01-20T10:00:00", "Done", "In Progress"),
    change(2, "2026-01-15T10:00:00", "In Progress", "Done"),
    change(1, "2026-01-06T10:00:00", "To Do", "In Progress"),
]
EVENTS = {"received": 2, "acknowledged": 1, "resolved": 2, "reopened": 1}


def test_pages_of_a_search_are_loaded_together_with_what_each_holds(workspace, tmp_path):
    # The second page has no changes and no cycle that has ended.
    pages = [
        written(tmp_path, "1.json", {"issues": [issue(1, "Done", *CHANGES)], "isLast": False}),
        written(tmp_path, "2.json", {"issues": [issue(2, "To Do")], "isLast": True}),
    ]
    list_codes(pages, workspace)
    deliveries = load(workspace, pages, as_of=AS_OF)
    assert counted(workspace) == (2, 1, EVENTS)
    # A page whose issues lack what nobody reads is no export that lost columns.
    assert not any("it was not read" in note for told in deliveries for note in told.notes)


def test_an_issue_with_a_part_of_its_changes_is_refused_with_its_line(workspace, tmp_path):
    shown = [issue(1, "Done", *CHANGES, total=104), issue(2, "To Do")]
    page = written(tmp_path, "search.json", json.dumps({"issues": shown}, indent=0))
    list_codes([page], workspace)
    with pytest.raises(ExportError, match=r"line 3.*\"changelog\.total\".*only a part of"):
        load(workspace, [page], as_of=AS_OF)


def test_changes_may_come_in_a_file_apart(workspace, tmp_path):
    issues = [issue(1, "Done"), issue(2, "To Do")]
    logs = {"issueChangeLogs": [{"issueId": "1", "changeHistories": CHANGES}]}
    files = [
        written(tmp_path, "search.json", {"issues": issues}),
        written(tmp_path, "changes.json", logs),
    ]
    list_codes(files, workspace)
    load(workspace, files, as_of=AS_OF)
    assert counted(workspace) == (2, 1, EVENTS)


def test_issues_may_come_without_the_page_around_them(workspace, tmp_path):
    lines = "\n".join(map(json.dumps, [issue(1, "Done", *CHANGES), issue(2, "To Do")]))
    export = written(tmp_path, "issues.ndjson", lines)
    list_codes([export], workspace)
    load(workspace, [export], as_of=AS_OF)
    assert counted(workspace) == (2, 1, EVENTS)


SPANISH = """\
Resumen,Clave de incidencia,ID de la incidencia,Tipo de Incidencia,Estado,Prioridad,Creada,\
Resuelta,Comentario,Comentario,Categoría de estado
a,E-1,101,Queja,Cerrada,High,18/ene/26 9:10 PM,20/ene/26 10:53 AM,x,y,Listo
b,E-2,102,Queja,Abierta,Low,19/mar/26 12:10 AM,,x,,Por hacer
"""


def test_the_header_of_jira_may_be_in_another_language(workspace, tmp_path):
    export = written(tmp_path, "Jira.csv", SPANISH)
    list_codes([export], workspace)
    load(workspace, [export], as_of=AS_OF)
    assert counted(workspace) == (2, 1, {"received": 2, "resolved": 1})


def cycle(start: str, due: str, *, stop: str = "", breached: bool) -> dict:
    ends = {"stopTime": {"iso8601": stop + "+0100"}} if stop else {}
    times = {
        "startTime": {"iso8601": start + "+0100"},
        "breachTime": {"iso8601": due + "+0100"},
    }
    return times | ends | {"breached": breached}


def test_a_cycle_that_is_under_way_is_told_beside_those_that_have_ended(workspace, tmp_path):
    ended = cycle(
        "2026-01-05T09:00:00", "2026-01-07T09:00:00", stop="2026-01-06T09:00:00", breached=False
    )
    late = cycle("2026-02-05T09:00:00", "2026-02-07T09:00:00", breached=True)
    runs = cycle("2026-03-05T09:00:00", "2027-02-07T09:00:00", breached=False)
    slas = [
        {"completedCycles": [ended], "ongoingCycle": late},
        {"completedCycles": [], "ongoingCycle": runs},
        {"completedCycles": []},
    ]
    issues = [issue(n, "To Do", customfield_10030=told) for n, told in enumerate(slas)]
    page = written(tmp_path, "search.json", {"issues": issues})
    list_codes([page], workspace)
    load(workspace, [page], as_of=AS_OF)
    with Store.open(workspace.store_path) as store:
        told = store.frame("select verdict, stopped_on from core.source_deadlines order by all")
    assert told.rows() == [
        ("breached", None),
        ("met", date(2026, 1, 6)),
        ("running", None),
    ]


def test_a_cycle_that_has_ended_since_is_no_longer_under_way(workspace, tmp_path):
    start, due = "2026-01-05T09:00:00", "2026-01-07T09:00:00"
    runs = {"completedCycles": [], "ongoingCycle": cycle(start, due, breached=False)}
    ended = {"completedCycles": [cycle(start, due, stop="2026-01-06T09:00:00", breached=False)]}
    for told, status, day in ((runs, "To Do", 5), (ended, "Done", 31), (runs, "To Do", 4)):
        shown = {"issues": [issue(1, status, customfield_10030=told)], "startAt": day}
        page = written(tmp_path, f"{day}.json", shown)
        list_codes([page], workspace)
        load(workspace, [page], as_of=date(2026, 1, day))
    with Store.open(workspace.store_path) as store:
        found = store.frame("select verdict, stopped_on from core.source_deadlines")
    assert found.rows() == [("met", date(2026, 1, 6))]


def test_entries_of_one_instant_are_in_the_order_of_the_file_from_below(workspace, tmp_path):
    again = [
        change(4, "2026-01-15T10:00:00", "Done", "In Progress"),
        change(3, "2026-01-15T10:00:00", "In Progress", "Done"),
        *CHANGES[3:],
    ]
    # Of one entry, the rows are in their order: it was waiting before it was in progress.
    both = [change(2, "2026-01-15T10:00:00", "To Do", "Waiting for customer"), CHANGES[3]]
    more = change(2, "2026-01-15T10:00:00", "Waiting for customer", "Done")
    both[0]["items"] += more["items"]
    told = {"issues": [issue(1, "In Progress", *again), issue(2, "Done", *both)]}
    page = written(tmp_path, "search.json", told)
    list_codes([page], workspace)
    load(workspace, [page], as_of=AS_OF)
    with Store.open(workspace.store_path) as store:
        ends = store.frame("select resolved_on from core.cases order by resolved_on")
        kinds = store.frame(
            "select kind from core.events where kind in ('resolved', 'reopened', 'paused')"
            " order by case_key in (select case_key from core.events where kind = 'paused'),"
            " sequence"
        )
    assert ends["resolved_on"].to_list() == [date(2026, 1, 15), None]
    assert kinds["kind"].to_list() == ["resolved", "reopened", "paused", "resolved"]


# ServiceNow, Zendesk and Salesforce: other ways out of the same system


def both(told: str) -> dict:
    return {"display_value": f"{told} (shown)", "value": told}


INCIDENTS = [
    {"sys_id": "a1", "number": "INC1", "state": "7", "opened_at": "2026-01-05 09:00:00",
     "resolved_at": "2026-01-08 09:00:00", "closed_at": "2026-01-12 09:00:00"},
    {"sys_id": "b2", "number": "INC2", "state": "2", "opened_at": "2026-01-06 09:00:00",
     "resolved_at": "", "closed_at": ""},
]  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        {"records": INCIDENTS},
        {"result": [{name: both(cell) for name, cell in row.items()} for row in INCIDENTS]},
    ],
    ids=["the JSON of a list", "values beside what is shown"],
)
def test_incidents_are_read_in_each_form_of_their_json(workspace, tmp_path, told):
    export = written(tmp_path, "incident.json", told)
    load(workspace, [export], as_of=AS_OF)
    assert counted(workspace) == (2, 1, {"received": 2, "resolved": 1, "closed": 1})


LISTS = {
    "zendesk": """\
Id,Requester,Requester id,Group,Status,Priority,Via,Ticket type,Created at,Solved at,Reopens
1001,Ann,90001,Ethics,Closed,High,Mail,Incident,2026-01-05 09:00,2026-01-08 09:00,1
1002,Bob,90002,Ethics,On-hold,Low,Mail,Incident,2026-01-06 09:00,,0
""",
    "salesforce": """\
Case Number,Status,Priority,Case Origin,Type,Case Owner,Date/Time Opened,Date/Time Closed
00001001,Closed,High,Web,Conduct,Ann,1/13/2026 9:00 AM,1/15/2026 4:00 PM
00001002,Working,Low,Phone,Conduct,Bob,2/3/2026 9:00 AM,
""",
}


@pytest.mark.parametrize("system", LISTS)
def test_what_a_person_exports_on_a_page_is_read_like_the_interface(
    workspace, tmp_path, system
):
    export = written(tmp_path, "export.csv", LISTS[system])
    list_codes([export], workspace)
    (delivery,) = load(workspace, [export], as_of=AS_OF)
    assert delivery.source == system
    assert counted(workspace) == (2, 1, {"received": 2, "resolved": 1})


# Hotlines in other languages, from the draft as it is proposed

HOTLINES = {
    "fr": (
        ("N° de signalement", "Reçu le", "Accusé de réception envoyé le", "Entité concernée",
         "Canal", "Niveau de gravité", "Statut", "Clôturé le", "Conclusion de l'enquête"),
        (("S1", "09 sept. 2025", "12 sept. 2025", "Siège", "Courrier", "Faible", "Clôturé",
          "03 févr. 2026", "Avéré"),
         ("S2", "14 juil. 2025", "", "Usine", "Courrier", "Élevée", "En cours", "", ""),
         ("S3", "02 août 2025", "03 août 2025", "Siège", "Courrier", "Faible", "En cours", "",
          "")),
    ),
    "es": (
        ("Nº de comunicación", "Fecha de registro", "Fecha acuse de recibo", "Centro",
         "Vía", "Gravedad", "Estado", "Fecha de cierre", "Resultado de la investigación"),
        (("1/25", "09-sep-2025", "12-sep-2025", "Vigo", "Web", "Leve", "Cerrado", "03-feb-2026",
          "Probado"),
         ("2/25", "14-dic-2025", "", "Madrid", "Web", "Grave", "Abierto", "", ""),
         ("3/25", "02-ago-2025", "03-ago-2025", "Vigo", "Web", "Leve", "Abierto", "", "")),
    ),
    "it": (
        ("Codice segnalazione", "Data di invio", "Data avviso di ricevimento", "Società",
         "Canale", "Gravità", "Stato", "Data chiusura", "Esito"),
        (("SG1", "09 set 2025", "12 set 2025", "Alfa", "Portale", "Bassa", "Chiusa",
          "03 feb 2026", "Fondata"),
         ("SG2", "14 gen 2026", "", "Beta", "Portale", "Alta", "Nuova", "", ""),
         ("SG3", "02 ago 2025", "03 ago 2025", "Alfa", "Portale", "Bassa", "Nuova", "", "")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", HOTLINES)
def test_a_hotline_in_another_language_is_mapped_by_its_draft(workspace, tmp_path, language):
    header, rows = HOTLINES[language]
    export = tmp_path / "hotline.csv"
    with export.open("w", encoding="utf-8-sig", newline="") as file:
        many = [(f"{first}{n}", *rest) for n in range(9) for first, *rest in rows]
        csv.writer(file, delimiter=";").writerows([header, *many])
    told = draft_source(
        [export],
        name="linea",
        to=workspace.folder / "sources" / "linea.toml",
        workspace=workspace,
    )
    assert told.data["questions"] == []
    load(workspace, [export], as_of=AS_OF)
    assert counted(workspace) == (27, 18, {"received": 27, "acknowledged": 18, "closed": 9})
    with Store.open(workspace.store_path) as store:
        said = store.frame("select unit, channel, severity, status, outcome from core.cases")
    assert said.drop("outcome").null_count().sum_horizontal().item() == 0
    assert said["outcome"].drop_nulls().to_list() == ["substantiated"] * 9


def test_a_title_above_the_header_of_a_known_system_is_declared_as_the_error_says(
    workspace, tmp_path
):
    export = tmp_path / "cases.csv"
    export.write_text(
        "Cases,June\nCase Number,Received/Reported Date,Status\nA-1,2024-01-03,Open\n",
        encoding="utf-8",
    )
    with pytest.raises(SourceError) as refused:
        load(workspace, [export], as_of=date(2024, 3, 31))
    told = re.search(
        r"(extends = \S+) and, under (\[\S+\]), (header_line = \d+) in (sources/\S+)",
        str(refused.value),
    )
    assert told is not None
    *lines, file = told.groups()
    (workspace.folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (delivery,) = load(workspace, [export], as_of=date(2024, 3, 31))
    assert (delivery.source, delivery.rows_loaded) == ("hotline", 1)


@pytest.mark.parametrize("stage", ["stage", None], ids=["with its stage", "without"])
def test_a_deadline_that_was_cancelled_has_been_neither_met_nor_missed(
    workspace, tmp_path, stage
):
    rows = [
        {"task": f"INC{n}", "sla": "Respond", "stage": told, "has_breached": "false"}
        | {"start_time": "2026-01-05 09:00:00", "planned_end_time": "2026-01-05 17:00:00"}
        | {"end_time": "2026-01-05 10:00:00"}
        for n, told in enumerate(["completed", "cancelled"], 1)
    ]
    path = tmp_path / "task_sla.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        head = [name for name in rows[0] if name != "stage" or stage]
        to = csv.DictWriter(file, head, extrasaction="ignore")
        to.writeheader()
        to.writerows(rows)
    incidents = written(tmp_path, "incident.json", {"result": INCIDENTS})
    list_codes([incidents, path], workspace)
    load(workspace, [incidents, path], as_of=AS_OF)
    with Store.open(workspace.store_path) as store:
        found = store.frame("select verdict from core.source_deadlines")["verdict"]
    assert found.to_list() == ["met"] * (1 if stage else 2)
