from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest

from dashboard.figure import standings
from dashboard.report import csv, xlsx
from metrics.release import TABLES
from tests.releases import QUARTER, release


@pytest.fixture(scope="module")
def data() -> bytes:
    return xlsx.render(release(), QUARTER)


def sheet(data: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet, whose first row names the columns."""
    cells = pl.read_excel(BytesIO(data), sheet_name=name, has_header=False)
    header, *rows = cells.rows()
    return [dict(zip(header, row, strict=True)) for row in rows]


def parts(data: bytes) -> dict[str, str]:
    """The files that a workbook is packed of."""
    with ZipFile(BytesIO(data)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_the_first_sheets_say_what_it_is_what_is_in_it_and_what_shorthand_means(data: bytes):
    book = parts(data)["xl/workbook.xml"]
    names = ["Cover", "Contents", "Notes", "Commitments", "Figures", "Definitions", "Checks"]
    assert sorted(names, key=lambda name: book.index(f'name="{name}"')) == names
    (cover,) = pl.read_excel(BytesIO(data), sheet_name="Cover", has_header=False)
    assert cover[0] == "Ethics concern audit, Q3 2026"
    assert any("One of six commitments was not met" in line for line in cover)
    assert [row["Sheet"] for row in sheet(data, "Contents")] == names[2:]
    notes = {row["Note"] for row in sheet(data, "Notes")}
    assert set(csv.MARKERS) <= notes


def test_the_commitments_are_those_of_the_page(data: bytes):
    rows = sheet(data, "Commitments")
    for row, standing in zip(rows, standings(release(), QUARTER), strict=True):
        assert row["Commitment"] == standing.title
        assert float(row["Share"]) == pytest.approx(standing.figure.value, abs=1e-6)
        assert float(row["Counted"]) == standing.figure.numerator
    assert rows[2]["Result"] == "Not met"
    assert rows[2]["Since Q2 2026"] == "down 21 pts"


def test_every_figure_of_the_quarter_is_there_or_says_why_not(data: bytes):
    rows = sheet(data, "Figures")
    assert len(rows) == 15 * (1 + 5)
    of_unit = {(row["Deadline"], row["Level"]): row for row in rows}
    shown = of_unit["Finish investigation within 60 days", "All units"]
    assert float(shown["Value"]) == pytest.approx(119 / 190, abs=1e-6)
    few = [row for row in rows if row["Value"] == "[u]"]
    assert few
    assert all(len(row["Why"]) > 3 for row in few)


def test_a_withheld_figure_has_its_sign_in_place_of_every_number():
    rows = [row | {"state": "withheld"} for row in release().table("figures").to_dicts()]
    data = xlsx.render(release(figures=rows), QUARTER)
    told = [row for row in sheet(data, "Figures") if row["Value"] == "[c]"]
    assert told
    for row in told:
        assert {row[name] for name in xlsx._NUMBERS.values()} == {"[c]"}


def test_no_cell_is_blank_or_merged(data: bytes):
    for name in ("Contents", "Notes", "Commitments", "Figures", "Definitions", "Checks"):
        for row in sheet(data, name):
            assert all(cell not in {None, ""} for cell in row.values()), (name, row)
    assert not any("mergeCell" in text for text in parts(data).values())


def test_numbers_are_numbers_and_signs_are_words(data: bytes):
    text = parts(data)["xl/worksheets/sheet5.xml"]
    assert text.count("<v>") > text.count('t="s"') > 0


@pytest.mark.parametrize("name", ["=1+1", "+1", "@SUM(A1)", "https://example.org", "a\x07b<&>"])
def test_what_people_wrote_is_neither_a_formula_nor_a_link(name: str):
    levels = [row | {"title": name} for row in release().table("levels").to_dicts()]
    data = xlsx.render(release(levels=levels), QUARTER)
    held = parts(data)
    assert not any("<f>" in text or "hyperlink" in text for text in held.values())
    told = {row["Level"] for row in sheet(data, "Figures")}
    assert name in told


def test_the_same_release_gives_the_same_bytes_with_the_day_of_its_data(data: bytes):
    assert xlsx.render(release(), QUARTER) == data
    day = datetime(2026, 10, 31, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    core = parts(data)["docProps/core.xml"]
    assert core.count(day) == 2
    assert "<dc:creator></dc:creator>" in core
    with ZipFile(BytesIO(data)) as packed:
        assert {each.date_time for each in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_not_published_says_so_on_the_cover():
    data = xlsx.render(release(), QUARTER, notice="Not published: wait.")
    assert "Not published: wait." in pl.read_excel(
        BytesIO(data), sheet_name="Cover", has_header=False
    ).to_series().to_list()  # fmt: skip


def test_an_empty_release_is_still_a_workbook():
    nothing: dict[str, Any] = {name: [] for name in TABLES if name != "manifest"}
    data = xlsx.render(release(**nothing), QUARTER)
    assert len(sheet(data, "Contents")) == 5


def test_only_a_workbook_of_rounded_counts_tells_their_bounds(data: bytes):
    rounded = xlsx.render(release(base="10"), QUARTER)
    told = {
        (row["Counts of"], row["In"]): row["At most off by"] for row in sheet(rounded, "Bounds")
    }
    assert told["Report frequency", "Q3 2026 and its months"] == "9"
    assert told["Report frequency", "2025"] == "36"
    looser = release(base="10")
    looser.manifest["loose"] = "report_frequency:2026-07-01:1/0"
    rows = sheet(xlsx.render(looser, QUARTER), "Bounds")
    told = {(row["Counts of"], row["In"]): row["At most off by"] for row in rows}
    assert told["Report frequency", "Q3 2026"] == "9"
    assert told["Report frequency", "Months of Q3 2026"] == "19"
    assert 'name="Bounds"' not in parts(data)["xl/workbook.xml"]
