"""The tables of one quarter as a workbook: one table a sheet, numbers as numbers.

After the guidance of the Government Analysis Function for spreadsheets: a cover, contents and
notes, every table from the first cell on, no merged and no blank cell, shorthand in brackets.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from dashboard.breakdowns import measure_title
from dashboard.check_tables import AT_FAULT, OUTCOMES, affected, damage, rows_failing
from dashboard.earlier import figure_before, moved_since
from dashboard.figure import Standing, base_of, months_after, standings
from dashboard.phrases import STATE_MARKERS, day_text
from dashboard.protection import (
    BOUNDS,
    audience_sentence,
    base_sentence,
    bounds_of,
    told_of,
)
from dashboard.report.csv import MARKERS, NOT_APPLICABLE, grid
from dashboard.report.html import title_of
from dashboard.wording import (
    checks_sentence,
    headline,
    method_note,
    quarter_name,
    subtitle,
    verdict_word,
)
from metrics.release import Release

Cell = str | float
Row = Sequence[Cell]

SHARE, DAYS, RATE, WHOLE = "0.0%", "#,##0.0", "#,##0.00", "#,##0"
FORMATS = {
    "share": SHARE, "days": DAYS, "per_100_people": RATE, "per_1000": RATE, "ratio": RATE,
}  # fmt: skip
UNITS = {
    "share": "share", "days": "days", "per_100_people": "per 100 people",
    "per_1000": "per 1,000", "ratio": "ratio", "cases": "cases",
}  # fmt: skip
_WIDEST = 60  # characters, above which a column wraps


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a sheet of its own; `formats` are of the columns that hold numbers.

    In a column whose format is "" each row has that of its own unit, named in `units`.
    """

    name: str
    holds: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    formats: Mapping[str, str]
    units: tuple[str, ...] = ()


def render(release: Release, quarter: date, *, notice: str = "") -> bytes:
    """The workbook of one quarter; the same release gives the same bytes.

    `notice` stands on the cover, such as that the release is not published.
    """
    tables = [
        _notes(release),
        _commitments(release, quarter),
        _figures(release, quarter),
        _definitions(release),
        _checks(release),
        *([_bounds(release)] if base_of(release) > 1 else []),
    ]
    contents = Sheet(
        "Contents",
        "What each sheet holds",
        ("Sheet", "What it holds", "Rows"),
        tuple((each.name, each.holds, len(each.rows)) for each in tables),
        {"Rows": WHOLE},
    )
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        book.set_properties(
            {
                "title": title_of(release, quarter),
                "created": datetime.combine(release.as_of, time(), tzinfo=UTC),
            }
        )
        _cover(book, release, quarter, notice)
        for each in (contents, *tables):
            _write(book, release, each)
    return target.getvalue()


def _cover(book: Workbook, release: Release, quarter: date, notice: str) -> None:
    named = release.manifest
    lines = [
        title_of(release, quarter),
        *([notice] if notice else []),
        named["organisation"],
        subtitle(release, quarter),
        headline(release, quarter),
        audience_sentence(release),
        f"Release {release.id}, data to {day_text(release.as_of)}.",
        f"Questions about these figures: {named['policy_owner']}.",
    ]
    sheet = book.add_worksheet("Cover")
    sheet.set_column(0, 0, 100, book.add_format({"text_wrap": True, "valign": "top"}))
    _for_paper(sheet, release)
    large = book.add_format({"bold": True, "font_size": 16, "text_wrap": True})
    for place, line in enumerate(lines):
        sheet.write_string(place, 0, line, *([large] if place == 0 else []))


def _for_paper(sheet: Worksheet, release: Release) -> None:
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    named = f"{release.id}, for: {release.audience}".replace("&", "&&")
    sheet.set_footer(f"&L&A, {named}&RPage &P of &N")


def _write(book: Workbook, release: Release, table: Sheet) -> None:
    sheet = book.add_worksheet(table.name)
    _for_paper(sheet, release)
    sheet.freeze_panes(1, 1)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1})
    words = book.add_format({"text_wrap": True, "valign": "top"})
    numbers = {
        kind: book.add_format({"num_format": kind, "valign": "top"})
        for kind in (SHARE, DAYS, RATE, WHOLE)
    }
    right = book.add_format({"align": "right", "valign": "top"})
    for column, name in enumerate(table.header):
        sheet.write_string(0, column, name, head)
        longest = max((len(str(row[column])) for row in table.rows), default=0)
        sheet.set_column(column, column, min(_WIDEST, max(10, len(name), longest)) + 2)
        kind = table.formats.get(name)
        for place, row in enumerate(table.rows, start=1):
            cell = row[column]
            if isinstance(cell, str):  # written as text, whatever a spreadsheet may think of it
                sheet.write_string(place, column, cell, words if kind is None else right)
            else:
                own = kind or FORMATS.get(table.units[place - 1], WHOLE)
                sheet.write_number(place, column, cell, numbers[own])
    if table.rows:
        heads = [{"header": name, "header_format": head} for name in table.header]
        marked = {"name": table.name, "columns": heads, "style": None}
        sheet.add_table(0, 0, len(table.rows), len(table.header) - 1, marked)


