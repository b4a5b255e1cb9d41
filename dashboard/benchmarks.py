"""Published figures of others beside ours: only where the definitions match."""

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl

from dashboard.figure import base_of
from dashboard.markup import Cell, Column, plain, table, two_lines
from dashboard.phrases import value_text, year_name
from dashboard.series import Subject
from metrics.release import Release


def published_elsewhere(release: Release, subject: Subject, unit: str) -> str:
    """A table of what others have published of a measure; empty where there is nothing."""
    rows = release.table("benchmarks").filter(
        pl.col("metric") == subject.metric, pl.col("measure") == subject.measure
    )
    if rows.is_empty():
        return ""
    columns = [
        Column("Published figure and its source"),
        Column("Year", "number"),
        Column("Theirs", "number"),
        Column("Ours"),
    ]
    body = [_row(release, row, unit) for row in rows.iter_rows(named=True)]
    note = (
        "Medians over organisations, each edition by its own method: one year must not be read"
        " against another."
    )
    caption = "Published elsewhere"
    return f'{table(caption, columns, body)}<p class="ca-note">{escape(note)}</p>'


def _row(release: Release, row: Mapping[str, Any], unit: str) -> list[Cell]:
    source = f"{row['source']} (read in {row['read']})"
    return [
        two_lines(source, row["population"], size="plain"),
        plain(str(row["data_year"])),
        plain(value_text(row["value"], unit)),
        _ours(release, row, unit),
    ]


def _ours(release: Release, row: Mapping[str, Any], unit: str) -> Cell:
    if row["state"] != "ok":
        return two_lines("not comparable", f"because {row['reason']}", size="plain")
    low, high = row["our_low"], row["our_high"]
    interval = (
        ""
        if low is None or high is None
        else (f", 95% interval {value_text(low, unit)} to {value_text(high, unit)}")
    )
    year = year_name(release, row["our_year"])
    return two_lines(
        value_text(row["ours"], unit, base=base_of(release)), f"{year}{interval}", size="bold"
    )
