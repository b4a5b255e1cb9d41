"""HTML of tables, badges and pictures; everything that comes from data is escaped here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Literal

from dashboard.figure import Figure, Signal
from dashboard.palette import PALETTES
from dashboard.phrases import (
    SIGNAL_SYMBOLS,
    STATE_WORDS,
    UNIT_SIGNAL_WORDS,
    figure_text,
    short_month,
    signal_word,
    target,
    unit_of,
    value_text,
    verdict_symbol,
    verdict_word,
)
from dashboard.sparklines import HEIGHT, WIDTH, sparkline

TONES = {
    "met": "better",
    "met_narrowly": "better",
    "just_missed": "caution",
    "not_met": "concern",
    "cannot_say": "caution",
}

NIL = "–"  # what does not apply
_MANY = 8  # columns, above which a table needs the width of a large window


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading and whether it holds numbers."""

    title: str
    kind: Literal["text", "number"] = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """HTML of one cell, and whether its number is withheld."""

    html: str
    withheld: bool = False


def table(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    beneath: Sequence[str] = (),
) -> str:
    """A table whose rows become cards on a phone; the first cell of a row is its heading.

    Words `beneath` a row, '' where there are none, have the width of the table. One of many
    columns becomes cards wherever it has no room. The roles repeat what the elements say: shown
    as blocks, rows are no rows to a browser.
    """
    heads = "".join(
        f'<th scope="col" role="columnheader" class="ca-{column.kind}">'
        f"{escape(column.title)}</th>"
        for column in columns
    )
    words = beneath or [""] * len(rows)
    body = "".join(
        row_of(columns, row) + _beneath(columns, below)
        for row, below in zip(rows, words, strict=True)
    )
    dense = " ca-dense" if len(columns) > _MANY else ""
    html = (
        f'<table class="ca-table{dense}" role="table"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )
    return f'<div class="ca-fit">{html}</div>' if dense else html


def _beneath(columns: Sequence[Column], words: str) -> str:
    if not words:
        return ""
    cell = f'<td role="cell" colspan="{len(columns)}">{escape(words)}</td>'
    return f'<tr role="row" class="ca-beneath">{cell}</tr>'


def row_of(columns: Sequence[Column], cells: Sequence[Cell]) -> str:
    """One row."""
    head, *rest = cells
    parts = [f'<th scope="row" role="rowheader">{head.html}</th>']
    for column, cell in zip(columns[1:], rest, strict=True):
        # In a card, which has a line for each cell, one with nothing to say needs none.
        hatch = " ca-withheld" if cell.withheld else " ca-nil" if cell.html == NIL else ""
        label = f'<span class="ca-label">{escape(column.title)}</span>'
        inner = f'<span class="ca-cell">{cell.html}</span>'
        parts.append(f'<td role="cell" class="ca-{column.kind}{hatch}">{label}{inner}</td>')
    return f'<tr role="row">{"".join(parts)}</tr>'


def two_lines(first: str, second: str, *, size: Literal["bold", "big", "plain"]) -> Cell:
    """A cell with a main line and a smaller one beneath."""
    small = f'<span class="ca-small">{escape(second)}</span>' if second else ""
    return Cell(f'<span class="ca-{size}">{escape(first)}</span>{small}')


def plain(words: str) -> Cell:
    """A cell of words."""
    return Cell(escape(words))


def figure_cell(figure: Figure, below: str = "", *, beside: float | None = None) -> Cell:
    """A figure's value with a line beneath it, or why there is none."""
    if figure.state == "ok" and figure.value is not None:
        unbroken = below.replace(" of ", "\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}")
        return two_lines(figure_text(figure, beside=beside), unbroken, size="big")
    return without_value(figure, below)


def short_cell(figure: Figure) -> Cell:
    """A figure in running size, as for an earlier quarter."""
    if figure.state == "ok" and figure.value is not None:
        return plain(figure_text(figure))
    return without_value(figure)


def without_value(figure: Figure, below: str = "") -> Cell:
    """Why there is no number, hatched where it was withheld."""
    small = f'<span class="ca-small">{escape(below)}</span>' if below else ""
    words = escape(STATE_WORDS.get(figure.state, "no data"))
    title = escape(figure.reason or "", quote=True)
    html = f'<span class="ca-none" title="{title}">{words}</span>{small}'
    return Cell(html, withheld=figure.state == "withheld")


def badge(symbol: str, words: str, tone: str) -> str:
    """A word with its symbol in a coloured frame."""
    return (
        f'<span class="ca-badge ca-{tone}"><span aria-hidden="true">{escape(symbol)}</span>'
        f" {escape(words)}</span>"
    )


def verdict_badge(code: str) -> Cell:
    """The verdict on a commitment."""
    tone = TONES.get(code, "quiet")
    return Cell(badge(verdict_symbol(code), verdict_word(code), tone))


def unit_signal_cell(signal: str) -> Cell:
    """How a unit compares with all; coloured only where it is better or worse."""
    words = UNIT_SIGNAL_WORDS.get(signal)
    if not words:
        return plain("not compared")
    tone = {"worse": "concern", "better": "better"}.get(signal)
    if tone:
        return Cell(badge(SIGNAL_SYMBOLS[signal], words, tone))
    symbol = f'<span aria-hidden="true">{SIGNAL_SYMBOLS[signal]}</span>'
    return Cell(f'<span class="ca-usual">{symbol} {escape(words)}</span>')


def spark_cell(
    points: Sequence[Signal], figure: Figure, *, until: date, goal: float | None = None
) -> Cell:
    """Twenty-four months as a picture, for both themes, with its finding in words."""
    if len(points) < 2:
        return Cell('<span class="ca-none">too few months</span>')
    words = escape(spark_words(points, figure, goal), quote=True)
    pictures = [
        f'<img class="ca-spark ca-on-{theme}" alt="{words}" width="{WIDTH}" height="{HEIGHT}"'
        f' src="{sparkline(points, until=until, theme=theme, target=goal)}">'
        for theme in PALETTES
    ]
    return Cell("".join(pictures))


def spark_words(points: Sequence[Signal], figure: Figure, goal: float | None) -> str:
    """What a sighted reader takes from the picture."""
    unit, last = unit_of(figure), points[-1]
    parts = [
        f"{short_month(last.period_start)}: {value_text(last.value, unit, base=last.base)}"
    ]
    if word := signal_word(last.signal):
        parts.append(word)
    if last.lower is not None and last.upper is not None:
        low, high = (max(0.0, n) for n in (last.lower, last.upper))
        if unit == "share":
            high = min(1.0, high)
        parts.append(f"usual range {value_text(low, unit)} to {value_text(high, unit)}")
    if goal is not None:
        parts.append(f"target {target(goal)}")
    return ", ".join(parts)
