"""Zip archives that hold several exports, loaded as the one delivery that they are."""

import shutil
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest

from dashboard.source_steps import draft_source, list_codes, try_source
from etl.errors import ExportError, SourceError
from etl.load import load
from etl.readers import unpacking
from etl.store import Store
from etl.workspace import Workspace, init

SERVICENOW = Path(__file__).parents[1] / "exports" / "servicenow"
AS_OF = date(2024, 3, 31)
PEOPLE = "sys_id,full_name,phone_extension,office\n1,Somebody,12,north\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init(tmp_path / "audit")
    shutil.copy(SERVICENOW / "servicenow.toml", made.folder / "sources")
    return made


def packed(folder: Path, **members: str | bytes) -> Path:
    path = folder / "dump.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def text(name: str) -> str:
    return (SERVICENOW / name).read_text(encoding="utf-8")


def taken(workspace: Workspace, path: Path) -> dict[str, int]:
    loaded = load(workspace, [path], as_of=AS_OF)
    return {delivery.file_name: delivery.rows_loaded for delivery in loaded}


def test_an_archive_of_several_exports_is_one_delivery_of_them_all(tmp_path, workspace):
    both = {name: text(name) for name in ("incident.csv", "task_sla.csv")}
    path = packed(tmp_path, **both, **{"__MACOSX/._incident.csv": b"\0"})
    rows = taken(workspace, path)
    assert rows == {"dump.zip, incident.csv": 4, "dump.zip, task_sla.csv": 3}
    with Store.open(workspace.store_path, mode="read") as store:
        about = store.frame("select export, loading from staging.deliveries order by export")
    assert about["export"].to_list() == ["incidents", "task_sla"]
    assert about["loading"].n_unique() == 1


def test_pages_of_one_export_in_an_archive_are_parts_of_it(tmp_path, workspace):
    header, *lines = text("incident.csv").splitlines(keepends=True)
    pages = {f"page {n}/incident.csv": header + "".join(lines[n::2]) for n in (0, 1)}
    rows = taken(workspace, packed(tmp_path, **pages))
    assert rows == {"dump.zip, page 0 - incident.csv": 2, "dump.zip, page 1 - incident.csv": 2}
    with Store.open(workspace.store_path, mode="read") as store:
        assert store.frame("select count(*) as n from core.cases").item() == 4


def test_the_same_archive_again_changes_nothing(tmp_path, workspace):
    path = packed(tmp_path, **{n: text(n) for n in ("incident.csv", "task_sla.csv")})
    taken(workspace, path)
    again = load(workspace, [path], as_of=AS_OF)
    assert [delivery.known_as for delivery in again] == [1, 2]


def test_a_part_that_is_like_no_export_is_named_and_passed_over(tmp_path, workspace):
    path = packed(tmp_path, **{"users.csv": PEOPLE, "incident.csv": text("incident.csv")})
    (delivery,) = load(workspace, [path], as_of=AS_OF)
    assert "dump.zip, users.csv fits no source and was not read" in delivery.notes


def test_a_part_that_is_nearly_an_export_is_refused(tmp_path, workspace):
    renamed = text("incident.csv").replace("incident_state", "condition", 1)
    path = packed(tmp_path, **{"incident.csv": renamed, "task_sla.csv": text("task_sla.csv")})
    with pytest.raises(SourceError, match=r"dump\.zip, incident\.csv line 1: column"):
        load(workspace, [path], as_of=AS_OF)
    assert not workspace.store_path.exists()


def test_an_archive_of_nothing_that_fits_is_refused(tmp_path, workspace):
    path = packed(tmp_path, **{"users.csv": PEOPLE, "more.csv": PEOPLE})
    with pytest.raises(SourceError, match=r"more\.csv line 1: "):
        load(workspace, [path], as_of=AS_OF)


def test_a_reject_is_named_by_its_file_in_the_archive_and_its_line(tmp_path, workspace):
    spoilt = text("task_sla.csv").replace("2024-01-02 09:00:00", "2nd of January", 1)
    path = packed(tmp_path, **{"incident.csv": text("incident.csv"), "task_sla.csv": spoilt})
    with pytest.raises(ExportError, match=r"^dump\.zip, task_sla\.csv line 2, column"):
        load(workspace, [path], as_of=AS_OF)
    assert not workspace.store_path.exists()


@pytest.mark.parametrize("name", ["a.csv.gz", "inner.zip"])
def test_an_archive_within_an_archive_of_several_is_not_opened(tmp_path, workspace, name):
    path = packed(tmp_path, **{"a.csv": "x,y\n", "b.csv": "x,y\n", name: b"PK"})
    with pytest.raises(ExportError, match=r"dump\.zip: the archive holds an archive"):
        load(workspace, [path], as_of=AS_OF)


def test_the_parts_together_keep_the_bounds_of_one(tmp_path, monkeypatch):
    path = packed(tmp_path, **{f"{n}.csv": "a" * 3_000_000 for n in range(3)})
    monkeypatch.setattr(unpacking, "HARMLESS", 4 << 20)
    with path.open("rb") as stream, pytest.raises(ExportError, match="not safe to open"):
        unpacking.unpack_parts(stream, file="dump.zip", to=tmp_path, declared=())


MEMBERS = """
extends = "servicenow"
[exports.incidents]
member = "incident*.csv"
{more}
"""


@pytest.mark.parametrize(
    ("more", "read"),
    [
        ("", ["dump.zip"]),
        (
            '[exports.task_sla]\nmember = "task_sla.csv"',
            ["dump.zip, incident.csv", "dump.zip, task_sla.csv"],
        ),
    ],
    ids=["one", "two"],
)
def test_the_exports_that_declared_names_mean_are_read_all_of_them(
    tmp_path, workspace, more, read
):
    own = workspace.folder / "sources" / "servicenow.toml"
    codes = own.read_text(encoding="utf-8").replace('extends = "servicenow"', "")
    own.write_text(MEMBERS.format(more=more) + codes, encoding="utf-8")
    names = ("incident.csv", "task_sla.csv", "sys_audit.csv")
    path = packed(tmp_path, **{name: text(name) for name in names})
    assert list(taken(workspace, path)) == read


# What is drafted, listed and tried of an archive


def both(folder: Path) -> Path:
    names = ("incident.csv", "sys_audit.csv")
    return packed(folder, **{name: text(name) for name in names}, **{"read me.txt": "Hello"})


def test_the_codes_of_every_export_in_an_archive_are_listed(tmp_path):
    told = list_codes([both(tmp_path)], init(tmp_path / "other"))
    assert told.lines[0].startswith(
        "listed in sources/servicenow.toml: 3 of unit, 2 of category"
    )


def test_every_export_in_an_archive_is_tried_and_what_fits_none_is_named(tmp_path, workspace):
    told = try_source("servicenow", [both(tmp_path)], workspace=workspace)
    assert [line for line in told.lines if line.startswith("dump.zip, ")] == [
        "dump.zip, incident.csv as servicenow (incidents): would be loaded",
        "dump.zip, sys_audit.csv as servicenow (audit): would be loaded",
        "dump.zip, read me.txt fits no export of servicenow and was not tried",
    ]
    assert not told.blocked


def test_an_archive_is_drafted_with_all_that_is_a_table_in_it(tmp_path):
    told = draft_source([both(tmp_path)], name=None, to=tmp_path / "dump.toml", workspace=None)
    drafted = tomllib.loads((tmp_path / "dump.toml").read_text(encoding="utf-8"))
    assert (drafted["name"], len(drafted["exports"])) == ("dump", 2)
    assert "left out, since it holds no table: dump.zip, read me.txt" in told.lines
