"""Where rows in doubt sit: the unit, the channel and the month, from protected counts."""

from datetime import date
from html import escape

import polars as pl

from dashboard.figure import Standing, base_of, months_after, standings
from dashboard.markup import Cell, Column, plain, table
from dashboard.phrases import count, month_text
from metrics.release import Release

# Outcomes that stand for rows of which something is not known.
UNKNOWN = ("not_assessable", "unusable", "unrecorded")
_DOUBTED = "_(unsure|misplaced|extra)$"


def where(release: Release, quarter: date) -> str:
    """For each commitment with rows in doubt: where more than half of them are."""
    rows = [
        row
        for standing in standings(release, quarter)
        if (row := _row(release, standing, quarter)) is not None
    ]
    if not rows:
        return ""
    columns = [
        Column("Figure"),
        Column("Rows in doubt", "number"),
        Column("Unit"),
        Column("Channel"),
        Column("Month"),
    ]
    note = "The level that has more than half of them; a dash where they are spread."
    if base_of(release) != 1:
        note += " Counts are protected, so they are approximate."
    html = table("Where rows in doubt sit", columns, rows)
    return f'{html}<p class="ca-note">{escape(note)}</p>'


def _row(release: Release, standing: Standing, quarter: date) -> list[Cell] | None:
    figure = standing.figure
    cells = release.table("cubes").filter(
        (pl.col("metric") == figure.metric)
        & (pl.col("part") == figure.part)
        & (pl.col("month") >= quarter)
        & (pl.col("month") < months_after(quarter, 3))
        & (pl.col("outcome").is_in(UNKNOWN) | pl.col("outcome").str.contains(_DOUBTED))
    )
    total = int(cells.filter(pl.col("breakdown") == "all")["n"].sum())
    if not total:
        return None
    return [
        plain(standing.title),
        plain(count(total)),
        plain(_most(release, cells, "unit", total)),
        plain(_most(release, cells, "channel", total)),
        plain(_month(cells, total)),
    ]


def _most(release: Release, cells: pl.DataFrame, breakdown: str, total: int) -> str:
    found = (
        cells.filter(pl.col("breakdown") == breakdown)
        .group_by("level")
        .agg(pl.col("n").sum())
        .sort("n", "level", descending=[True, False])
    )
    if not found.height or 2 * found["n"][0] <= total:
        return "–"
    return f"{release.title_of(breakdown, found['level'][0])} ({count(found['n'][0])})"


def _month(cells: pl.DataFrame, total: int) -> str:
    found = (
        cells.filter(pl.col("breakdown") == "all")
        .group_by("month")
        .agg(pl.col("n").sum())
        .sort("n", "month", descending=[True, False])
    )
    if not found.height or 2 * found["n"][0] <= total:
        return "–"
    return f"{month_text(found['month'][0])} ({count(found['n'][0])})"
