"""A release as CSV files with a description of every column, for people and programs."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from io import StringIO

import polars as pl

from dashboard.figure import base_of
from dashboard.phrases import STATE_MARKERS, period_name
from dashboard.protection import bounds_of, where_alone
from metrics.release import Release

# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
NOT_APPLICABLE = "[z]"
MARKERS = {
    "[c]": "confidential: withheld to protect people",
    "[u]": "too few to give a reliable number",
    "[x]": "not available: no data, not assessable or not comparable",
    "[z]": "does not apply, or not reached yet",
}
# Where the ledger stood when it was sealed binds what is not told: it stays in the release.
ANCHORS = ("ledger_entries", "ledger_head")
KEY = (
    "metric", "measure", "part", "breakdown", "level", "period", "period_start",
)  # fmt: skip
COLUMNS = {
    "metric": ("string", "what is measured; see definitions.csv"),
    "measure": ("string", "the number the metric yields; see definitions.csv"),
    "part": ("string", "the deadline rule, empty where the metric has none"),
    "breakdown": ("string", "what the figure is split by; all: not split"),
    "level": ("string", "the value of the breakdown"),
    "level_title": ("string", "the level in words"),
    "period": ("string", "month, quarter, year or whole"),
    "period_start": ("date", "first day of the period"),
    "period_end": ("date", "first day after the period"),
    "period_name": ("string", "the period in words"),
    "complete": ("boolean", "whether the data cover the whole period"),
    "value": ("number", "the figure; shares are from 0 to 1"),
    "low": ("number", "lower end of the 95% interval"),
    "high": ("number", "upper end of the 95% interval"),
    "numerator": ("number", "what is counted"),
    "denominator": ("number", "what it is counted of"),
    "pending": ("number", "not due or not resolved yet, outside the denominator of a deadline"),
    "missing": ("number", "not assessable, or not answered"),
    "worst": ("number", "the value if everything missing had gone wrong"),
    "best": ("number", "the value if everything missing had gone right"),
    "state": ("string", "ok, or why there is no value"),
    "reason": ("string", "the state in a sentence"),
}
DEFINITIONS = (
    "metric", "metric_title", "question", "cohort", "measure", "title", "unit_of_value",
    "better", "definition", "source", "depends_on",
)  # fmt: skip
BOUND_COLUMNS = {
    "metric": ("string", "what is counted; see definitions.csv"),
    "period": ("string", "quarter or year"),
    "period_start": ("date", "first day of the period"),
    "period_end": ("date", "first day after the period"),
    "within": ("number", "how far at most the truth is from a count of it"),
    "within_months": ("number", "and from a count of one of its months"),
}
_ABOUT_BOUNDS = "bounds.csv        how far at most each count is from the truth\n"
ABSENT = "The release has no figure for this combination."

Value = str | float | bool | date | list[str] | None


def render(release: Release, *, notice: str = "") -> dict[str, str]:
    """File names and their text; the same release gives the same bytes.

    `notice` begins the README, such as that the release is not published.
    """
    files = {
        "figures.csv": text_of(COLUMNS, figure_rows(release)),
        "definitions.csv": text_of(DEFINITIONS, definition_rows(release)),
    }
    if base_of(release) > 1:
        files["bounds.csv"] = text_of(BOUND_COLUMNS, bound_rows(release))
    files["datapackage.json"] = package(release, files)
    files["README.txt"] = (f"{notice}\n\n" if notice else "") + readme(release)
    return files


def figure_rows(release: Release) -> Iterable[list[str]]:
    """One row per measure, level and period, present or not, so that absence says nothing."""
    for row in grid(release).iter_rows(named=True):
        state = row["state"]
        row["period_name"] = period_name(
            release, row["period"], row["period_start"], row["period_end"]
        )
        yield [
            cell(row[name], number=kind == "number", state=state)
            for name, (kind, _) in COLUMNS.items()
        ]


def grid(release: Release) -> pl.DataFrame:
    """Every measure at every declared level in every period, with its figure if it has one."""
    figures = release.table("figures")
    measures = figures.select("metric", "measure", "part").unique(maintain_order=True)
    spans = figures.select("period", "period_start", "period_end").unique(maintain_order=True)
    everything = pl.DataFrame(
        {
            "breakdown": ["all"],
            "level": ["all"],
            "level_title": [release.title_of("all", "all")],
        }
    )
    declared = release.table("levels").select("breakdown", "level", level_title="title")
    crossed = measures.join(pl.concat([everything, declared]), how="cross")
    crossed = crossed.join(spans, how="cross")
    joined = crossed.join(
        figures.drop("period_end"), on=list(KEY), how="left", maintain_order="left"
    )
    return joined.with_columns(
        reason=pl.when(pl.col("state").is_null()).then(pl.lit(ABSENT)).otherwise("reason"),
        state=pl.col("state").fill_null("no_data"),
    )


def definition_rows(release: Release) -> Iterable[list[str]]:
    """One row per measure."""
    for row in release.table("definitions").iter_rows(named=True):
        yield [cell(row[name]) for name in DEFINITIONS]


def bound_rows(release: Release) -> Iterable[list[str]]:
    """One row per metric and quarter or year: how far at most its counts are from the truth."""
    for each in bounds_of(release):
        row = (each.metric, each.period, each.start, each.end, each.within)
        yield [*(cell(value) for value in row), cell(each.within_months, number=True)]


def cell(value: Value, *, number: bool = False, state: str = "ok") -> str:
    """One cell: a number, a word that no spreadsheet runs, or a marker for why it is empty."""
    if number and (value is None or state == "withheld"):
        return STATE_MARKERS.get(state, NOT_APPLICABLE)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return guarded("; ".join(value) if isinstance(value, list) else value)


def number_text(value: float) -> str:
    """A number to six decimals, a whole one without any."""
    rounded = round(value, 6)
    return str(int(rounded)) if rounded == int(rounded) else repr(rounded)


def guarded(text: str) -> str:
    """Text with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def text_of(header: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A header and rows as the text of a CSV file."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def package(release: Release, files: dict[str, str]) -> str:
    """Types, meanings, markers and hashes of the files, as a Frictionless data package."""
    figures = [
        {"name": name, "type": kind, "description": words}
        for name, (kind, words) in COLUMNS.items()
    ]
    definitions = [{"name": name, "type": "string"} for name in DEFINITIONS]
    resources = [
        resource("figures", files["figures.csv"], figures, KEY),
        resource("definitions", files["definitions.csv"], definitions, KEY[:2]),
    ]
    if "bounds.csv" in files:
        fields = [
            {"name": name, "type": kind, "description": words}
            for name, (kind, words) in BOUND_COLUMNS.items()
        ]
        key = ("metric", "period", "period_start")
        resources.append(resource("bounds", files["bounds.csv"], fields, key))
    described = {
        "name": f"{release.id}".lower(),
        "title": (
            f"Ethics {release.manifest['case_word']} audit of"
            f" {release.manifest['organisation']}"
        ),
        "manifest": {
            name: told for name, told in release.manifest.items() if name not in ANCHORS
        },
        "markers": MARKERS,
        "resources": resources,
    }
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def resource(
    name: str, text: str, columns: list[dict[str, str]], key: Sequence[str]
) -> dict[str, object]:
    """One file of the package."""
    return {
        "name": name,
        "path": f"{name}.csv",
        "format": "csv",
        "encoding": "utf-8",
        "hash": f"sha256:{sha256(text.encode()).hexdigest()}",
        "schema": {
            "fields": columns,
            "primaryKey": list(key),
            "missingValues": ["", *MARKERS],
        },
    }


def readme(release: Release) -> str:
    """What the files are, in a page."""
    named = release.manifest
    markers = "\n".join(f"  {sign}  {words}" for sign, words in MARKERS.items())
    return (
        f"Ethics {named['case_word']} audit of {named['organisation']}\n"
        f"Release {release.id}, data to {release.as_of.isoformat()}\n\n"
        "figures.csv       every published figure with its counts, interval and state\n"
        "definitions.csv   what each measure means\n"
        f"{_ABOUT_BOUNDS if base_of(release) > 1 else ''}"
        "datapackage.json  types and meanings of the columns, and hashes of the files\n\n"
        f"In place of a number:\n{markers}\n\n"
        f"{where_alone(release)}\n"
        "A text that a spreadsheet would take for a formula has an apostrophe before it.\n"
    )
