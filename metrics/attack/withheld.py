"""What exact counts of several metrics tell together of those that are withheld.

A deadline that every case has falls due once for each case received: who has exact receipts and
exact deadlines knows how many are not due yet, although that count is withheld. So all tables
of all quarters are one system here, with the links between them; linear programming finds how
far each withheld count can be narrowed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product
from math import inf
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from metrics.attack.bounds import (
    TOLERANCE,
    ContradictionError,
    best_table,
    cheapest,
    ends_of,
    silent,
)
from metrics.attack.exact import Belief, Counts, Place, Row, links
from metrics.attack.knowledge import Findings
from metrics.attack.system import Floats
from metrics.attack.told import Told

Ints = npt.NDArray[np.int64]

# Primal simplex without presolve: a changed objective leaves the last answer feasible.
WARM: dict[str, str | int] = {"presolve": "off", "solver": "simplex", "simplex_strategy": 4}
ENOUGH = 1e6  # beyond any count that is withheld for being small: keeps every program finite
AT_ONCE = (1, 2, 4)  # quarters in a row, of which tables are sought before those of all
IN_VAIN = 3  # tables in a row that give nothing room
WORTH = 4  # counts that must gain by a table that is sought for all: as many as tables for one


def withheld(told: Sequence[Told]) -> list[Findings]:
    """What the readers of exact counts find in those that are withheld from them."""
    own = [release for release in told if release.method == "suppression"]
    if not own:
        return []
    threshold = min(release.threshold for release in own)
    found = Findings(
        "reader of all exact counts who knows how metrics are linked",
        len(own),
        promised=threshold - 1,
    )
    known = Counts.of(own)
    # Where it cannot be so, cases were there before the first quarter, or links do not hold.
    believed = (links(own, known, Belief(*each)) for each in product((True, False), repeat=3))
    for rows in (*believed, ()):
        search = _Search(known, list(rows))
        if search.is_possible:
            _judge(found, search, threshold)
            break
    return [found] if found.targets else []


def _judge(found: Findings, search: "_Search", threshold: int) -> None:
    for where, low, high in search.narrowest(threshold):
        if low >= threshold:
            continue  # withheld for the sake of others
        found.targets += 1
        found.exact += int(low == high)
        found.proven_small += int(low >= 1 and high < threshold)
        found.proven_present += int(low >= 1)
        found.narrower_than_promised += int(high - low < threshold - 1)
        if found.narrowest is None or high - low < found.narrowest:
            found.narrowest = int(min(high - low, np.iinfo(np.int32).max))
            found.worst = where
    found.programs = search.programs


class _Search:
    """All equations in the hands of the simplex method."""

    table: Floats
    open: Ints
    whole: "Around"

    def __init__(self, known: Counts, links: Sequence[Row]) -> None:
        self.known, self.programs = known, 0
        rows = [*known.rows(), *(row for row in links if row[0])]
        low, high = known.bounds()
        enough = max(ENOUGH, 2 * float(low.sum()))
        self.system = Equations.of(rows, low, np.minimum(high, enough))
        self.programs += 1
        fits = self.system.any_table()
        self.is_possible = fits is not None
        if fits is not None:
            self.table = fits
            self.open = np.flatnonzero(self.system.high > self.system.low)
            self.whole = self.system.only(self.open, fits)

    def _ask(self, cost: Floats) -> Floats:
        """The best of all tables by these costs."""
        return self._moved(self.open, self.whole, cost[self.open])

    def _moved(self, places: Ints, around: "Around", cost: Floats) -> Floats:
        """The best table in which these counts move and no others."""
        self.programs += 1
        table = self.table.copy()
        if places.size:
            table[places] = around.best(cost)
        return table

    def _targets(self, hidden: Sequence[Place]) -> sparse.csr_array:
        """One row for each withheld count: the columns that it is the sum of."""
        parts = [self.known.parts(place) for place in hidden]
        row = np.repeat(np.arange(len(parts)), [len(columns) for columns in parts])
        column = np.array([at for columns in parts for at in columns], dtype=np.int64)
        shape = (len(hidden), len(self.known.atoms))
        return sparse.csr_array((np.ones(len(column)), (row, column)), shape=shape)

    def narrowest(self, threshold: int) -> Iterator[tuple[str, float, float]]:
        """Each withheld count with its interval, or as much of it as is promised."""
        hidden = [
            place
            for place, n in self.known.told.items()
            if n is None and not self.known.is_nobody(place)
        ]
        seen = _Seen.of(self._targets(hidden))
        self._quarter_by_quarter(seen, threshold)
        self._together(seen, threshold)
        for at, place in enumerate(hidden):
            for sign in (-1.0, 1.0):
                if seen.is_narrow(threshold, at):
                    seen.learn(self._ask(sign * seen.targets[[at]].toarray().ravel()))
            low, high = seen.low[at] - TOLERANCE, seen.high[at] + TOLERANCE
            where = f"{' '.join(place[2][:2])}, quarter from {place[1]}"
            yield where, float(np.ceil(low)), float(np.floor(high))

    def _quarter_by_quarter(self, seen: "_Seen", threshold: int) -> None:
        """Seek tables that differ from one that fits in few quarters: most are among those."""
        seen.learn(self.table)
        quarter = np.empty(len(self.system.low), dtype=np.int64)
        for (_, on, _), at in self.known.atoms.items():
            quarter[at] = self.known.quarters.index(on)
        for width in AT_ONCE:
            for first in range(max(len(self.known.quarters) - width + 1, 1)):
                is_among = (quarter >= first) & (quarter < first + width)
                among = self.open[is_among[self.open]]
                self._among(among, seen, threshold)

    def _among(self, places: Ints, seen: "_Seen", threshold: int) -> None:
        """Let these counts move and no others, as long as that gives any of them room."""
        own = sparse.csr_array(seen.targets[:, places])
        draw, vain = np.random.default_rng(len(places)), 0
        left = seen.is_narrow(threshold) & (np.diff(own.indptr) > 0)
        around = self.system.only(places, self.table) if left.any() else self.whole
        while left.any() and vain < IN_VAIN:
            down = np.where(seen.low >= 1, 1.0, -1.0)
            cost = own.T @ (left * down * draw.random(len(left)))
            seen.learn(self._moved(places, around, cost))
            still = left & seen.is_narrow(threshold)
            vain = 0 if still.sum() < left.sum() else vain + 1
            left = still

    def _together(self, seen: "_Seen", threshold: int) -> None:
        """Seek tables for all counts at once, as long as each gives enough of them room."""
        draw = np.random.default_rng(len(seen.low))
        left = seen.is_narrow(threshold)
        while left.any():
            before = left.sum()
            down = np.where(seen.low >= 1, 1.0, -1.0)
            seen.learn(self._ask(seen.targets.T @ (left * down * draw.random(len(left)))))
            left = seen.is_narrow(threshold)
            if before - left.sum() < WORTH:
                return


@dataclass(frozen=True, slots=True)
class _Seen:
    """How low and high each target has been in any table that fits; all of them learn."""

    targets: sparse.csr_array
    low: Floats
    high: Floats

    @classmethod
    def of(cls, targets: sparse.csr_array) -> "_Seen":
        count = targets.shape[0]
        return cls(targets, np.full(count, inf), np.full(count, -inf))

    def learn(self, table: Floats) -> None:
        values = self.targets @ table
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)

    def is_narrow(self, threshold: int, at: int | slice = slice(None)) -> Any:
        """Whether less of an interval has been seen than is promised."""
        low, high = self.low[at], self.high[at]
        has_room = (low < 1 - TOLERANCE) | (high >= threshold - TOLERANCE)
        return ~((high - low >= threshold - 1) & has_room)


@dataclass(frozen=True, slots=True)
class Equations:
    """Rows (row, column) between two ends, and columns between theirs."""

    rows: sparse.csr_array
    ends: tuple[Floats, Floats]
    low: Floats
    high: Floats

    @classmethod
    def of(cls, rows: Sequence[Row], low: Floats, high: Floats) -> "Equations":
        """Of rows as columns with their weights, and two ends."""
        at = [
            (row, column, c)
            for row, (sums, *_) in enumerate(rows)
            for column, c in sums.items()
        ]
        row, column, value = (np.array(each) for each in zip(*at, strict=True))
        matrix = sparse.csr_array((value, (row, column)), shape=(len(rows), len(low)))
        least, most = (np.array([row[end] for row in rows]) for end in (1, 2))
        return cls(matrix, (least, most), low, high)

    def any_table(self) -> Floats | None:
        """A table that fits, or None where there is none."""
        try:
            return best_table(silent(_program(self.rows, self.ends, self.low, self.high), {}))
        except ContradictionError:
            return None

    def only(self, places: Ints, table: Floats) -> "Around":
        """What these columns may be, with all others as in a table that fits.

        Rows that are the same then, such as sums until one quarter and until the next, hold
        between the nearest of their ends.
        """
        own = sparse.csr_array(self.rows[:, places])
        taken = np.flatnonzero(np.diff(own.indptr))
        now = (self.rows @ table)[taken]
        least, most = (end[taken] - now for end in self.ends)
        rows = sparse.csr_array(own[taken])
        rows.sort_indices()
        groups: dict[bytes, list[int]] = {}
        for at, (begin, end) in enumerate(pairwise(rows.indptr.tolist())):
            key = rows.indices[begin:end].tobytes() + rows.data[begin:end].tobytes()
            groups.setdefault(key, []).append(at)
        each = list(groups.values())
        nearest = (
            np.array([least[group].max() for group in each]),
            np.array([most[group].min() for group in each]),
        )
        kept = sparse.csr_array(rows[[group[0] for group in each]])
        return Around(kept, nearest, self.low[places], self.high[places], table[places])


@dataclass(frozen=True)
class Around:
    """How far columns may move from a table that fits: rows and ends are of the moves.

    Each moves up by one variable and down by another, so that no move at all fits, and the
    simplex method begins there.
    """

    rows: sparse.csr_array
    ends: tuple[Floats, Floats]
    low: Floats
    high: Floats
    table: Floats

    @cached_property
    def falling(self) -> Ints:
        """Columns that may be lower than they are."""
        return np.flatnonzero(self.low < self.table)

    @cached_property
    def solver(self) -> highspy.Highs:
        """The program, warm from one question to the next."""
        down = self.falling
        rows = sparse.csr_array(sparse.hstack([self.rows, -self.rows[:, down]]))
        most = np.concatenate([self.high - self.table, (self.table - self.low)[down]])
        most = np.maximum(most, 0.0)  # a table that was computed may be off by very little
        ends = np.minimum(self.ends[0], 0.0), np.maximum(self.ends[1], 0.0)
        return silent(_program(rows, ends, np.zeros(len(most)), most), WARM)

    def best(self, cost: Floats) -> Floats:
        """The best columns by these costs."""
        moved = cheapest(self.solver, np.concatenate([cost, -cost[self.falling]]))
        table = self.table + moved[: cost.size]
        table[self.falling] -= moved[cost.size :]
        return table


def _program(
    rows: sparse.csr_array, ends: tuple[Floats, Floats], low: Floats, high: Floats
) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_ = np.zeros(len(low))
    model.col_lower_, model.col_upper_ = low, ends_of(high)
    model.row_lower_, model.row_upper_ = (ends_of(end) for end in ends)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = rows.indptr
    model.a_matrix_.index_ = rows.indices
    model.a_matrix_.value_ = rows.data
    return model
