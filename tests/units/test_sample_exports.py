"""The exports of the sample organisation: made again the same, small, and described."""

import ast
import csv
import tomllib
import zipfile
from datetime import timedelta
from pathlib import Path

import holidays
import polars as pl
import pytest

import sample_data
from sample_data import organisation
from sample_data.generate import main, write_exports

ROOT = Path(sample_data.__file__).parents[1]
LAYOUTS = {
    "beacon_cases.csv": ("beacon", "cases"),
    "beacon_history.csv": ("beacon", "history"),
    "beacon_surveys.csv": ("beacon", "surveys"),
    "casebook_allegations.csv": ("casebook", "allegations"),
    "casebook_history.xlsx": ("casebook", "history"),
    "casebook_surveys.csv": ("casebook", "surveys"),
}


def source(name):
    return tomllib.loads(
        (ROOT / "etl" / "sources" / f"{name}.toml").read_text(encoding="utf-8")
    )


def frame_of(name):
    path = sample_data.FOLDER / name
    if path.suffix == ".xlsx":
        return pl.read_excel(path, infer_schema_length=0)
    export = source(LAYOUTS[name][0])["exports"][LAYOUTS[name][1]]
    text = path.read_bytes().decode(export["encoding"])
    header, *rows = csv.reader(text.splitlines(), delimiter=export["delimiter"])
    return pl.DataFrame(rows, schema=header, orient="row")


def contents(path):
    """The bytes of a file; of a workbook, those of its parts, however hard they are packed."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return [
            (part.filename, part.date_time, archive.read(part)) for part in archive.filelist
        ]


def test_the_committed_exports_are_what_the_generator_writes(tmp_path):
    write_exports(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == set(sample_data.EXPORTS)
    for name in sample_data.EXPORTS:
        assert contents(tmp_path / name) == contents(sample_data.FOLDER / name), name


def test_the_command_writes_the_exports_into_the_folder_it_is_given(tmp_path):
    assert main([str(tmp_path / "new")]) == 0
    assert {path.name for path in (tmp_path / "new").iterdir()} == set(sample_data.EXPORTS)


def test_the_command_without_a_folder_says_how_it_is_called(capsys):
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


def test_the_committed_exports_are_small():
    sizes = [(sample_data.FOLDER / name).stat().st_size for name in sample_data.EXPORTS]

    assert sum(sizes) < 2_000_000


def test_the_working_days_of_the_generator_are_those_of_england():
    england = holidays.country_holidays("GB", subdiv="ENG", years=range(2023, 2027))
    length = (sample_data.AS_OF - sample_data.RECEIVED_FROM).days
    days = [sample_data.RECEIVED_FROM + timedelta(days=number) for number in range(length)]

    free = [day for day in days if day.weekday() < 5 and not organisation.is_working(day)]
    assert free == [day for day in days if day.weekday() < 5 and day in england]


@pytest.mark.parametrize("name", sample_data.EXPORTS)
def test_every_column_of_an_export_is_described_once(name):
    system, export = LAYOUTS[name]
    described = source(system)["exports"][export]
    columns = [
        *described["columns"].values(),
        *described.get("events", {}).values(),
        *described.get("ignored", ()),
    ]

    assert sorted(frame_of(name).columns) == sorted(columns)


@pytest.mark.parametrize("name", sample_data.EXPORTS)
def test_every_code_of_an_export_is_described_but_for_the_planted_one(name):
    system, export = LAYOUTS[name]
    described, codes = source(system)["exports"][export], source(system)["codes"]
    frame = frame_of(name)
    strange = {
        code
        for field, column in described["columns"].items()
        if field in codes
        for code in frame[column].unique()
        if code and code not in codes[field]
    }

    assert strange == ({"99 TEST"} if export == "allegations" else set())


def test_both_systems_have_the_same_words_for_what_they_share():
    beacon, casebook = source("beacon")["labels"], source("casebook")["labels"]

    assert beacon["unit"] == casebook["unit"]
    assert beacon["category"] == casebook["category"]
    assert set(beacon["unit"]) == set(organisation.UNITS)


def test_every_unit_has_a_headcount_from_the_first_day_on():
    for unit in organisation.UNITS:
        assert organisation.people(unit, sample_data.RECEIVED_FROM) >= 6


def test_every_annotation_is_about_a_unit_and_a_deadline_that_exist():
    text = (sample_data.WORKSPACE / "annotations.csv").read_text(encoding="utf-8")
    rules = (sample_data.WORKSPACE / "rules/deadlines.toml").read_text(encoding="utf-8")
    names = {rule["name"] for rule in tomllib.loads(rules)["deadline"]}

    for row in csv.DictReader(text.splitlines()):
        assert row["owner"]
        assert row["unit"] in {"", *organisation.UNITS}
        assert row["part"] in {"", *names}


def test_no_escalation_is_taken_for_done_because_of_what_came_later():
    rules = (sample_data.WORKSPACE / "rules/deadlines.toml").read_text(encoding="utf-8")
    escalations = [r for r in tomllib.loads(rules)["deadline"] if r["to"] == "escalated"]

    assert [rule.get("passed_by", []) for rule in escalations] == [[]]


def test_the_sample_data_needs_nothing_but_python():
    allowed = {
        "sample_data",
        "collections",
        "csv",
        "dataclasses",
        "datetime",
        "functools",
        "io",
    }
    allowed |= {"math", "pathlib", "random", "statistics", "sys", "typing", "xml", "zipfile"}
    for path in Path(sample_data.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name)
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert {name.split(".")[0] for name in named} <= allowed, path.name
