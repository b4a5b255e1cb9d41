from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboard.cli import main
from etl.load import load
from etl.store import Store
from etl.workspace import Workspace, init

SOURCE = """
name = "harbour"
title = "Harbour"
time_zone = "Europe/London"
[codes.unit]
"N" = "north"
[exports.cases]
grain = "case"
ignored = ["Note"]
[exports.cases.columns]
case_id = "Case"
unit = "Unit"
[exports.cases.events]
received = "Received"
[exports.history]
grain = "event"
constant_kind = "triaged"
[exports.history.columns]
case_id = "Case"
occurred = "Triaged on"
"""
CASES = "Case,Unit,Received,Note\nHB-771,N,2024-01-01,secret\nHB-772,N,2024-01-02,secret\n"
CASE_TABLES = ("core.cases", "core.events", "core.clocks", "core.deadlines", "core.feedback")
AS_OF = date(2024, 3, 1)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = init(tmp_path / "audit")
    (made.folder / "sources" / "harbour.toml").write_text(SOURCE, encoding="utf-8")
    return made


def written(folder: Path, text: str | bytes = CASES, name: str = "cases.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def run(workspace: Workspace, *arguments: object) -> int:
    options = ["--workspace", workspace.folder, "--quiet", "--as-of", "2024-03-01"]
    told = ("--source", "harbour") if "--source" not in arguments else ()
    return main(["load", *map(str, (*arguments, *told, *options))])


def everything(path: Path) -> dict[str, list[tuple]]:
    """Every row of every table of a store."""
    with Store.open(path, mode="read") as store:
        names = store.frame(
            "select table_schema || '.' || table_name as name from information_schema.tables"
        )["name"].sort()
        return {n: store.frame(f"select * from {n} order by all").rows() for n in names}


def rows(workspace: Workspace, select: str) -> list[tuple]:
    with Store.open(workspace.store_path, mode="read") as store:
        return store.frame(select).rows()


# What is loaded, and what is kept of it


def test_rows_in_are_loaded_rejected_or_repeats(workspace, tmp_path, capsys):
    text = CASES + "HB-773,X,2024-01-03,\nHB-771,N,2024-01-01,secret\nHB-774,N\n"
    assert run(workspace, written(tmp_path, text), "--accept-rejects", 2) == 0
    out = capsys.readouterr().out
    assert "5 rows in = 2 loaded + 2 rejected + 1 exact repeats" in out
    assert 'rejected: cases.csv line 4, column "Unit", value "X": not a code listed' in out
    kept = rows(
        workspace,
        "select rows_in, rows_loaded, rows_rejected, rows_repeated from core.snapshots",
    )
    assert kept == [(5, 2, 2, 1)]


def test_a_reject_keeps_its_place_and_reason_and_no_value(workspace, tmp_path):
    text = CASES + "HB-773,UNHEARD-OF,2024-01-03,\n"
    assert run(workspace, written(tmp_path, text), "--accept-rejects", 1) == 0
    (kept,) = rows(workspace, "select * from staging.rejects")
    assert kept[:3] == (1, 4, "Unit")
    assert b"UNHEARD-OF" not in workspace.store_path.read_bytes()


def test_no_case_number_nor_ignored_text_is_in_the_store(workspace, tmp_path):
    run(workspace, written(tmp_path))
    data = workspace.store_path.read_bytes()
    assert not any(word in data for word in (b"HB-77", b"secret"))
    assert rows(workspace, "select count(*) from core.cases") == [(2,)]


def test_the_store_is_its_owner_s_alone(workspace, tmp_path):
    load(workspace, [written(tmp_path)], as_of=AS_OF)
    assert workspace.store_path.stat().st_mode & 0o777 == 0o600


def test_the_same_bytes_twice_change_nothing(workspace, tmp_path, capsys):
    export = written(tmp_path)
    run(workspace, export)
    before = everything(workspace.store_path)
    assert run(workspace, written(tmp_path, CASES, "again.csv")) == 0
    assert (
        "again.csv (harbour, cases): the same bytes are loaded already"
        in capsys.readouterr().out
    )
    assert everything(workspace.store_path) == before


def test_a_changed_rule_takes_effect_when_known_files_are_loaded_again(workspace, tmp_path):
    export = written(tmp_path)
    run(workspace, export)
    before = rows(workspace, "select fingerprint from core.build")
    (workspace.folder / "rules" / "deadlines.toml").write_text("")
    run(workspace, export)
    assert rows(workspace, "select * from core.deadlines") == []
    assert rows(workspace, "select fingerprint from core.build") != before


def test_a_later_delivery_corrects_an_earlier_one(workspace, tmp_path):
    load(workspace, [written(tmp_path)], as_of=date(2024, 2, 1))
    corrected = CASES.replace("2024-01-02", "2024-01-09")
    load(workspace, [written(tmp_path, corrected)], as_of=AS_OF)
    assert rows(workspace, "select received_on from core.cases order by 1") == [
        (date(2024, 1, 1),),
        (date(2024, 1, 9),),
    ]
    assert rows(workspace, "select snapshot from core.snapshots order by 1") == [(1,), (2,)]


def test_an_export_split_in_two_equals_the_whole(workspace, tmp_path):
    whole = "Case,Triaged on\nHB-771,2024-01-05\nHB-771,2024-01-06\nHB-772,2024-01-07\n"
    parts = [whole[: whole.index("HB-771,2024-01-06")], "Case,Triaged on\n" + whole[-36:]]
    cases = written(tmp_path)
    files = [written(tmp_path, text, f"part{n}.csv") for n, text in enumerate(parts)]
    load(workspace, [cases, *files], as_of=AS_OF)
    told = "select case_key, kind, occurred_on, sequence from core.events order by all"
    split = rows(workspace, told)
    workspace.store_path.unlink()
    load(workspace, [cases, written(tmp_path, whole, "whole.csv")], as_of=AS_OF)
    assert split == rows(workspace, told)
    assert len(split) == 5


def test_a_history_loaded_again_on_the_same_day_replaces_what_it_speaks_of(workspace, tmp_path):
    history = "Case,Triaged on\nHB-771,2024-01-05\n"
    load(workspace, [written(tmp_path), written(tmp_path, history, "a.csv")], as_of=AS_OF)
    corrected = written(tmp_path, history.replace("01-05", "01-08"), "b.csv")
    load(workspace, [corrected], as_of=AS_OF)
    triaged = rows(workspace, "select occurred_on from core.events where kind = 'triaged'")
    assert triaged == [(date(2024, 1, 8),)]


def test_a_column_that_the_source_does_not_know_is_named_and_not_read(
    workspace, tmp_path, capsys
):
    run(workspace, written(tmp_path, CASES.replace("Note", "Remark")))
    assert "not read, since the source does not know them: Remark" in capsys.readouterr().out


def test_coverage_begins_with_the_first_case_unless_it_is_told(workspace, tmp_path):
    load(workspace, [written(tmp_path)], as_of=AS_OF)
    assert rows(workspace, "select coverage_from from core.snapshots") == [(date(2024, 1, 1),)]
    workspace.store_path.unlink()
    load(workspace, [written(tmp_path)], as_of=AS_OF, coverage_from=date(2023, 6, 1))
    assert rows(workspace, "select coverage_from from core.snapshots") == [(date(2023, 6, 1),)]


def test_the_unknown_level_is_there_once_although_a_source_declares_it(workspace, tmp_path):
    text = SOURCE.replace('"N" = "north"', '"N" = "north"\n"?" = "unknown"')
    (workspace.folder / "sources" / "harbour.toml").write_text(text)
    run(workspace, written(tmp_path))
    found = rows(workspace, "select level from staging.levels where breakdown = 'unit'")
    assert found == [("north",), ("unknown",)]


def test_a_declared_layout_cures_a_file_that_shows_too_little(workspace, tmp_path):
    text = SOURCE.replace('grain = "case"', 'grain = "case"\ndelimiter = ";"')
    (workspace.folder / "sources" / "harbour.toml").write_text(text)
    # As many commas as semicolons: by itself the header could be either.
    export = written(tmp_path, "Case;Unit;Received;a,b,c,d\nHB-771;N;2024-01-01;\n")
    assert run(workspace, export) == 0


def test_the_declared_layouts_are_tried_until_one_is_its_own(workspace, tmp_path):
    text = SOURCE.replace('grain = "case"', 'grain = "case"\ndelimiter = ";"')
    text = text.replace('grain = "event"', 'grain = "event"\ndelimiter = "|"')
    (workspace.folder / "sources" / "harbour.toml").write_text(text)
    export = written(tmp_path, "Case|Triaged on|a,b,c\nHB-771|2024-01-05|\n")
    assert run(workspace, export) == 0
    assert rows(workspace, "select kind from core.events") == [("triaged",)]


# What is refused: one message, exit code 2, and the store as it was


REFUSED = {
    "a wrong date": (
        "Case,Unit,Received\nA,N,2024-02-30\n",
        'line 2, column "Received", value "20',
    ),
    "an unlisted code": (
        "Case,Unit,Received\nA,Q,2024-02-03\n",
        'line 2, column "Unit", value "Q"',
    ),
    "a missing column": (
        "Case,Unit\nA,N\n",
        "line 1: column 'Received' is missing, which source",
    ),
    "a repeated header": ("Case,Case,Unit\nA,A,N\n", 'line 1: the header has "Case" twice'),
    "an empty file": ("", "the file is empty; export it again"),
    "a cut file": (
        "Case,Unit,Received\nA,N,2024-02-03\nB,N",
        "line 3: the last record has 2 of 3",
    ),
    "a binary file": (b"\x7fELF\x02\x01\x00\x00" * 9, "line 1: this is not a text file"),
    "a ragged row": ("Case,Unit,Received\nA,N,2024-02-03,x\n", "line 2: the row has 4 fields"),
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_is_refused_and_changes_nothing(
    workspace, tmp_path, capsys, text, problem
):
    assert run(workspace, written(tmp_path, text, "export.csv")) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("case-audit: export.csv")
    assert problem in told.err
    assert "; " in told.err, "a remedy follows the problem"
    assert len(told.err.splitlines()) == 1
    assert not workspace.store_path.exists()


def test_of_two_files_of_which_one_is_bad_nothing_is_loaded(workspace, tmp_path, capsys):
    run(workspace, written(tmp_path))
    before, data = everything(workspace.store_path), workspace.store_path.read_bytes()
    good = written(tmp_path, CASES.replace("HB-77", "HB-88"), "good.csv")
    bad = written(tmp_path, CASES.replace("2024-01-02", "2024-01-32"), "bad.csv")
    capsys.readouterr()
    assert run(workspace, good, bad) == 2
    err = capsys.readouterr().err
    assert err.startswith(
        'case-audit: bad.csv line 3, column "Received", value "2024-01-32": not'
    )
    assert "--accept-rejects 1" in err
    assert everything(workspace.store_path) == before
    assert workspace.store_path.read_bytes() == data


def test_the_number_of_rejects_to_accept_is_the_number_said(workspace, tmp_path, capsys):
    export = written(tmp_path, CASES.replace("2024-01", "2024-13"))
    assert run(workspace, export) == 2
    assert "1 more row cannot be read either" in capsys.readouterr().err
    assert run(workspace, export, "--accept-rejects", 1) == 2
    assert run(workspace, export, "--accept-rejects", 2) == 0


def test_a_folder_is_no_export(workspace, tmp_path, capsys):
    (tmp_path / "folder").mkdir()
    assert run(workspace, tmp_path / "folder") == 2
    assert "folder: this is a folder, not a file; name the exported" in capsys.readouterr().err


def test_an_unknown_source_is_refused_with_those_there_are(workspace, tmp_path, capsys):
    assert run(workspace, written(tmp_path), "--source", "quay") == 2
    assert "no source is called 'quay'; there are beacon" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("rules/deadlines.toml", "[[deadline]]\n", "deadlines.toml: deadline 'without a name'"),
        (
            "headcount.csv",
            "unit,from,people\nnorth,x,1\n",
            "headcount.csv line 2: 'x' is not a",
        ),
    ],
)
@pytest.mark.parametrize("loaded", ["before", "never"])
def test_a_fault_of_the_workspace_undoes_the_loading(
    workspace, tmp_path, capsys, file, text, problem, loaded
):
    if loaded == "before":
        run(workspace, written(tmp_path))
        before = everything(workspace.store_path)
    (workspace.folder / file).write_text(text)
    assert run(workspace, written(tmp_path, CASES.replace("HB-77", "HB-88"))) == 2
    assert problem in capsys.readouterr().err
    if loaded == "before":
        assert everything(workspace.store_path) == before
    else:
        assert not workspace.store_path.exists()


