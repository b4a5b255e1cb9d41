"""The demo makes all of an audit, keeps it to itself, and changes nothing when done again."""

import csv
import json
import os
import re
import stat

import pytest

import sample_data
from etl.store import Store
from metrics.release import TABLES
from tests import pdfs
from tests.flow.conftest import case_audit

NOBODY = re.compile(
    rb"BH-\d{5}|\bC4\d{4}\b|\bC9900\d\b|\bS\d{5}\b|Invented summary|Reporter \d{4}"
)


def test_it_says_every_step_and_where_to_look(audit):
    first = audit.runs[0]
    assert first.code == 0
    for number in range(1, 6):
        assert f"{number}/5 " in first.err
    assert first.out.count("  release    ") == 3
    reports = re.findall(r"  report     .*(\.\w+)", first.out)
    assert reports == [".pdf", ".html"] * 3
    assert str(audit.folder) in first.out


def test_every_row_of_every_file_is_accounted_for_on_the_way(audit):
    told = re.findall(
        r"([\d,]+) rows in = ([\d,]+) loaded \+ ([\d,]+) rejected \+ ([\d,]+) exact repeats",
        audit.runs[0].err,
    )
    counts = [[int(number.replace(",", "")) for number in line] for line in told]
    assert len(counts) == len(sample_data.EXPORTS)
    for rows_in, *parts in counts:
        assert rows_in == sum(parts)


def test_done_again_it_changes_no_release_and_no_report(audit):
    first, second = audit.left
    kept = [name for name in first if name.startswith(("releases/", "reports/"))]
    assert len([name for name in kept if name.startswith("releases/")]) == 3
    assert {name: second[name] for name in kept} == {name: first[name] for name in kept}
    assert set(second) == set(first)


def test_done_again_it_loads_nothing_twice(audit):
    said = audit.runs[1]
    assert said.code == 0
    same = "the same bytes are loaded already, as of 2026-09-30; nothing changed"
    assert said.err.count(same) == len(sample_data.EXPORTS)
    rows = audit.store(
        "select count(*) as n, count(distinct sha256) as kinds from core.snapshots"
    )
    assert rows.row(0) == (len(sample_data.EXPORTS),) * 2


def test_done_again_it_leaves_the_workspaces_own_files_as_they_are(audit):
    first, second = audit.left
    for name in ("secret.key", "case-audit.toml", "headcount.csv", "rules/deadlines.toml"):
        assert first[name] == second[name]


def test_every_file_and_folder_is_for_its_owner_alone(audit):
    open_to_others = {
        str(path): oct(stat.S_IMODE(path.stat().st_mode))
        for path in (audit.folder, *audit.folder.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & (0o077 if path.is_dir() else 0o177)
    }
    assert open_to_others == {}


def test_it_is_so_although_the_machine_lets_everybody_read(tmp_path):
    before = os.umask(0o022)
    try:
        folder = tmp_path / "w"
        assert case_audit("init", folder).code == 0
        export = sample_data.FOLDER / "beacon_cases.csv"
        loaded = case_audit("load", export, "--as-of", "2026-03-31", "--workspace", folder)
        assert loaded.code == 0, loaded.err
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes == {0o600, 0o700}


# Nobody's number, name or words leave the exports


def test_the_search_finds_what_it_looks_for_in_the_exports():
    for name in sample_data.EXPORTS:
        if name.endswith(".csv"):
            assert NOBODY.search((sample_data.FOLDER / name).read_bytes()), name
    with (sample_data.FOLDER / "beacon_cases.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert NOBODY.fullmatch(row["Case ref"].encode())


def test_no_case_number_name_or_summary_is_in_the_bytes_of_any_file(audit):
    assert len(audit.files) > 20
    found = [path.name for path in audit.files if NOBODY.search(path.read_bytes())]
    assert found == []
    printed = [path for path in audit.files if path.suffix == ".pdf"]
    assert len(printed) == 3
    for path in printed:
        assert not NOBODY.search(pdfs.unpacked(path.name, path.read_bytes()).encode())


def test_none_is_in_what_was_said(audit):
    for said in audit.runs:
        assert not NOBODY.search((said.out + said.err).encode())


def texts(store: Store) -> list[str]:
    """Every text of every table, which a database may keep in another form than its bytes."""
    columns = store.frame(
        "select table_schema, table_name, column_name from information_schema.columns"
        " where data_type like '%VARCHAR%'"
    )
    found: list[str] = []
    for schema, table, column in columns.iter_rows():
        rows = store.frame(
            f'select distinct "{column}"::text as told from "{schema}"."{table}"'
        )
        found += [text for text in rows["told"] if text is not None]
    return found


def test_none_is_in_any_text_of_the_store_or_of_a_release(audit):
    for path in [path for path in audit.files if path.suffix == ".duckdb"]:
        with Store.open(path, mode="read") as store:
            told = texts(store)
        assert len(told) > 100
        assert [text for text in told if NOBODY.search(text.encode())] == []


def test_no_release_or_report_has_the_pseudonym_of_a_case(audit):
    keys = audit.store("select distinct case_key from core.cases")["case_key"].to_list()
    assert len(keys) == 2005
    assert all(re.fullmatch(r"\w+", key) for key in keys)
    for folder in ("releases", "reports"):
        for path in (audit.folder / folder).rglob("*"):
            if path.suffix == ".duckdb":
                with Store.open(path, mode="read") as store:
                    assert not set(keys) & set(texts(store))
            elif path.is_file():
                page = pdfs.unpacked(path.name, path.read_bytes())
                assert not set(keys) & set(re.findall(r"\w+", page))


@pytest.mark.parametrize("audience", ["committee", "leadership", "public"])
def test_a_release_holds_the_tables_it_promises_and_no_other(releases, audience):
    with Store.open(releases[audience].path, mode="read") as store:
        names = store.frame("select table_name from information_schema.tables")["table_name"]
        assert set(names) == set(TABLES)


def test_the_sample_is_covered_from_its_first_day(releases):
    told = releases["committee"].manifest
    assert told["coverage_from"] == sample_data.RECEIVED_FROM.isoformat()
    assert told["coverage_until"] == sample_data.AS_OF.isoformat()


def test_figures_come_out_as_json_for_scripts(audit, run):
    said = run("figures", "committee", "--workspace", audit.folder, "--format", "json")
    assert len(json.loads(said.out)) > 10_000
