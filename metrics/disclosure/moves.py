"""The program that rounds a slice: steps of one base up, and the rows that they must keep."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import LinearConstraint

from metrics.disclosure.programs import Floats, Program, Soft, breaking, softened
from metrics.disclosure.slices import Slice
from metrics.disclosure.tables import Counts

WORTH = 100  # sums that go further, for one that keeps to the tether


@dataclass(frozen=True, slots=True)
class Moves:
    """Steps of one base up, each taken or not, from every atom rounded down.

    The atoms at `coarser` may take one of a coarser base too.
    """

    atoms: Counts
    costs: Floats
    coarser: Counts


def program_of(quarter: Slice, start: Counts, moves: Moves) -> Program:
    """Moves to choose from; then how far sums go further, and tethered ones are off.

    `start` has the multiples of every atom before a move. To go further by one multiple costs
    more than all moves together, and to be off as much as many such sums. Rows that no moves
    can break are left out.
    """
    rows, lower, upper = _rows(quarter)
    begun, taken = rows @ start, rows[:, moves.atoms]
    lower, upper = lower - begun, upper - begun
    breaks = breaking(taken, lower, upper)
    giving, tethered = _prices(quarter, 1 + np.abs(moves.costs).sum())
    holds = (giving == 0) & (tethered == 0)
    by_kind = [np.flatnonzero(breaks & each) for each in (holds, giving > 0, tethered > 0)]
    order = np.concatenate(by_kind)
    soft = [Soft(giving[by_kind[1]], most=1), Soft(tethered[by_kind[2]])]
    kept = LinearConstraint(taken[order], lower[order], upper[order])
    return softened(moves.costs, kept, soft)


def _rows(quarter: Slice) -> tuple[sparse.csr_array, Floats, Floats]:
    """Over all atoms: published sums, balances, tethered sums; and their ends, in multiples."""
    windows, balances, base = quarter.windows(), quarter.balances(), quarter.base
    sums, slacks = windows @ quarter.truth.ravel(), quarter.slacks()
    none = np.zeros(balances.shape[0])
    rows, ends = [windows, balances], [(sums // base - slacks, -(-sums // base) + slacks)]
    ends.append((none, none))
    if quarter.tether:
        rows.append(quarter.tether.rows())
        ends.append((quarter.tether.lower.ravel(), quarter.tether.upper.ravel()))
    lower, upper = (np.concatenate(each) for each in zip(*ends, strict=True))
    return sparse.vstack(rows, format="csr"), lower, upper


def _prices(quarter: Slice, worst: float) -> tuple[Floats, Floats]:
    """By row what it costs to go further, and to be off its tether; 0 where it may not."""
    may = np.where(quarter.in_months, quarter.gives.month, quarter.gives.quarter) > 0
    none = np.zeros(quarter.balances().shape[0])
    if quarter.tether is None:
        return np.zeros(may.size + none.size), np.zeros(may.size + none.size)
    worth = quarter.tether.worth() * worst
    giving = np.concatenate([may * worst, none, np.zeros(worth.size)])
    dearest = WORTH if quarter.gives else 1
    return giving, np.concatenate([np.zeros(may.size), none, worth * dearest])
