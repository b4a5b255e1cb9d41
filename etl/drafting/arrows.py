"""Columns that tell in one cell what a field was and what it became: `New => Assigned`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from etl.drafting.columns import Column, column_of
from etl.drafting.lines import quoted
from etl.drafting.words import likeness

_SIGNS = ("=>", "->", "→", "➔", "⇒", ">>")
_FITS, _HALF = 55, 0.5
# As columns of their own would be called.
_WAS, _BECAME = "old value", "new value"


@dataclass(frozen=True, slots=True)
class Arrow:
    """A column of changes, and the sign between its two sides."""

    column: Column
    sign: str

    @property
    def sides(self) -> tuple[Column, Column]:
        """What was and what became, each as if it were a column of its own."""
        patterns = zip((_WAS, _BECAME), self._patterns, strict=True)
        was, became = (
            column_of(
                name, self.column.place, self.column.texts.str.extract(pattern, 1).fill_null("")
            )
            for name, pattern in patterns
        )
        return was, became

    @property
    def places(self) -> dict[str, str]:
        """Where a description finds the two sides."""
        name = quoted(self.column.name)
        return {
            field: f"{{ columns = [{name}], pattern = {quoted(pattern)} }}"
            for field, pattern in zip(("before", "after"), self._patterns, strict=True)
        }

    @property
    def _patterns(self) -> tuple[str, str]:
        sign = re.escape(self.sign)
        return rf"^(?P<value>.*?)\s*{sign}", rf"^.*?{sign}\s*(?P<value>.*)$"

    def named(self, side: Column | None) -> Column | None:
        """The side by the name of the column in which it stands."""
        is_side = side is not None and side.name in (_WAS, _BECAME)
        return replace(side, name=self.column.name) if side is not None and is_side else side


def arrow_in(columns: Sequence[Column]) -> Arrow | None:
    """The column of changes, where none says by itself what a field became."""
    if any(likeness("after", column.name) >= _FITS for column in columns):
        return None
    for column in columns:
        for sign in _SIGNS:
            parts = column.values.str.count_matches(re.escape(sign))
            if int((parts == 1).sum()) > _HALF * max(column.values.len(), 1):
                return Arrow(column, sign)
    return None
