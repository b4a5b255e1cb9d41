"""The counts of one quarter that are rounded together, and what holds between them."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

from metrics.disclosure.programs import Floats
from metrics.disclosure.tables import Counts
from metrics.reach import AS_A_CELL, Off

PLAIN = 4.0  # closer sums, for one that every reader sees

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tether:
    """Sums of each level's atoms that should lie between bounds, as nearly as they can.

    `weights` (sum, month, cell) say of what they are made at every level; `lower` and `upper`
    (level, sum) are multiples of the base, infinite where nothing is asked. Sums are `closer`
    that only a closer look holds against each other than that of every reader.
    """

    weights: Counts
    lower: Floats
    upper: Floats
    closer: Booleans | None = None

    def at(self, levels: Counts) -> "Tether":
        """The same for some of the levels."""
        return replace(self, lower=self.lower[levels], upper=self.upper[levels])

    def rows(self) -> sparse.csr_array:
        """One row per level and sum, over all atoms."""
        flat = sparse.csr_array(self.weights.reshape(len(self.weights), -1))
        return sparse.csr_array(sparse.block_diag([flat] * len(self.lower), format="csr"))

    def worth(self) -> Floats:
        """By level and sum what it costs to be off: what every reader sees comes first."""
        closer = np.zeros(len(self.weights), dtype=bool) if self.closer is None else self.closer
        return np.tile(np.where(closer, 1.0, PLAIN), len(self.lower))

    def off(self, multiples: Counts) -> int:
        """By how many multiples all sums together are outside their bounds."""
        sums = np.tensordot(multiples, self.weights, axes=((1, 2), (1, 2)))
        below = np.maximum(np.ceil(self.lower) - sums, 0)
        above = np.maximum(sums - np.floor(self.upper), 0)
        return int((below + above).sum())


@dataclass(frozen=True, slots=True)
class Slice:
    """Exact counts of one quarter (level, month, cell; level 0 is all) and their equations.

    `faces` (breakdown, level) times the counts is 0. `sums` (sum, cell) are the sets of cells
    whose sum is published beside the cells. `slack` is how many multiples further than the
    nearest ones sums may go that leave a cell out, and cells of the whole quarter; `totals`
    the same for the quarter's sums of all cells, `months` for a month's. `tether` is what
    sums should keep to where another metric counts the same cases. `tables` are how many cells
    each table has, where several stand side by side. `stocks` are cells that count what is
    still to come: a sum of all others, what has come, is a total too. `coarser` is the base of
    an audience whose counts are made of these, as a multiple of this one. `at_once` where all
    breakdowns are rounded by one program, which costs more and is nearer to the tether. By how
    many multiples more single sums may give way for the tether's sake is in `gives`, and how
    far they did at most in `gave`.
    """

    truth: Counts
    faces: Counts
    sums: Counts
    base: int
    slack: int = 0
    totals: int = 0
    months: int = 0
    tether: Tether | None = None
    tables: tuple[int, ...] = ()
    stocks: tuple[int, ...] = ()
    coarser: int | None = None
    at_once: bool = False
    gives: Off = AS_A_CELL
    gave: Off = AS_A_CELL

    @property
    def steered(self) -> Counts:
        """Cells and sums of cells of a quarter: what errors are carried for."""
        return with_cells(self.sums)

    def windows(self) -> sparse.csr_array:
        """One row per published sum of atoms: sums of a month, cells and sums of a quarter."""
        return _windows(self.truth.shape, _rows_of(self.sums))

    def slacks(self) -> Counts:
        """For each row of the windows how many multiples further it may go."""
        levels, months, _ = self.truth.shape
        of_month = np.where(self._whole(self.sums), self.months, self.slack)
        of_quarter = np.where(self._whole(self.steered), self.totals, self.slack)
        slacks: Counts = np.concatenate(
            [
                np.tile(of_month + self.gave.month, levels * months),
                np.tile(of_quarter + self.gave.quarter, levels),
            ]
        )
        return slacks

    @property
    def in_months(self) -> Booleans:
        """Which rows of the windows are of one month."""
        levels, months, _ = self.truth.shape
        many = levels * months * len(self.sums)
        found: Booleans = np.arange(many + levels * len(self.steered)) < many
        return found

    @property
    def as_far(self) -> "Slice":
        """The same with all sums as far as they may go."""
        return replace(self, gave=self.gives)

    def _whole(self, rows: Counts) -> Booleans:
        """Which sums of cells are of all cells of a table, or of all but its stocks."""
        taken = rows > 0
        taken[:, list(self.stocks)] = True
        ends = np.cumsum(self.tables or (rows.shape[1],))
        parts = np.split(taken, ends[:-1], axis=1)
        whole: Booleans = np.any([part.all(axis=1) for part in parts], axis=0)
        return whole

    def balances(self) -> sparse.csr_array:
        """One row per breakdown, month and cell: its levels less all is 0."""
        return _balances(self.truth.shape, _rows_of(self.faces))


# Quarters, and breakdowns of one size, have the same equations: made once, never changed.
@lru_cache(maxsize=256)
def _windows(shape: tuple[int, ...], sums: tuple[tuple[int, ...], ...]) -> sparse.csr_array:
    levels, months, cells = shape
    rows = np.array(sums, dtype=np.int64).reshape(len(sums), cells)
    every_level = sparse.eye_array(levels, dtype=np.int64)
    of_months = sparse.kron(sparse.eye_array(months, dtype=np.int64), rows)
    of_quarter = sparse.kron(np.ones((1, months), dtype=np.int64), with_cells(rows))
    return sparse.vstack(
        [sparse.kron(every_level, of_months), sparse.kron(every_level, of_quarter)],
        format="csr",
    )


@lru_cache(maxsize=256)
def _balances(shape: tuple[int, ...], faces: tuple[tuple[int, ...], ...]) -> sparse.csr_array:
    levels, months, cells = shape
    rows = np.array(faces, dtype=np.int64).reshape(len(faces), levels)
    return sparse.kron(rows, sparse.eye_array(months * cells, dtype=np.int64), format="csr")


def _rows_of(table: Counts) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in table.tolist())


def with_cells(sums: Counts) -> Counts:
    """The sums of cells with each cell alone before them."""
    return np.vstack([np.eye(sums.shape[1], dtype=np.int64), sums])
