"""HTML of the figures that are no commitment: may they be used, how wrong could they be?"""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import polars as pl

from dashboard.breakdowns import measure_title
from dashboard.consequences import NAMES
from dashboard.figure import Figure, base_of, standings
from dashboard.markup import Cell, Column, badge, plain, short_cell, table, two_lines
from dashboard.phrases import between, capital, count, in_words, unit_of, value_text
from metrics.release import Release

USES = {
    "fit": ("✓", "Safe", "better"),
    "caution": ("◆", "Caution", "caution"),
    "not_fit": ("■", "Not fit", "concern"),
}
NOT_FIT, CAUTION, FIT = "not_fit", "caution", "fit"
_GRAVEST = {NOT_FIT: 0, CAUTION: 1, FIT: 2}


def others(release: Release, quarter: date) -> str:
    """One sentence about all of them, and a table of those that need care or have a range."""
    rows = _rows(release, quarter)
    if not rows:
        return ""
    told = sorted(
        (row for row in rows if row["use"] != FIT or _is_wide(row)),
        key=lambda row: _GRAVEST[row["use"]],
    )
    html = f'<p class="ca-note">{escape(_sentence(rows))}</p>'
    if not told:
        return html
    columns = [
        Column("Figure"),
        Column("Use"),
        Column("Rows in doubt", "number"),
        Column("Reported", "number"),
        Column("Lowest to highest", "number"),
    ]
    caption = "Other figures that need care, or that rows in doubt could move"
    inner = table(caption, columns, [_row(release, row) for row in told])
    return f'{html}<details class="ca-details"><summary>{caption}</summary>{inner}</details>'


def _rows(release: Release, quarter: date) -> list[dict[str, Any]]:
    """Figures of everybody in the quarter that have a value, with what the checks mean."""
    promised = {
        (row.figure.metric, row.figure.measure, row.figure.part)
        for row in standings(release, quarter)
    }
    found = release.table("consequences").filter(
        (pl.col("breakdown") == "all")
        & (pl.col("period") == "quarter")
        & (pl.col("period_start") == quarter)
        & pl.col("use").is_in(list(_GRAVEST))
    )
    figures = release.figures(breakdown="all", period="quarter", period_start=quarter)
    joined = found.rename({"low": "least", "high": "most", "reason": "why"}).join(
        figures, on=list(NAMES), how="inner", maintain_order="left"
    )
    return [
        row
        for row in joined.iter_rows(named=True)
        if (row["metric"], row["measure"], row["part"]) not in promised
    ]


def _is_wide(row: Mapping[str, Any]) -> bool:
    return row["least"] is not None and (row["most"] is None or row["least"] < row["most"])


def _sentence(rows: list[dict[str, Any]]) -> str:
    number = {use: sum(row["use"] == use for row in rows) for use in _GRAVEST}
    one = len(rows) == 1
    if number[FIT] == len(rows):
        every = "The one" if one else f"All {in_words(len(rows))}"
        rest = "figure of the quarter is" if one else "figures of the quarter are"
        return f"{every} other {rest} safe."
    said = (
        f"Of {count(len(rows))} other {'figure' if one else 'figures'} of the quarter"
        f" {count(number[FIT])} {'is' if number[FIT] == 1 else 'are'} safe"
    )
    if number[CAUTION]:
        said += f", {in_words(number[CAUTION])} to be used with caution"
    if number[NOT_FIT]:
        said += f" and {in_words(number[NOT_FIT])} not fit to be used"
    return capital(f"{said}.")


def _row(release: Release, row: Mapping[str, Any]) -> list[Cell]:
    title = measure_title(release, row["metric"], row["measure"], row["part"])
    figure = Figure.of(row, base_of(release))
    in_doubt = row["affected"] + row["absent"]
    return [
        two_lines(title, row["why"], size="bold"),
        Cell(badge(*USES[row["use"]])),
        plain(count(in_doubt) if in_doubt else "–"),
        short_cell(figure),
        plain(_range_text(row, figure)),
    ]


def _range_text(row: Mapping[str, Any], figure: Figure) -> str:
    unit = unit_of(figure)
    if row["least"] is None:
        return "nobody can say"
    if row["most"] is None:
        return f"{value_text(row['least'], unit)} or more"
    least, most = value_text(row["least"], unit), value_text(row["most"], unit)
    return between(row["least"], row["most"], unit) if least != most else least
