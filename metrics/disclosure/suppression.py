"""Complementary suppression: withhold so much more that no withheld cell can be worked out.

Audit first: linear programming says how far every sensitive cell can move while only the
sensitive ones are withheld. Where that is not far enough, one more linear program finds the
cheapest way to let it move, and withholds what moves with it. At last each cell withheld so is
tried again: what is not needed is told after all.

Fischetti and Salazar (2001), Management Science 47: 1008-1027, give the model, and the exact
solution in `metrics.disclosure.fewest`; Kelly, Golden and Assad (1992), Networks 22: 397-417,
the heuristic.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from metrics.disclosure.linked import Booleans, Linked
from metrics.disclosure.ranges import (
    DUAL,
    TINY,
    Floats,
    Known,
    Ranges,
    finite,
    nothing_known,
    optimum,
    solver_of,
)
from metrics.disclosure.tables import Counts, ProtectionError

TRIED_AGAIN = 1000  # cells; in larger systems what is withheld stays so


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cells are sensitive, and values that a reader must not be able to rule out.

    For every sensitive cell some table that agrees with all that is told has at most `low` in
    it, and some at least `high`. `kept` cells must be told; `unpublished` ones never are, and
    cost nothing. `costs` say what is lost with each cell.
    """

    sensitive: Booleans
    low: Counts
    high: Counts
    costs: Floats
    kept: Booleans
    unpublished: Booleans


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which cells are withheld, and how far a reader can narrow each sensitive one.

    `low` and `high` are what has been shown to be possible: at least as wide as wanted.
    """

    hidden: Booleans
    low: Floats
    high: Floats


class UnprotectableError(ProtectionError):
    """No pattern protects the cell, whatever else is withheld."""


def wanted(
    tables: Linked,
    sensitive: Booleans,
    *,
    threshold: int,
    kept: Booleans | None = None,
    unpublished: Booleans | None = None,
) -> Wanted:
    """What a threshold on cases asks for: each sensitive cell may be none, or enough.

    A sensitive cell that is not small, such as a dominated one, may be as many fewer or more.
    """
    n = tables.values
    none = np.zeros(len(n), dtype=bool)
    small = n < threshold
    return Wanted(
        sensitive=sensitive,
        low=np.where(small, 0, n - threshold),
        high=np.where(small, threshold, n + threshold),
        # Withholding few cases costs less than withholding many, but no cell is for nothing.
        costs=1 + np.log1p(n),
        kept=none if kept is None else kept,
        unpublished=none if unpublished is None else unpublished,
    )


def suppressed(tables: Linked, want: Wanted, known: Known | None = None) -> Pattern:
    """A pattern that protects every sensitive cell, found by auditing and repairing.

    `known` is what readers know beforehand. Raises UnprotectableError where a cell can be
    worked out even if all others are withheld.
    """
    before = nothing_known(len(tables.keys)) if known is None else known
    is_tried_again = len(tables.keys) <= TRIED_AGAIN
    ranges = Ranges(tables, before, want.sensitive | want.unpublished, keeps=is_tried_again)
    repair = _Repair(tables, before, want)
    for cell in _order(want):
        for sign in (1, -1):
            if not _reaches(ranges, want, cell, sign):
                ranges.hide(repair.cheapest(ranges.hidden, cell, sign))
    if is_tried_again:
        _tell_again(ranges, want)
    return Pattern(ranges.hidden, ranges.low, ranges.high)


def audited(
    tables: Linked, want: Wanted, hidden: Booleans, known: Known | None = None
) -> Pattern | None:
    """The pattern with the ranges that it leaves, or None where a cell is not protected."""
    before = nothing_known(len(tables.keys)) if known is None else known
    ranges = Ranges(tables, before, hidden)
    return Pattern(hidden, ranges.low, ranges.high) if _is_kept(ranges, want) else None


def _is_kept(ranges: Ranges, want: Wanted) -> bool:
    """Whether every sensitive cell can move as far as wanted."""
    return all(_reaches(ranges, want, cell, sign) for cell in _order(want) for sign in (1, -1))


def _order(want: Wanted) -> list[int]:
    """Sensitive cells, the dearest to protect first: they leave the others less to do."""
    cells = np.flatnonzero(want.sensitive)
    width = want.high[cells] - want.low[cells]
    return [int(cell) for cell in cells[np.lexsort((cells, -width))]]


def _reaches(ranges: Ranges, want: Wanted, cell: int, sign: int) -> bool:
    """Whether the cell can be as high (or low) as wanted: from what was seen, else asked."""
    if sign > 0:
        needed = float(want.high[cell])
        return ranges.high[cell] >= needed - TINY or (
            ranges.furthest(cell, 1)[0] >= needed - TINY
        )
    needed = float(want.low[cell])
    return ranges.low[cell] <= needed + TINY or ranges.furthest(cell, -1)[0] <= needed + TINY


class _Repair:
    """The program that finds what must move with a cell, at the least cost.

    Every cell moves up by one variable and down by another; moving a told cell costs.
    """

    def __init__(self, tables: Linked, known: Known, want: Wanted) -> None:
        self.want, self.tables = want, tables
        up = np.where(want.kept, 0.0, known.high - tables.values)
        down = np.where(want.kept, 0.0, tables.values - known.low)
        self.upper = np.concatenate([up, down])
        rows = sparse.csr_array(sparse.hstack([tables.equations, -tables.equations]))
        self.solver = solver_of(rows, np.zeros(len(self.upper)), self.upper, strategy=DUAL)

    def cheapest(self, hidden: Booleans, cell: int, sign: int) -> Booleans:
        """Which cells move, hidden ones for nothing, when the cell moves as far as wanted."""
        n, cells = self.tables.values[cell], len(hidden)
        by = float(self.want.high[cell] - n if sign > 0 else n - self.want.low[cell])
        place, other = (cell, cells + cell) if sign > 0 else (cells + cell, cell)
        costs = np.tile(np.where(hidden, 0.0, self.want.costs), 2)
        at = np.arange(2 * cells, dtype=np.int32)
        self.solver.changeColsCost(2 * cells, at, costs)
        lower, upper = np.zeros(2 * cells), self.upper.copy()
        lower[place], upper[other] = by, 0.0
        moved = None
        if by <= self.upper[place] + TINY:
            self.solver.changeColsBounds(2 * cells, at, lower, finite(upper))
            moved = optimum(self.solver)
        if moved is None:
            raise UnprotectableError(
                f"the cell {self.tables.keys[cell]} cannot be protected, whatever else is"
                " withheld; publish a coarser table"
            )
        found: Booleans = np.abs(moved[:cells] - moved[cells:]) > TINY
        return found


def _tell_again(ranges: Ranges, want: Wanted) -> None:
    """Tell again, dearest first, what the others protect without it."""
    hidden = ranges.hidden
    added = np.flatnonzero(hidden & ~want.sensitive & ~want.unpublished)
    for cell in added[np.lexsort((added, -want.costs[added]))]:
        fewer = hidden.copy()
        fewer[cell] = False
        ranges.only(fewer)
        hidden = fewer if _is_kept(ranges, want) else hidden
    ranges.only(hidden)


def with_known(want: Wanted, known: Known) -> Wanted:
    """The same, asking for no more than what readers know beforehand leaves open."""
    return replace(
        want,
        low=np.maximum(want.low, np.ceil(known.low)).astype(np.int64),
        high=np.minimum(want.high, known.high).astype(np.int64),
    )
