"""Exports that hold no record: 0 rows in, said so, and the other files are loaded with them."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from dashboard.cli import main
from etl.workspace import Workspace, init
from tests.flow.test_deliveries import HEADER, JANUARY, describe, load, rows, verb
from tests.flow.test_undeclared_deliveries import undeclared
from tests.units.test_readers_old_workbook import label, old_workbook
from tests.workbooks import cell, row, sheet, workbook

EXPORTS = Path(__file__).parents[1] / "exports"
JSON = {
    "jira": ("changelogs", "changes_of_one", "search", "slas_of_one"),
    "globaleaks": ("rtips",),
    "servicenow": ("incident",),
    "zendesk": ("audits", "metric_events", "satisfaction_ratings", "ticket_events", "tickets"),
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return init(tmp_path / "audit")


def run(workspace: Workspace, text: str | bytes, *told: str, name: str = "page.json") -> int:
    path = workspace.folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    options = ("--workspace", str(workspace.folder), "--quiet", "--as-of", "2024-03-01")
    return main(["load", str(path), *told, *options])


@pytest.mark.parametrize(
    ("source", "name"), [(source, name) for source, names in JSON.items() for name in names]
)
def test_an_empty_page_is_an_empty_delivery_of_the_source_that_its_list_names(
    workspace, capsys, source, name
):
    full = json.loads((EXPORTS / source / f"{name}.json").read_text(encoding="utf-8"))
    page = {key: [] if isinstance(value, list) else value for key, value in full.items()}
    assert run(workspace, json.dumps(page)) == 0
    said = capsys.readouterr().out
    assert f"page.json ({source}, " in said
    assert "0 rows in = 0 loaded" in said
    assert "it holds no record: an empty delivery" in said


@pytest.mark.parametrize(
    "export",
    sorted(EXPORTS.glob("*/*.[ct]sv")),
    ids=lambda told: f"{told.parent.name}-{told.stem}",
)
def test_a_header_alone_is_an_empty_delivery(workspace, capsys, export):
    for own in export.parent.glob("*.toml"):
        (workspace.folder / "sources" / own.name).write_bytes(own.read_bytes())
    header = export.read_bytes().partition(b"\n")[0]
    assert run(workspace, header + b"\n", name=export.name) == 0
    assert "it holds no record: an empty delivery" in capsys.readouterr().out


def test_a_sheet_of_a_header_alone_is_an_empty_delivery(workspace, capsys):
    undeclared(workspace)
    names = ("Case", "Unit", "Received", "Resolved")
    header = row(1, *(cell(f"{at}1", name) for at, name in zip("ABCD", names, strict=True)))
    assert run(workspace, workbook(Cases=sheet(header)), name="cases.xlsx") == 0
    assert "it holds no record: an empty delivery" in capsys.readouterr().out


def test_an_old_sheet_of_a_header_alone_is_an_empty_delivery(workspace, capsys):
    undeclared(workspace)
    names = ("Case", "Unit", "Received", "Resolved")
    header = old_workbook(*(label(0, at, name) for at, name in enumerate(names)))
    assert run(workspace, header, name="cases.xls") == 0
    assert "it holds no record: an empty delivery" in capsys.readouterr().out


LOG = '<?xml version="1.0"?><log><extension name="Time" prefix="time" uri="u"/>{}</log>'


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_a_log_without_a_trace_is_an_empty_delivery(workspace, capsys, name):
    empty = LOG.format("").encode()
    packed = gzip.compress(empty) if name.endswith(".gz") else empty
    assert run(workspace, packed, name=name) == 0
    said = capsys.readouterr().out
    assert f"{name} (xes, " in said
    assert "it holds no record: an empty delivery" in said


def test_a_log_without_a_trace_may_be_of_several_systems(workspace, capsys):
    own = 'extends = "xes"\nname = "ours"\n'
    (workspace.folder / "sources" / "ours.toml").write_text(own, encoding="utf-8")
    assert run(workspace, LOG.format(""), name="log.xes") == 2
    assert "an empty page of xes or ours; say which with" in capsys.readouterr().err
    assert run(workspace, LOG.format(""), "--source", "ours", name="log.xes") == 0


def test_a_log_that_is_cut_off_is_no_empty_one(workspace, capsys):
    assert run(workspace, LOG.format("")[:-6], name="log.xes") == 2
    assert "it looks cut off" in capsys.readouterr().err


def test_a_draft_of_a_log_without_a_trace_says_that_it_holds_nothing(workspace, capsys):
    path = workspace.folder / "log.xes"
    path.write_text(LOG.format(""), encoding="utf-8")
    assert main(["source", "draft", str(path)]) == 2
    assert "it holds no record; leave it out" in capsys.readouterr().err


def test_the_other_files_of_a_delivery_are_loaded_beside_an_empty_page(workspace):
    page = workspace.folder / "page.json"
    page.write_text('{"ticket_metric_events": [], "count": 0}', encoding="utf-8")
    undeclared(workspace)
    cases = workspace.folder / "cases.csv"
    cases.write_text(HEADER + "".join(JANUARY), encoding="utf-8")
    assert verb(workspace, "load", str(page), str(cases), "--as-of", "2024-01-31") == 0
    assert len(rows(workspace, "select * from core.cases")) == len(JANUARY)


PAGES = {
    "of no list": ("{}", "nothing in it says of which source"),
    "of a list that nobody has": ('{"things": [], "total": 0}', "nothing in it says of which"),
    "of a list that two have": ("[]", "an empty page of globaleaks or zendesk; say which with"),
    "beside records of something else": (
        '{"cases": [{"a": 1}], "tickets": []}',
        "no known source has these columns",
    ),
    "that is cut off": ('{"tickets": [', "it looks cut off"),
}


@pytest.mark.parametrize(("text", "said"), PAGES.values(), ids=PAGES)
def test_an_empty_page_that_nobody_can_know_is_refused(workspace, capsys, text, said):
    assert run(workspace, text) == 2
    assert said in capsys.readouterr().err


def test_whose_an_empty_list_is_may_be_told(workspace, capsys):
    assert run(workspace, "[]", "--source", "globaleaks") == 0
    assert "(globaleaks, audit): 0 rows in" in capsys.readouterr().out


def test_an_empty_full_export_is_refused_until_somebody_says_that_all_did_go(workspace, capsys):
    undeclared(workspace)
    describe(workspace, "full")
    load(workspace, JANUARY, "2024-01-31")
    assert load(workspace, [], "2024-02-29") == 2
    assert "0 rows, 100 % fewer than the" in capsys.readouterr().err
    assert load(workspace, [], "2024-02-29", "--accept-drop") == 0
    assert f"{len(JANUARY)} cases are of earlier deliveries not in" in capsys.readouterr().out
    assert rows(workspace, "select distinct missing_on from core.vanished_cases") == [
        (date(2024, 2, 29),)
    ]


def test_after_an_empty_export_it_is_asked_whether_cases_are_gone(workspace, capsys):
    undeclared(workspace)
    load(workspace, JANUARY, "2024-01-31")
    assert load(workspace, [], "2024-02-29") == 0
    said = capsys.readouterr().out
    assert f"{len(JANUARY)} cases are of earlier deliveries not in this one" in said
    assert rows(workspace, "select * from core.vanished_cases") == []


def test_the_same_empty_page_of_a_later_day_is_another_delivery(workspace):
    undeclared(workspace)
    describe(workspace, "full")
    load(workspace, [], "2024-01-31")
    load(workspace, [], "2024-01-31")
    load(workspace, JANUARY, "2024-02-29")
    load(workspace, [], "2024-03-31", "--accept-drop")
    days = rows(workspace, "select as_of from core.snapshots order by as_of")
    assert [day for (day,) in days] == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
    ]
    assert len(rows(workspace, "select * from core.vanished_cases")) == len(JANUARY)


DRAFTED = {'{"issues": [], "total": 0}': "no row to learn from", "[]": "it holds no record"}


@pytest.mark.parametrize(("page", "said"), DRAFTED.items())
def test_a_draft_of_an_empty_page_says_that_it_holds_nothing(workspace, capsys, page, said):
    path = workspace.folder / "page.json"
    path.write_text(page, encoding="utf-8")
    assert main(["source", "draft", str(path)]) == 2
    assert said in capsys.readouterr().err
