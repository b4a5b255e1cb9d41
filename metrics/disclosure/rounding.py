"""Additive controlled rounding of one quarter: every count and its sums to a multiple.

Cells are rounded together by one mixed-integer program, so that levels add up to all,
outcomes and bands to totals, and months to the quarter. An exact multiple of the base, zero
included, stays as it is; any other cell goes to one of its two neighbouring multiples, and so
does every published sum of cells.

Why nobody can do better than "within base - 1": the rounded quarter is itself additive, so it
could be the truth. Take any case profile (one level of each breakdown, a month, a cell) and
add up to base - 1 such cases to it: every cell and sum moves by at most base - 1 and all of
them still agree with what is published. Likewise for taking cases away where the published
count is not 0. So every value of a cell's stated window belongs to a possible truth.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import LinearConstraint

from metrics.disclosure.coarser import Made, beside
from metrics.disclosure.programs import Floats, Program, Soft, binding, breaking, softened
from metrics.disclosure.tables import Counts, ProtectionError
from metrics.reach import AS_A_CELL, Off

PLAIN = 4.0  # closer sums, for one that every reader sees
WORTH = 100  # sums that go further, for one that keeps to the tether
FREE = 1000  # multiples: as good as no limit
Ways = tuple[tuple[int, int, int], ...]
WAYS: Ways = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (FREE, FREE, 0), (FREE, FREE, FREE))
FURTHER: Ways = ((1, 1, 1), *WAYS[3:])

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


@dataclass(frozen=True, slots=True)
class Moves:
    """Steps of one base, each taken or not, away from every atom rounded down.

    The atoms at `coarser` may take one of a coarser base too.
    """

    atoms: Counts
    signs: Counts
    costs: Floats
    coarser: Counts


def rounded(
    quarter: Slice, *, carry: Counts, draw: np.random.Generator, ways: Ways = ()
) -> Counts:
    """The quarter's counts as multiples of the base; the same draw gives the same counts.

    `carry` (level, cell or sum as in `Slice.steered`) is published less true, summed over the
    quarters before: the rounding drawn is the unbiased one where it is 0, and tends against
    it otherwise, so that years and the whole span stay near the truth.

    Where no strict rounding adds up, sums and cells of the quarter may go further by one
    multiple, then the quarter's totals of all cells too, then all these as far as they must,
    and a month's totals last of all, or in the `ways` that are given: every cell of a month
    stays within the base, and levels add up. Raises ProtectionError where the solver finds
    nothing.
    """
    costs = _costs(quarter, carry, draw)
    near = replace(quarter, gives=AS_A_CELL)
    if quarter.coarser and (counts := _additive(near, costs)) is not None:
        return verified(near, counts * quarter.base)
    for slack, totals, in_months in ways or WAYS:
        piece = replace(quarter, slack=slack, totals=totals, months=in_months, coarser=None)
        counts = _additive(piece, costs)
        if counts is not None:
            return verified(piece.as_far, counts * quarter.base)
    raise ProtectionError("no additive rounding exists; merge levels or use another base")


def strictly_roundable(quarter: Slice) -> bool:
    """Whether some rounding keeps every cell and every sum within the base."""
    return _additive(quarter, np.zeros(quarter.truth.shape)) is not None


def verified(quarter: Slice, counts: Counts) -> Counts:
    """The same counts, once every promise of the method has been checked in whole numbers."""
    truth, base = quarter.truth, quarter.base
    error = np.abs(counts - truth)
    sums = quarter.windows() @ (counts - truth).ravel()
    broken = {
        "a count is not a multiple of the base": (counts % base).any(),
        "a count is negative": (counts < 0).any(),
        "none became some": counts[truth == 0].any(),
        "a count is too far from the truth": (error >= base).any(),
        "levels do not add up": (quarter.balances() @ counts.ravel()).any(),
        "a sum is too far from the truth": (
            np.abs(sums) >= base * (1 + quarter.slacks())
        ).any(),
    }
    for promise, is_broken in broken.items():
        if is_broken:
            raise ProtectionError(f"the rounding is wrong: {promise}")
    return counts


def _costs(quarter: Slice, carry: Counts, draw: np.random.Generator) -> Floats:
    """What rounding each atom up costs, so that sums go up about as often as they should.

    Each published number pulls once, however many cells and sums show the same cases. It
    pulls up with probability residue / base where its carried error is 0: the cost is the
    change in squared cumulative error (in units of base * base) and uniform noise on (-1, 1).
    It weighs as much as the cells in it together, or their noise would decide the sum.
    Exact multiples do not move, so they neither pull nor draw.
    """
    base, atoms = quarter.base, quarter.truth.ravel()
    windows = quarter.windows()
    rows = sparse.vstack(
        [windows, sparse.eye_array(atoms.size, dtype=np.int64)], format="csr"
    ).multiply(atoms > 0)
    carried = np.zeros(rows.shape[0])
    of_quarter = slice(windows.shape[0] - carry.size, windows.shape[0])
    carried[of_quarter] = carry.ravel()
    # Numbers with the same mark show the same cases; a level without any changes no mark.
    mark = np.zeros(atoms.size, dtype=np.int64)
    mark[atoms > 0] = np.random.default_rng(0).integers(1, 2**40, int((atoms > 0).sum()))
    _, first, same = np.unique(rows @ mark, return_index=True, return_inverse=True)
    steers = np.zeros(rows.shape[0])
    steers[of_quarter] = 1
    errors = np.bincount(same, carried) / np.maximum(1, np.bincount(same, steers))
    numbers = rows.tocsr()[first]
    residue = (numbers @ atoms) % base
    moving = residue > 0
    pull = np.zeros(len(first))
    noise = draw.uniform(-1, 1, int(moving.sum()))
    pull[moving] = (base - 2 * residue + 2 * errors)[moving] / base + noise
    costs: Floats = numbers.T @ (pull * numbers.sum(axis=1))
    return costs.reshape(quarter.truth.shape)


def _additive(quarter: Slice, costs: Floats) -> Counts | None:
    """All by itself, then the levels of each breakdown so that they add up to it.

    A breakdown that cannot add up to the rounding of all is from then on rounded together
    with it; what then fails fails for the whole quarter.
    """
    together = list(range(len(quarter.faces))) if quarter.at_once else []
    while True:
        counts = quarter.truth // quarter.base
        made = Made(counts, counts // (quarter.coarser or 1))
        if not _settle(quarter, costs, made, together, beyond=0):
            return None
        alone = [face for face in range(len(quarter.faces)) if face not in together]
        size = quarter.truth[0].size
        stuck = [
            face for face in alone if not _settle(quarter, costs, made, [face], beyond=size)
        ]
        if not stuck:
            return made.counts
        together += stuck


def _settle(
    quarter: Slice, costs: Floats, made: Made, faces: list[int], *, beyond: int
) -> bool:
    """Write the rounding of all and these breakdowns into `made`; False where none adds up.

    Atoms before `beyond` are settled already.
    """
    rows = quarter.faces[faces]
    levels: Counts = np.union1d([0], np.nonzero(rows)[1])
    tether = quarter.tether.at(levels) if quarter.tether else None
    piece = replace(quarter, truth=quarter.truth[levels], faces=rows[:, levels], tether=tether)
    found = _solved(piece, made.at(levels), _up(piece, costs[levels], beyond=beyond))
    if found is None:
        return False
    made.counts[levels], made.coarser[levels] = found.counts, found.coarser
    return True


def _up(quarter: Slice, costs: Floats, *, beyond: int = 0) -> Moves:
    """Up by one, for each atom (from `beyond` on) that is no multiple."""
    moving = np.flatnonzero(quarter.truth.ravel() % quarter.base)
    atoms: Counts = moving[np.searchsorted(moving, beyond) :]
    free = np.arange(beyond, quarter.truth.size) if quarter.coarser else atoms[:0]
    return Moves(atoms, np.ones_like(atoms), costs.ravel()[atoms], free)


def _solved(quarter: Slice, made: Made, moves: Moves) -> Made | None:
    """Multiples after the cheapest moves that keep every equation; None where none do."""
    multiples, coarser = made.counts.ravel(), made.coarser.ravel()
    # An atom that stays a multiple of the coarser base is one there.
    may = np.union1d(moves.atoms, np.flatnonzero(multiples % (quarter.coarser or 1)))
    free = np.intersect1d(moves.coarser, may)
    if moves.atoms.size or free.size:
        program = _program(quarter, multiples, moves)
        if quarter.coarser:
            both = Made(multiples, coarser)
            rows = (quarter.windows(), quarter.balances())
            program = beside(program, rows, both, (moves.atoms, free), quarter.coarser)
        found = program.solved()
        if found is None:
            return None
        taken = np.rint(found).astype(np.int64)
        np.add.at(multiples, moves.atoms, moves.signs * taken[: moves.atoms.size])
        coarser[free] += taken[len(taken) - free.size :]
    return made


def _program(quarter: Slice, start: Counts, moves: Moves) -> Program:
    """Moves to choose from; then how far tethered sums are off, and others go further.

    To go further by one multiple costs more than all moves together, and to be off as much as
    many such sums.
    """
    windows, giving, balances = _constraints(quarter, start, moves)
    if quarter.tether is None:
        return softened(moves.costs, [windows, giving, balances], [])
    worst = 1 + np.abs(moves.costs).sum()
    tethered, worth = _tethered(quarter.tether, start, moves)
    if not quarter.gives:
        return softened(moves.costs, [windows, balances], [Soft(tethered, worth * worst)])
    soft = [Soft(giving, worst, 1), Soft(tethered, WORTH * worth * worst)]
    return softened(moves.costs, [windows, balances], soft)


def _tethered(tether: Tether, start: Counts, moves: Moves) -> tuple[LinearConstraint, Floats]:
    """Tethered sums that moves can break, with their ends, and what each is worth."""
    levels, sums = tether.lower.shape
    flat = sparse.csr_array(tether.weights.reshape(sums, -1))
    rows = sparse.csr_array(sparse.kron(sparse.eye_array(levels), flat))
    begun = rows @ start
    lower, upper = tether.lower.ravel() - begun, tether.upper.ravel() - begun
    taken = rows[:, moves.atoms].multiply(moves.signs).tocsr()
    breaks = breaking(taken, lower, upper)
    return LinearConstraint(taken[breaks], lower[breaks], upper[breaks]), tether.worth()[breaks]


def _constraints(quarter: Slice, start: Counts, moves: Moves) -> list[LinearConstraint]:
    """Sums within their windows, those that may give way, and balances, over the moves."""
    windows, balances, base = quarter.windows(), quarter.balances(), quarter.base
    slacks = quarter.slacks()
    totals, begun, owed = windows @ quarter.truth.ravel(), windows @ start, balances @ start
    lower, upper = totals // base - begun - slacks, -(-totals // base) - begun + slacks
    gives = quarter.gives
    giving = np.where(quarter.in_months, gives.month, gives.quarter) > 0
    return [
        *(_over(moves, windows[at], lower[at], upper[at]) for at in (~giving, giving)),
        _over(moves, balances, -owed, -owed),
    ]


def _over(
    moves: Moves, rows: sparse.csr_array, lower: Counts | Floats, upper: Counts | Floats
) -> LinearConstraint:
    """The rows that moves can break."""
    return binding(rows[:, moves.atoms].multiply(moves.signs).tocsr(), lower, upper)
