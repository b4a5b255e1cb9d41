"""What an export says of people is nowhere in a workspace."""

import csv
from pathlib import Path

import pytest

from etl.store import Store
from tests import pdfs
from tests.hotline_export import HEADER, write_hotline

FORMS = {  # a sheet is for everybody
    "committee": ("pdf", "html", "xlsx", "csv"),
    "leadership": ("pdf", "html", "xlsx", "csv"),
    "public": ("pdf", "html", "xlsx", "csv", "sheet"),
}
NUMBER, PERSON, WORDS, TYPED = "HGKANARI", "Kanarievogel", "zwitscherte", "Papageientaucher"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """A workspace after every verb that reads an export with a canary wherever people are."""
    from tests.flow.conftest import case_audit

    folder = tmp_path_factory.mktemp("canaries")
    export, made = folder / "hinweise.csv", folder / "w"
    write_hotline(export)
    _with_canaries(export)
    description = made / "sources" / "lotse.toml"
    key = ("--key-file", made / "secret.key", "--purpose", "a test")
    at = ("--workspace", made)
    for arguments in (
        ("init", made),
        ("source", "draft", export, "--name", "lotse", "--to", description, *at),
        ("load", export, "--as-of", "2026-06-30", "--accept-rejects", "2", *at),
        ("load", export, "--as-of", "2026-06-30", "--accept-rejects", "2", *at),
        ("check", *at),
        *(
            arguments
            for audience, forms in FORMS.items()
            for arguments in (
                ("publish", "--audience", audience, *at),
                *(("report", audience, "--format", form, *at) for form in forms),
            )
        ),
        ("reveal", "C-0000-0000-00", "--export", export, *key, *at),
    ):
        said = case_audit(*arguments)
        assert said.code in (0, 1), said.err
        if arguments[:2] == ("source", "draft"):
            text = description.read_text(encoding="utf-8")
            description.write_text(
                text.replace('"eingestellt" = "?"', '"eingestellt" = "referred"')
            )
    return made


def _with_canaries(export: Path) -> None:
    with export.open(encoding="cp1252", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    for number, row in enumerate(rows):
        row["Fallnummer"] = f"{NUMBER}{number}"
        row["Bearbeiter"] = f"{PERSON} {number}"
        row["Sachverhalt"] = f"{PERSON} {WORDS}; {number}"
        row["Zeugin"] = f"{PERSON}, Anna {number}"
    rows[3]["Kategorie"] = TYPED
    rows[4]["Eingangsdatum"] = TYPED
    with export.open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, (*HEADER, "Zeugin"), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def canaries_in(path: Path) -> set[str]:
    data = path.read_bytes()
    if path.suffix in {".pdf", ".xlsx"}:
        data += pdfs.unpacked(path.name, data).encode()
    return {
        canary
        for canary in (NUMBER, PERSON, WORDS, TYPED)
        if canary.encode() in data or canary.encode("utf-16-le") in data
    }


def test_it_holds_what_it_should(workspace):
    assert {path.suffix for path in workspace.rglob("*") if path.is_file()} >= {
        ".duckdb", ".toml", ".html", ".csv", ".jsonl", ".key",
    }  # fmt: skip
    with Store.open(workspace / "audit.duckdb", mode="read") as store:
        assert store.frame("select count(*) from core.cases").item() == 238


def test_every_audience_has_every_form_of_report(workspace):
    for audience in FORMS:
        assert len(list(workspace.glob(f"releases/*-{audience}-*.duckdb"))) == 1
        made = {path.suffix for path in workspace.glob(f"reports/*{audience}*")}
        made |= {path.suffix for path in workspace.glob(f"reports/*{audience}*/*")}
        assert made >= {".pdf", ".html", ".xlsx", ".csv"}


def test_no_byte_of_a_workspace_has_a_number_a_name_or_a_word_of_anybody(workspace):
    assert canaries_in(workspace.parent / "hinweise.csv") == {NUMBER, PERSON, WORDS, TYPED}
    files = [path for path in workspace.rglob("*") if path.is_file()]
    assert {path.name: found for path in files if (found := canaries_in(path))} == {}


def test_no_value_of_a_database_does_although_it_is_packed(workspace):
    for path in workspace.rglob("*.duckdb"):
        with Store.open(path, mode="read") as store:
            tables = store.frame(
                "select table_schema || '.' || table_name as name"
                " from information_schema.tables"
            )["name"]
            for table in tables:
                text = store.frame(f"select * from {table}").write_json()
                assert not any(c in text for c in (NUMBER, PERSON, WORDS, TYPED)), table