def test_an_unknown_calendar_is_refused(workspace, tmp_path, capsys):
    path = workspace.folder / "case-audit.toml"
    path.write_text(path.read_text().replace("GB-ENG", "GB-XXX"))
    assert run(workspace, written(tmp_path)) == 2
    assert "calendar 'GB-XXX' is not known" in capsys.readouterr().err


def test_a_mistyped_year_does_not_stretch_the_coverage(workspace, tmp_path):
    many = "".join(f"HB-{n},N,2024-01-05,\n" for n in range(1999))
    text = "Case,Unit,Received,Note\nHB-X,N,2004-01-05,\n" + many
    load(workspace, [written(tmp_path, text)], as_of=AS_OF)
    assert rows(workspace, "select coverage_from from core.snapshots") == [(date(2024, 1, 5),)]
    assert pl.DataFrame(rows(workspace, "select count(*) as n from core.cases")).item() == 2000


# Large files come in chunks


@pytest.fixture
def small_chunks(monkeypatch):
    """A chunk is a thousand rows, so that a small file has several, as a large one has."""
    monkeypatch.setattr("etl.deliveries.CHUNK_ROWS", 1000)


def large(folder: Path, *more: str) -> Path:
    many = [f"HB-{number},N,2024-01-05," for number in range(2000)]
    return written(folder, "\n".join(["Case,Unit,Received,Note", *many, *more]) + "\n")


