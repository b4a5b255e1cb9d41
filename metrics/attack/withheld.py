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
from scipy import sparse

from metrics.attack.bounds import TOLERANCE, ContradictionError, best_table, ends_of, silent
from metrics.attack.exact import Belief, Counts, Place, Row, links
from metrics.attack.knowledge import Findings
from metrics.attack.system import Floats
from metrics.attack.told import Told

ENOUGH = 1e6  # beyond any count that is withheld for being small: keeps every program finite
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
        # Primal simplex without presolve: a changed objective leaves the last answer feasible.
        warm: dict[str, str | int] = {
            "presolve": "off", "solver": "simplex", "simplex_strategy": 4
        }  # fmt: skip
        self.solver = silent(_model(rows, low, np.minimum(high, enough)), warm)
        try:
            self._ask(np.zeros(len(low)))
            self.is_possible = True
        except ContradictionError:
            self.is_possible = False

    def _ask(self, cost: Floats) -> Floats:
        self.programs += 1
        self.solver.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)
        try:
            table = best_table(self.solver)
        except ContradictionError:
            # From the last answer the simplex method may lose its way: from the start again.
            self.solver.clearSolver()
            table = best_table(self.solver)
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
        self._together(seen, threshold)
        for at, place in enumerate(hidden):
            for sign in (-1.0, 1.0):
                if seen.is_narrow(threshold, at):
                    seen.learn(self._ask(sign * seen.targets[[at]].toarray().ravel()))
            low, high = seen.low[at] - TOLERANCE, seen.high[at] + TOLERANCE
            where = f"{' '.join(place[2][:2])}, quarter from {place[1]}"
            yield where, float(np.ceil(low)), float(np.floor(high))

    def _together(self, seen: "_Seen", threshold: int) -> None:
        """Seek tables for all counts at once, as long as each gives enough of them room."""
        draw = np.random.default_rng(len(seen.low))
        for sign in (-1.0, 1.0):
            seen.learn(self._ask(sign * (seen.targets.T @ draw.random(len(seen.low)))))
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


def _model(rows: Sequence[Row], low: Floats, high: Floats) -> highspy.HighsLp:
    at = [(row, column, c) for row, (sums, *_) in enumerate(rows) for column, c in sums.items()]
    row, column, value = (np.array(each) for each in zip(*at, strict=True))
    matrix = sparse.csr_array((value, (row, column)), shape=(len(rows), len(low)))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(low), len(rows)
    model.col_cost_ = np.zeros(len(low))
    model.col_lower_, model.col_upper_ = low, ends_of(high)
    model.row_lower_ = ends_of(np.array([lowest for _, lowest, _ in rows]))
    model.row_upper_ = ends_of(np.array([highest for *_, highest in rows]))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    return model
