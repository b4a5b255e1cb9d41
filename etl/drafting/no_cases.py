"""Rows of an unknown export that are no cases, although they stand among them."""

from collections.abc import Sequence

from etl.drafting.columns import Column
from etl.drafting.words import header_words

# GitHub lists pull requests among the issues, and says so in the record of each alone.
_OF_OTHERS = "pull request"


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