def test_repeats_and_rejects_are_counted_over_all_chunks(workspace, tmp_path, small_chunks):
    again = ["HB-1,N,2024-01-05,", "HB-9999,Q,2024-01-05,", "HB-9999,Q,2024-01-05,"]
    export = large(tmp_path, *again, *(f"HC-{n},N,2024-01-06," for n in range(2000)), again[1])
    (delivery,) = load(workspace, [export], as_of=AS_OF, accept_rejects=5)
    assert delivery.rows_in == 4_004
    assert delivery.rows_rejected == 1
    assert delivery.rows_repeated == 3
    assert delivery.rows_loaded == 4_000
    assert rows(workspace, "select count(*) from core.cases") == [(4_000,)]
    assert rows(workspace, "select line from staging.rejects") == [(2003,)]


def test_known_bytes_are_read_again_once_the_description_has_changed(workspace, tmp_path):
    export = written(tmp_path)
    load(workspace, [export], as_of=date(2024, 2, 1))
    path = workspace.folder / "sources" / "harbour.toml"
    path.write_text(path.read_text().replace('"N" = "north"', '"N" = "northern"'))
    (delivery,) = load(workspace, [export], as_of=AS_OF)
    assert delivery.known_as is None
    told = rows(workspace, "select distinct unit from core.cases")
    assert told == [("northern",)]
    kept = rows(workspace, "select as_of, rows_in from staging.deliveries")
    assert kept == [(date(2024, 2, 1), 2)], "it is the delivery that it was"