def _notes(release: Release) -> Sheet:
    said = [("Verdicts", method_note(release)), ("Protection", audience_sentence(release))]
    said += [("Counts", base)] if (base := base_sentence(release)) else []
    said += [("Data checks", checks_sentence(release))]
    rows = (*MARKERS.items(), *said)
    return Sheet("Notes", "Shorthand and method", ("Note", "Meaning"), rows, {})


def _number(value: float | None, state: str) -> Cell:
    """A number to six decimals, or the shorthand for why there is none."""
    if value is None or state == "withheld":
        return STATE_MARKERS.get(state, NOT_APPLICABLE)
    return round(value, 6)


def _commitments(release: Release, quarter: date) -> Sheet:
    before, last_year = (quarter_name(release, months_after(quarter, -n)) for n in (3, 12))
    header = (
        "Commitment", "Owner", "Result", "Share", "Counted", "Of", "Target",
        f"Since {before}", "Compared with the past", last_year,
    )  # fmt: skip
    rows = tuple(_commitment(release, row, quarter) for row in standings(release, quarter))
    formats = {"Share": SHARE, "Counted": WHOLE, "Of": WHOLE, "Target": SHARE, last_year: SHARE}
    return Sheet("Commitments", "Each commitment and its result", header, rows, formats)


def _commitment(release: Release, row: Standing, quarter: date) -> Row:
    figure = row.figure
    moved, usual = moved_since(release, row, quarter)
    year_ago = figure_before(release, row, quarter, months=12)
    return (
        row.title,
        row.owner or NOT_APPLICABLE,
        verdict_word(row.verdict),
        _number(figure.value, figure.state),
        _number(figure.numerator, figure.state),
        _number(figure.denominator, figure.state),
        row.target,
        moved or NOT_APPLICABLE,
        usual or NOT_APPLICABLE,
        _number(year_ago.value, year_ago.state),
    )


_NUMBERS = {
    "value": "Value", "low": "Low", "high": "High", "numerator": "Counted",
    "denominator": "Of", "pending": "Pending", "missing": "Missing", "worst": "Worst",
    "best": "Best",
}  # fmt: skip
_OF_VALUE = ("Value", "Low", "High", "Worst", "Best")


def _figures(release: Release, quarter: date) -> Sheet:
    of_quarter = grid(release).filter(period="quarter", period_start=quarter)
    titled = release.table("definitions").select(
        "metric", "measure", "metric_title", "title", "unit_of_value"
    )
    joined = of_quarter.join(
        titled, on=["metric", "measure"], how="left", maintain_order="left"
    ).with_columns(pl.col("unit_of_value").fill_null("share"))
    found = list(joined.iter_rows(named=True))
    parts = {
        part: measure_title(release, "", "", part) or part
        for part in joined["part"].unique()
        if part
    }
    header = (
        "Metric", "Measure", "Deadline", "Split by", "Level", "Unit of value",
        *_NUMBERS.values(), "Why",
    )  # fmt: skip
    return Sheet(
        "Figures",
        f"Every figure of {quarter_name(release, quarter)}, or why there is none",
        header,
        tuple(_figure(row, parts.get(row["part"], NOT_APPLICABLE)) for row in found),
        dict.fromkeys(_OF_VALUE, "")
        | dict.fromkeys(("Counted", "Of", "Pending", "Missing"), WHOLE),
        tuple(row["unit_of_value"] for row in found),
    )


def _figure(row: Mapping[str, Any], part: str) -> Row:
    return (
        row["metric_title"] or row["metric"],
        row["title"] or row["measure"],
        part,
        row["breakdown"],
        row["level_title"],
        UNITS.get(row["unit_of_value"], row["unit_of_value"]),
        *(_number(row[name], row["state"]) for name in _NUMBERS),
        row["reason"] or NOT_APPLICABLE,
    )


def _bounds(release: Release) -> Sheet:
    rows = tuple(
        (each.title, *told)
        for each in bounds_of(release)
        for told in told_of(release, each, apart=not each.is_alike)
    )
    header = ("Counts of", "In", "At most off by")
    return Sheet("Bounds", BOUNDS, header, rows, {"At most off by": WHOLE})


def _definitions(release: Release) -> Sheet:
    names = ("metric_title", "title", "question", "cohort", "definition", "source")
    rows = tuple(
        tuple(text or NOT_APPLICABLE for text in row)
        for row in release.table("definitions").select(names).iter_rows()
    )
    header = ("Metric", "Measure", "Question", "Counted", "Definition", "Source")
    return Sheet("Definitions", "What each measure counts", header, rows, {})


def _checks(release: Release) -> Sheet:
    found = [v for v in release.table("verdicts").to_dicts() if v["outcome"] in AT_FAULT]
    rows = tuple(
        (
            verdict["title"],
            OUTCOMES[(verdict["outcome"], verdict["severity"])][1],
            affected(release, verdict["affects"] or []),
            rows_failing(verdict),
            verdict["why"] or NOT_APPLICABLE,
            verdict["remedy"] or NOT_APPLICABLE,
            verdict["owner"] or NOT_APPLICABLE,
        )
        for verdict in sorted(found, key=damage)
    )
    header = (
        "Check", "Result", "Figures affected", "Rows failing", "Why it matters", "What to do",
        "Owner",
    )  # fmt: skip
    return Sheet("Checks", "Data checks that found something", header, rows, {})
