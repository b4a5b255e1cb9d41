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

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import numpy as np
from scipy import sparse

from metrics.disclosure.coarser import Made, beside
from metrics.disclosure.moves import Moves, program_of
from metrics.disclosure.programs import Floats
from metrics.disclosure.slices import Slice
from metrics.disclosure.tables import Counts, ProtectionError
from metrics.reach import AS_A_CELL

CORES = 2
FREE = 1000  # multiples: as good as no limit
Ways = tuple[tuple[int, int, int], ...]
WAYS: Ways = ((0, 0, 0), (1, 0, 0), (1, 1, 0), (FREE, FREE, 0), (FREE, FREE, FREE))
FURTHER: Ways = ((1, 1, 1), *WAYS[3:])


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
        settle = partial(_settle, quarter, costs, made, beyond=size)
        # Breakdowns are programs apart, and HiGHS leaves Python to others while it solves one.
        with ThreadPoolExecutor(CORES) as pool:
            fits = list(pool.map(settle, ([face] for face in alone)))
        stuck = [face for face, is_settled in zip(alone, fits, strict=True) if not is_settled]
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
    return Moves(atoms, costs.ravel()[atoms], free)


def _solved(quarter: Slice, made: Made, moves: Moves) -> Made | None:
    """Multiples after the cheapest moves that keep every equation; None where none do."""
    multiples, coarser = made.counts.ravel(), made.coarser.ravel()
    # An atom that stays a multiple of the coarser base is one there.
    may = np.union1d(moves.atoms, np.flatnonzero(multiples % (quarter.coarser or 1)))
    free = np.intersect1d(moves.coarser, may)
    if moves.atoms.size or free.size:
        program = program_of(quarter, multiples, moves)
        if quarter.coarser:
            both = Made(multiples, coarser)
            rows = (quarter.windows(), quarter.balances())
            program = beside(program, rows, both, (moves.atoms, free), quarter.coarser)
        found = program.solved()
        if found is None:
            return None
        taken = np.rint(found).astype(np.int64)
        multiples[moves.atoms] += taken[: moves.atoms.size]
        coarser[free] += taken[len(taken) - free.size :]
    return made
