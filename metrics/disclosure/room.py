"""How far sums of withheld counts can move while everything else that is told holds.

Most of what is withheld has room enough among the counts of its own quarter, or of few in a
row, while those of all others stay as they are. Such programs are small, and a table that one
of them finds is one of the whole. Only what is left is asked of all quarters at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, product

import highspy
import numpy as np
from scipy import sparse

from metrics.disclosure.linked import Booleans
from metrics.disclosure.ranges import TINY, Floats, optimum, solver_of
from metrics.disclosure.tables import Counts, ProtectionError

ALONE = (1, 2, 4)  # so many quarters in a row move first, and then all
IN_VAIN = 3  # questions in a row that give nothing room, after which a few quarters are left
PATIENCE = 5e9  # steps of the simplex method times the counts that move: some two minutes
ASKED_ALONE = 8  # of all quarters, every so many questions one is of a single count

Row = tuple[dict[int, float], float, float]


class OutOfPatienceError(ProtectionError):
    """It takes too long to find how far counts can move."""


@dataclass(frozen=True)
class Moving:
    """True counts, what each may be in place of it, and rows of them that hold.

    Rows (row, count) are within their two ends, counts between `low` and `high`; `quarters`
    has the quarter of each count.
    """

    truth: Floats
    low: Floats
    high: Floats
    quarters: Counts
    rows: sparse.csr_array
    ends: tuple[Floats, Floats]

    @classmethod
    def of(
        cls, rows: Sequence[Row], truth: Floats, low: Floats, high: Floats, quarters: Counts
    ) -> "Moving":
        """Of rows as their counts' places with the weights, and two ends."""
        at = [
            (row, place, by)
            for row, (sums, *_) in enumerate(rows)
            for place, by in sums.items()
        ]
        row, place, by = (np.array(each) for each in zip(*at, strict=True))
        matrix = sparse.csr_array((by, (row, place)), shape=(len(rows), len(truth)))
        least, most = (np.array([row[end] for row in rows]) for end in (1, 2))
        return cls(truth, low, high, quarters, matrix, (least, most))

    def only(self, places: Counts) -> "Moving":
        """These counts alone, with the rows that they are in; all others stay as they are."""
        rows = sparse.csr_array(self.rows[:, places])
        taken = np.flatnonzero(np.diff(rows.indptr))
        rest = (self.rows @ self.truth - rows @ self.truth[places])[taken]
        least, most = (end[taken] - rest for end in self.ends)
        truth, low, high = (each[places] for each in (self.truth, self.low, self.high))
        rows, ends = _once(sparse.csr_array(rows[taken]), least, most)
        return Moving(truth, low, high, self.quarters[places], rows, ends)

    @cached_property
    def falling(self) -> Counts:
        """Places of the counts that may be lower than they are."""
        return np.flatnonzero(self.low < self.truth)

    @cached_property
    def solver(self) -> highspy.Highs:
        """The program, warm from one question to the next.

        Counts rise by one variable and fall by another, so that the truth, where none moves,
        is where the simplex method starts: it has not to look for a table that fits.
        """
        fall, now = self.falling, self.rows @ self.truth
        rows = sparse.csr_array(sparse.hstack([self.rows, -self.rows[:, fall]]))
        most = np.concatenate([self.high - self.truth, (self.truth - self.low)[fall]])
        within = (self.ends[0] - now, self.ends[1] - now)
        return solver_of(rows, np.zeros(len(most)), most, within=within)

    @property
    def effort(self) -> float:
        """What the last answer took: steps of the simplex method times counts.

        Not time, so that the same counts are told on every machine.
        """
        return float(self.solver.getInfo().simplex_iteration_count) * len(self.truth)

    def best(self, cost: Floats) -> Floats:
        """The counts at the least cost."""
        solver, cells = self.solver, len(self.truth)
        costs = np.concatenate([cost, -cost[self.falling]])
        solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        found = optimum(solver)
        if found is None:  # from the last answer the simplex method may lose its way
            solver.clearSolver()
            found = optimum(solver)
        if found is None:
            raise ProtectionError("counts of several metrics have no table that fits them")
        table: Floats = self.truth + found[:cells]
        table[self.falling] -= found[cells:]
        return table


