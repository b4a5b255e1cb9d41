"""What exact counts of several metrics tell together of those that are withheld.

A deadline that every case has falls due once for each case received: who has exact receipts and
exact deadlines knows how many are not due yet, although that count is withheld. So all tables
of all quarters are one system here, with the links between them; linear programming finds how
far each withheld count can be narrowed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from metrics.attack.bounds import TOLERANCE, ContradictionError, best_table, ends_of, silent
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

    def __init__(self, known: Counts, links: Sequence[Row]) -> None:
        self.known, self.programs = known, 0
        rows = [*known.rows(), *(row for row in links if row[0])]
        low, high = known.bounds()
        enough = max(ENOUGH, 2 * float(low.sum()))
        self.system = Equations.of(rows, low, np.minimum(high, enough))
        self.solver = self.system.solver()
        try:
            self._ask(np.zeros(len(low)))
            self.is_possible = True
        except ContradictionError:
            self.is_possible = False

    def _ask(self, cost: Floats, solver: highspy.Highs | None = None) -> Floats:
        """The best table by these costs, of all counts or of those that a solver is of."""
        self.programs += 1
        solver = solver or self.solver
        solver.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)
        try:
            table = best_table(solver)
        except ContradictionError:
            # From the last answer the simplex method may lose its way: from the start again.
            solver.clearSolver()
            table = best_table(solver)
        if table is None:  # every count has an end
            raise ContradictionError
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
        draw = np.random.default_rng(len(seen.low))
        for sign in (-1.0, 1.0):
            seen.learn(self._ask(sign * (seen.targets.T @ draw.random(len(seen.low)))))
        table = self._ask(np.zeros(seen.targets.shape[1]))
        quarter = np.empty(len(table), dtype=np.int64)
        for (_, on, _), at in self.known.atoms.items():
            quarter[at] = self.known.quarters.index(on)
        for width in AT_ONCE:
            for first in range(max(len(self.known.quarters) - width + 1, 1)):
                among = np.flatnonzero((quarter >= first) & (quarter < first + width))
                self._among(among, table, seen, threshold)

    def _among(self, places: Ints, table: Floats, seen: "_Seen", threshold: int) -> None:
        """Let these counts move and no others, as long as that gives any of them room."""
        own = sparse.csr_array(seen.targets[:, places])
        draw, vain = np.random.default_rng(len(places)), 0
        left = seen.is_narrow(threshold) & (np.diff(own.indptr) > 0)
        solver = self.system.only(places, table).solver() if left.any() else self.solver
        while left.any() and vain < IN_VAIN:
            down = np.where(seen.low >= 1, 1.0, -1.0)
            moved = table.copy()
            moved[places] = self._ask(own.T @ (left * down * draw.random(len(left))), solver)
            seen.learn(moved)
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

    def only(self, places: Ints, table: Floats) -> "Equations":
        """Of these columns alone, all others as in a table that fits."""
        own = sparse.csr_array(self.rows[:, places])
        taken = np.flatnonzero(np.diff(own.indptr))
        rest = (self.rows @ table - own @ table[places])[taken]
        least, most = (end[taken] - rest for end in self.ends)
        rows = sparse.csr_array(own[taken])
        return Equations(rows, (least, most), self.low[places], self.high[places])

    def solver(self) -> highspy.Highs:
        """The program, warm from one question to the next."""
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = self.rows.shape
        model.col_cost_ = np.zeros(len(self.low))
        model.col_lower_, model.col_upper_ = self.low, ends_of(self.high)
        model.row_lower_, model.row_upper_ = (ends_of(end) for end in self.ends)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = self.rows.indptr
        model.a_matrix_.index_ = self.rows.indices
        model.a_matrix_.value_ = self.rows.data
        return silent(model, WARM)
