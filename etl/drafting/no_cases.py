"""Rows of an unknown export that are no cases, although they stand among them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import and_

import polars as pl

from etl.drafting.columns import Column
from etl.drafting.words import header_words
from etl.readers.rows import TextTable

# GitHub lists pull requests among the issues, and says so in the record of each alone.
_FEWEST_NAMES = 2
_OF_OTHERS = "pull request"
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