def _once(
    rows: sparse.csr_array, least: Floats, most: Floats
) -> tuple[sparse.csr_array, tuple[Floats, Floats]]:
    """Equal rows as one, between the nearest of their ends.

    What has come by the end of one quarter and of the next is the same sum to whoever moves
    counts of quarters before.
    """
    rows.sort_indices()
    places: dict[tuple[bytes, bytes], int] = {}
    at = [
        places.setdefault((rows.indices[a:b].tobytes(), rows.data[a:b].tobytes()), len(places))
        for a, b in pairwise(rows.indptr.tolist())
    ]
    first = np.unique(at, return_index=True)[1]
    lower, upper = np.full(len(first), -np.inf), np.full(len(first), np.inf)
    np.maximum.at(lower, at, least)
    np.minimum.at(upper, at, most)
    return sparse.csr_array(rows[first]), (lower, upper)


@dataclass(slots=True)
class Room:
    """The least and the most that is known of each target (target, count) to be possible.

    A target has room where it may be none or at least `few`, and takes as many values.
    """

    moving: Moving
    targets: sparse.csr_array
    few: int
    effort: float = 0.0
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    _places: Counts = field(init=False)
    _whole: Moving = field(init=False)

    def __post_init__(self) -> None:
        self.low = self.targets @ self.moving.truth
        self.high = self.low.copy()
        self._places = np.flatnonzero(self.moving.high > self.moving.low)
        self._whole = self.moving.only(self._places)

    def narrow(self) -> Iterator[int]:
        """Targets without room, of which both ends are known then.

        What few quarters leave is raised at once, as long as that gives some of it room. First
        of all and in between one is asked about alone: where a metric tells too much, it does
        so of many counts, and whoever looks for one needs no answer of the others.
        """
        draw = np.random.default_rng(len(self.low))
        self._quarter_by_quarter(draw)
        left, helps, tried = ~self.is_wide(), True, 0
        while left.any():
            tried += 1
            if helps and tried % ASKED_ALONE != 1:
                cost = -(self.targets.T @ (left * draw.random(len(left))))[self._places]
                self._learn(self._whole, self._places, cost)
            else:
                at = int(draw.choice(np.flatnonzero(left)))
                for sign in (1.0, -1.0):
                    if not self.is_wide()[at]:
                        self._ask(sign, at)
                left[at] = False
                if not self.is_wide()[at]:
                    yield at
            still = left & ~self.is_wide()
            helps = helps and still.sum() < left.sum()
            left = still

    def _quarter_by_quarter(self, draw: np.random.Generator) -> None:
        """Let the counts of few quarters move, as long as that gives some targets room."""
        moving = self.moving
        quarters = np.unique(moving.quarters)
        for width in ALONE:
            for first in quarters[: max(len(quarters) - width + 1, 1)].tolist():
                span = (moving.quarters >= first) & (moving.quarters < first + width)
                places = self._places[span[self._places]]
                if places.size:
                    self._raise(places, draw)

    def _raise(self, places: Counts, draw: np.random.Generator) -> None:
        own = sparse.csr_array(self.targets[:, places])
        touched = np.diff(own.indptr) > 0
        vain, left = 0, touched & ~self.is_wide()
        moving = self.moving.only(places) if left.any() else None
        while moving and left.any() and vain < IN_VAIN:
            self._learn(moving, places, -(own.T @ (left * draw.random(len(left)))))
            still = left & ~self.is_wide()
            vain = 0 if still.sum() < left.sum() else vain + 1
            left = still

    def ask(self) -> list[tuple[int, int]]:
        """Both ends of every target."""
        for at, sign in product(range(len(self.low)), (1.0, -1.0)):
            self._ask(sign, at)
        return [self.ends(at) for at in range(len(self.low))]

    def _ask(self, sign: float, at: int) -> None:
        """The most of one target, or the least."""
        cost = -sign * self.targets[[at]].toarray().ravel()[self._places]
        self._learn(self._whole, self._places, cost)

    def _learn(self, moving: Moving, places: Counts, cost: Floats) -> None:
        """What the best table by this cost says of every target; only `places` moved in it."""
        table = self.moving.truth.copy()
        if places.size:
            table[places] = moving.best(cost)
            self.effort += moving.effort
            if self.effort > PATIENCE:
                raise OutOfPatienceError("withheld counts are too many to be tried in time")
        values = self.targets @ table
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)

    def ends(self, at: int) -> tuple[int, int]:
        """The least and the most that is known of a target, in whole numbers."""
        least, most = self._whole_numbers()
        return int(least[at]), int(most[at])

    def is_wide(self) -> Booleans:
        """Which targets have room."""
        least, most = self._whole_numbers()
        wide: Booleans = (most - least >= self.few - 1) & ((least < 1) | (most >= self.few))
        return wide

    def _whole_numbers(self) -> tuple[Floats, Floats]:
        return np.ceil(self.low - TINY), np.floor(self.high + TINY)