def test_a_store_of_an_earlier_version_receives_what_has_come_since(workspace, tmp_path):
    run(workspace, written(tmp_path))
    with Store.open(workspace.store_path) as store:
        store.drop("staging.shape")
        store.execute("alter table staging.deliveries drop column described")
        store.execute("alter table staging.deliveries drop column bytes")
        store.execute("drop table core.build")
    assert run(workspace, written(tmp_path, CASES.replace("HB-77", "HB-88"))) == 0
    assert rows(workspace, "select count(*), count(described) from staging.deliveries") == [
        (2, 1)
    ]
    assert rows(workspace, "select count(*) from core.cases") == [(4,)]


def test_a_store_that_kept_pseudonyms_as_text_is_brought_up_to_date(workspace, tmp_path):
    run(workspace, written(tmp_path))
    asked = "select case_key, kind, occurred_on from core.events order by all"
    before = rows(workspace, asked)
    with Store.open(workspace.store_path) as store:
        store.drop("staging.shape")
        for table in ("cases", "events"):
            store.change_column(f"staging.{table}", "case_key", "text")
        store.add_column("staging.events", "kept_no_longer", "text")
        store.drop("core.step_gaps")
        store.execute("create table core.step_gaps as select 1 as stale")
        store.execute("create table core.forgotten as select 1 as stale")
        store.execute("drop table core.build")
    assert run(workspace, written(tmp_path)) == 0
    assert rows(workspace, asked) == before
    kinds = (
        "select distinct data_type from information_schema.columns where column_name = $name"
    )
    with Store.open(workspace.store_path, mode="read") as store:
        assert store.frame(kinds, {"name": "case_key"})["data_type"].to_list() == ["UUID"]
        assert store.frame(kinds, {"name": "kept_no_longer"}).is_empty()
        assert store.inside("core")["step_gaps"] == "view"
        assert "forgotten" not in store.inside("core")
