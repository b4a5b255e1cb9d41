"""The cheapest pattern of all, for small tables: Fischetti and Salazar's cutting planes.

A master program chooses which cells to withhold. For every sensitive cell that its choice does
not protect, the duals of the attacker's program give an inequality that every protecting
choice meets; the master chooses again until all are protected (2001, Management Science 47:
1008-1027).
"""

import numpy as np
from scipy import sparse
from scipy.optimize import LinearConstraint

from metrics.disclosure.linked import Booleans, Linked
from metrics.disclosure.programs import Program
from metrics.disclosure.ranges import TINY, Floats, Known, Ranges, nothing_known
from metrics.disclosure.suppression import Pattern, UnprotectableError, Wanted

LARGEST = 300  # cells, above which the heuristic answers
ROUNDS = 200  # of choosing again, as many as no table of that size has needed


def fewest_suppressed(
    tables: Linked, want: Wanted, known: Known | None = None
) -> Pattern | None:
    """The pattern that costs least, proved to; None where it is not found in `ROUNDS`.

    Raises UnprotectableError where no pattern protects.
    """
    before = nothing_known(len(tables.keys)) if known is None else known
    cuts: list[Floats] = []
    for _ in range(ROUNDS):
        hidden = _chosen(want, cuts)
        ranges = Ranges(tables, before, hidden)
        found = _violated(ranges, want, before)
        if not found:
            return Pattern(hidden, ranges.low, ranges.high)
        cuts += found
    return None


def _chosen(want: Wanted, cuts: list[Floats]) -> Booleans:
    """The cheapest choice that meets every inequality so far."""
    free = want.unpublished | want.sensitive
    costs = np.where(free, 0.0, want.costs)
    rows = [LinearConstraint(sparse.csr_array(np.array(cuts)), 1.0, np.inf)] if cuts else []
    program = Program(costs, np.where(want.kept, 0.0, 1.0), rows, free.astype(float))
    found = program.solved({"mip_rel_gap": 0.0})
    if found is None:
        raise UnprotectableError(
            "a sensitive cell cannot be protected, whatever else is withheld; publish a"
            " coarser table"
        )
    chosen: Booleans = found > 1 / 2
    return chosen


def _violated(ranges: Ranges, want: Wanted, known: Known) -> list[Floats]:
    """An inequality (its coefficients; at least 1) for every promise that is not kept."""
    values = ranges.tables.values
    found = []
    for cell in np.flatnonzero(want.sensitive):
        for sign, end in ((1, want.high[cell]), (-1, want.low[cell])):
            needed = sign * float(end - values[cell])
            reached, duals = ranges.furthest(int(cell), sign)
            if sign * (reached - values[cell]) < needed - TINY:
                cut = _cut(ranges, int(cell), sign, duals, known)
                found.append(_lifted(cut, needed, want))
    return found


def _lifted(cut: Floats, needed: float, want: Wanted) -> Floats:
    """The same inequality as "at least 1", over the cells that are there to choose.

    What is withheld anyway gives what it gives, and no cell need give more than what is left.
    """
    given = want.sensitive | want.unpublished
    left = needed - cut[given].sum()
    return np.where(given, 0.0, np.minimum(cut / left, 1.0))


def _cut(ranges: Ranges, cell: int, sign: int, duals: Floats, known: Known) -> Floats:
    """How much each cell, withheld, lets the cell move at most: bounds times reduced costs."""
    reduced = ranges.tables.equations.T @ duals
    reduced[cell] += sign
    reduced[np.abs(reduced) < TINY] = 0.0
    values = ranges.tables.values
    with np.errstate(invalid="ignore"):
        up = np.where(reduced > 0, reduced * (known.high - values), 0.0)
    down = np.where(reduced < 0, -reduced * (values - known.low), 0.0)
    cut: Floats = up + down
    return cut
