"""What readers know of single cells of a table beside the one that it follows, in one quarter.

Both count the same cases: nobody is asked about a case before it is closed, and every case of a
quarter has come to each of its deadlines. "5 surveys" (1 to 9) beside "none closed" (0 to 4)
would prove 1 to 4, so that what is told should keep to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from metrics.disclosure.programs import Floats
from metrics.disclosure.slices import Booleans, Tether
from metrics.disclosure.tables import Counts
from metrics.reach import AS_A_CELL, Off

Columns = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Further:
    """By how many bases more sums of both tables may be off, and what was left before.

    `left` is by level how many cases of before, as they were told, have not come to the
    following table; None where nothing was told before.
    """

    own: Off = AS_A_CELL
    led: Off = AS_A_CELL
    left: Counts | None = None


class Bound(Protocol):
    """What readers know of single cells of a table that follows another one, at some levels."""

    @property
    def levels(self) -> tuple[int, ...]:
        """Where it holds."""

    def at(self, levels: tuple[int, ...]) -> "Bound":
        """The same at some of its levels."""

    def keeps(self, led: Counts, own: Counts, left: Counts) -> Booleans:
        """At which levels these counts of one quarter keep to it."""

    def weights(self, start: int, months: int, cells: int) -> Counts:
        """What is at least `least` over both tables, side by side, of nothing yet told."""

    def own_weights(self, months: int, cells: int) -> Counts:
        """What is at least `least` over the following table alone."""

    def least(self, led: Counts, left: Counts) -> Counts:
        """The smallest value of that by level."""

    def narrow(self, led: Counts, own: Counts, base: int, further: Further) -> int:
        """How many told counts have less room beside the other table than is promised."""


def lasts_of(columns: Columns) -> dict[int, float]:
    """The last day of each band by its first; there is no end to the last one."""
    firsts = sorted({band for _, band in columns if band >= 0})
    return {one: after - 1 for one, after in pairwise(firsts)} | dict.fromkeys(
        firsts[-1:], np.inf
    )


def holding(
    known: Sequence[Bound], led: Counts, own: Counts, left: Counts
) -> tuple[Bound, ...]:
    """The bounds at the levels where it is so in truth (level, month of the quarter, cell).

    It is not where cases were opened again, or told too late. `left` is by level how many cases
    of before have not come to the following table.
    """
    kept = [bound.keeps(led, own, left) for bound in known]
    return tuple(
        bound.at(tuple(level for level in bound.levels if is_so[level]))
        for bound, is_so in zip(known, kept, strict=True)
    )


def rows_beside(
    known: Sequence[Bound], start: int, shape: tuple[int, int, int], left: Counts
) -> Iterator[tuple[Counts, Floats, Floats]]:
    """Rows of a tether over both tables, side by side: own cells begin at `start`.

    `shape` is how many levels, months and cells there are.
    """
    levels, months, cells = shape
    none = np.zeros((levels, months, cells), dtype=np.int64)
    for bound in known:
        lower, upper = np.full(levels, -np.inf), np.full(levels, np.inf)
        at = list(bound.levels)
        lower[at] = bound.least(none, left)[at]
        yield bound.weights(start, months, cells), lower, upper


def with_floors(
    tether: Tether, known: Sequence[Bound], led: Counts, left: Counts, *, base: int
) -> Tether:
    """A tether of the following table alone, where the other one has told its counts."""
    months, cells = tether.weights.shape[1:]
    weights = np.zeros((len(known), months, cells), dtype=np.int64)
    lower = np.full((len(led), len(known)), -np.inf)
    for at, bound in enumerate(known):
        weights[at] = bound.own_weights(months, cells)
        levels = list(bound.levels)
        lower[levels, at] = bound.least(led, left)[levels] / base
    return Tether(
        np.concatenate([tether.weights, weights]),
        np.concatenate([tether.lower, lower], axis=1),
        np.concatenate([tether.upper, np.full_like(lower, np.inf)], axis=1),
    )


def given_away(
    known: Sequence[Bound], led: Counts, own: Counts, base: int, further: Further
) -> int:
    """How many counts have less room beside the other table than the base promises.

    `led` and `own` are told counts of one quarter (level, month, cell).
    """
    return sum(bound.narrow(led, own, base, further) for bound in known)


def is_narrow(low: Counts | Floats, high: Counts | Floats, base: int) -> Booleans:
    """Which intervals are narrower than the base promises, or wholly of small counts."""
    narrow: Booleans = (high - low < base - 1) | ((low >= 1) & (high < base))
    return narrow
