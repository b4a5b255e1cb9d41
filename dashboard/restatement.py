"""What moved since the last release, and why, in a sentence and in a table."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from dashboard.breakdowns import measure_title
from dashboard.figure import base_of
from dashboard.grids import grid
from dashboard.phrases import (
    capital,
    count,
    day_text,
    in_words,
    listed,
    quarter_name,
    value_text,
)
from metrics.release import Release

Row = dict[str, Any]

# In the order in which the causes are set apart.
CAUSES = {
    "headcount": "another headcount",
    "policy": "another policy",
    "definition": "another definition",
    "rule": "another rule",
    "calendar": "another calendar",
    "procedure": "another procedure",
    "practice": "another promise",
    "duties": "another list of duties",
    "engagements": "other engagements",
    "program": "another version of the program",
    "late": "late cases",
    "vanished": "vanished cases",
    "corrected": "corrections",
    "unexplained": "unexplained",
    "happened_since": "what happened since",
}
SINCE = "happened_since"
_SIDES = (("before", "before"), ("now", "now"))
_NEAR = 1e-6
_FIGURE = ("period_start", "metric", "measure", "part", "breakdown", "level")


def sentence(release: Release, level: str = "all") -> str:
    """In one sentence: what of the past is told otherwise than in the last release, and why."""
    if not release.manifest.get("restated_from"):
        return "Nothing was told before, so this release restates nothing."
    when = day_text(date.fromisoformat(release.manifest["restated_as_of"]))
    figures = restated(release, level)
    since = f"Since the release with data to {when}"
    if not figures:
        return f"{since}, no figure of a past quarter is told otherwise.{_frozen(release)}"
    moved = f"{in_words(len(figures))} {'figure' if len(figures) == 1 else 'figures'}"
    quarters = len({figure[0]["period_start"] for figure in figures})
    whose = "a past quarter" if quarters == 1 else f"{in_words(quarters)} past quarters"
    verb = "is" if len(figures) == 1 else "are"
    causes = {cause: 0 for cause in CAUSES if cause != SINCE}
    for figure in figures:
        for word in {word for row in figure for word in row["cause"].split("+")} - {SINCE}:
            causes[word] += 1
    why = [f"{CAUSES[cause]} ({n})" for cause, n in causes.items() if n]
    return f"{since}, {moved} of {whose} {verb} told otherwise: {listed(why)}."


def matured(release: Release, level: str = "all") -> str:
    """How many figures moved only because cases went on; empty where none did."""
    moved = len(figures_that_moved(release, level)) - len(restated(release, level))
    if not moved:
        return ""
    said = f"{capital(in_words(moved))} more {'figure' if moved == 1 else 'figures'}"
    word = release.manifest["case_word_plural"]
    return f"{said} moved only by what has happened to {word} since."


def table(release: Release, level: str = "all") -> str:
    """Each figure that is told otherwise: then, now, and by how much for which cause."""
    body = [
        (
            f"{_title(release, rows[0])}, {quarter_name(release, rows[0]['period_start'])}",
            _told(release, rows[0], "before"),
            _told(release, rows[0], "now"),
            "; ".join(_because(release, row) for row in rows),
        )
        for rows in restated(release, level)
    ]
    header = ("Figure", "Told then", "Told now", "Why, and by how much")
    return grid("What is told otherwise", header, body) if body else ""


def lines(release: Release) -> Iterator[str]:
    """The same for the command line, for everybody; of single units how many there are."""
    yield sentence(release)
    for rows in restated(release):
        why = "; ".join(_because(release, row) for row in rows)
        yield (
            f"  {quarter_name(release, rows[0]['period_start'])}  {_title(release, rows[0])}:"
            f" {_told(release, rows[0], 'before')} -> {_told(release, rows[0], 'now')} ({why})"
        )
    if matured(release):
        yield matured(release)
    units = release.table("restatements").filter(pl.col("breakdown") == "unit")
    moved = units.select(*_FIGURE).unique().height
    if moved:
        yield f"Figures of single units that moved: {moved}; --json lists them."


def restated(release: Release, level: str = "all") -> list[list[Row]]:
    """The causes of each figure that is told otherwise of what had happened then."""
    return [
        rows
        for rows in figures_that_moved(release, level)
        if any(row["cause"] != SINCE for row in rows)
    ]


def figures_that_moved(release: Release, level: str = "all") -> list[list[Row]]:
    """Rows of one figure each, the newest quarter first."""
    chosen = release.table("restatements").filter(
        (pl.col("level") == level)
        & (pl.col("breakdown") == ("all" if level == "all" else "unit"))
    )
    grouped = chosen.sort("period_start", descending=True, maintain_order=True).group_by(
        _FIGURE, maintain_order=True
    )
    return [rows.to_dicts() for _, rows in grouped]


def _title(release: Release, row: Row) -> str:
    return measure_title(release, row["metric"], row["measure"], row["part"])


def _told(release: Release, row: Row, when: str) -> str:
    value, k, n = (row[f"{name}_{when}" if name else when] for name in ("", "count", "of"))
    if value is None:
        return "no figure"
    base = base_of(release)
    said = value_text(value, _unit(release, row), base=base)
    about = "about " if base > 1 else ""
    if not _is_counted(release, row):
        return said
    return f"{said} ({about}{count(k)} of {count(n)})"


def _is_counted(release: Release, row: Row) -> bool:
    """Whether a figure is its count of its base: a share that allows for open cases is not."""
    sides = [(row[f"count_{side}"], row[f"of_{side}"], row[told]) for side, told in _SIDES]
    known = [(k, n, value) for k, n, value in sides if None not in (k, n, value) and n]
    return _unit(release, row) == "share" and all(
        abs(k / n - value) < _NEAR for k, n, value in known
    )


def _because(release: Release, row: Row) -> str:
    """A cause with what it added or took away."""
    words = " or ".join(CAUSES[cause] for cause in row["cause"].split("+"))
    unit = _unit(release, row)
    if _is_counted(release, row) and row["count_by"] is not None and row["of_by"] is not None:
        return f"{words}: {_signed(row['count_by'])} of {_signed(row['of_by'])}"
    if row["by"] is None:
        return words
    if unit == "cases":
        return f"{words}: {_signed(row['by'])}"
    if unit == "share":
        return f"{words}: {_signed(round(100 * row['by']))} points"
    sign = "−" if row["by"] < 0 else "+"
    return f"{words}: {sign}{value_text(abs(row['by']), unit)}"


def _unit(release: Release, row: Row) -> str:
    found = release.table("definitions").filter(
        (pl.col("metric") == row["metric"]) & (pl.col("measure") == row["measure"])
    )
    return str(found["unit_of_value"][0]) if found.height else "share"


def _signed(by: float) -> str:
    return f"{'−' if by < 0 else '+'}{count(abs(by))}" if by else "0"


def _frozen(release: Release) -> str:
    """What a reader of rounded counts must know: what came late is told later."""
    if base_of(release) == 1:
        return ""
    word = release.manifest["case_word_plural"]
    return (
        f" A quarter keeps the counts that it was told with; {word} that come late are counted"
        " in the quarter that is told next."
    )
