"""Rows of an unknown export that are no cases, although they stand among them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import and_

import polars as pl

from etl.drafting.columns import Column
from etl.drafting.dates import dates_of
from etl.drafting.words import header_words, is_nothing
from etl.readers.rows import TextTable

# GitHub lists pull requests among the issues, and says so in the record of each alone.
_FEWEST_NAMES = 2
_OF_OTHERS = "pull request"
# Survey tools write their questions, and what they call them themselves, below the names.
_MOST_LABELS = 2
_FEWEST_ROWS, _FEWEST_DATES = 5, 2
# Trackers list the sub-tasks of a task among the tasks.
_PARENTS = {
    "parent", "parent id", "parent key", "parent task", "parent task id", "parent issue",
    "parent issue id", "parent item", "parent work item",
}  # fmt: skip


def told_apart(columns: Sequence[Column]) -> Column | None:
    """The column that is filled in the rows of something else than cases, if there is one."""
    return next(
        (
            column
            for column in columns
            if 0 < column.filled < column.rows
            and f"{header_words(column.name)} ".startswith(f"{_OF_OTHERS} ")
        ),
        None,
    )


def of_another(columns: Sequence[Column]) -> Column | None:
    """The column that names, in some rows, what the row is a part of."""
    return next(
        (
            column
            for column in columns
            if 0 < column.filled < column.rows and header_words(column.name) in _PARENTS
        ),
        None,
    )


def without_headers(text: TextTable) -> tuple[TextTable, int]:
    """The table without rows that only repeat its header, as files put together have them."""
    if len(text.header) < _FEWEST_NAMES:
        return text, 0
    alike = [
        pl.col(f"c{place}").str.strip_chars() == name for place, name in enumerate(text.header)
    ]
    rows = text.rows.filter(~reduce(and_, alike))
    return replace(text, rows=rows), text.rows.height - rows.height


def without_labels(text: TextTable) -> tuple[TextTable, tuple[tuple[str, ...], ...]]:
    """The table without further lines of its header, and what those say of each column.

    Where columns of dates begin with something else, and nothing of the row comes again in its
    column, it tells of no case.
    """
    for count in range(_MOST_LABELS, 0, -1):
        rows = text.rows.slice(count)
        if rows.height >= _FEWEST_ROWS and _are_labels(text, count):
            cells = text.rows.head(count).drop("line").rows()
            labels = tuple(tuple(cell.strip() for cell in row) for row in cells)
            return replace(text, rows=rows), labels
    return text, ()


def _are_labels(text: TextTable, count: int) -> bool:
    names = [f"c{place}" for place in range(len(text.header))]
    columns = [text.rows[name].str.strip_chars() for name in names]
    if any(column.head(count).is_in(column.slice(count).implode()).any() for column in columns):
        return False
    for row in text.rows.head(count).select(names).rows():
        said = {cell.strip().casefold() for cell in row}
        if len(said) < len(row) or any(not cell or is_nothing(cell) for cell in said):
            return False
    return _begin_otherwise(columns, count) >= _FEWEST_DATES


def _begin_otherwise(columns: Sequence[pl.Series], count: int) -> int:
    """How many columns hold dates, and none in their first rows; none where others do."""
    told = 0
    for column in columns:
        below = column.slice(count)
        if dates_of(below.filter(below != "")) is not None:
            if any(dates_of(column.slice(place, 1)) is not None for place in range(count)):
                return 0
            told += 1
    return told
