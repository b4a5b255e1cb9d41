"""How far the equations narrow each cell: witnesses first, linear programming for the rest.

A witness is a table of whole numbers that agrees with all that is known. Every witness, found
by whatever means, tells something about all cells at once: a cell takes at least the values
that it takes in some witness. What no witness reaches is asked of the simplex method, warm
from the last answer (only the objective changes), and its answers are witnesses again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from metrics.attack.system import Block, Floats, System

Booleans = npt.NDArray[np.bool_]

TOLERANCE = 1e-6
ENOUGH = 10  # broken promises in one block, after which the rest of it is not asked any more


class ContradictionError(Exception):
    """No table of counts agrees with what is known: the files contradict each other."""


@dataclass(frozen=True, slots=True)
class Reach:
    """For each target the smallest and largest value found in any table that fits.

    NaN where enough was found before it was asked.
    Targets are the cells of a block, then its sums of cells. `programs` were solved for them.
    """

    low: Floats
    high: Floats
    programs: int = 0


@dataclass(frozen=True, slots=True)
class Promise:
    """What must be left open: an interval so wide, and not wholly between 1 and a threshold.

    `own` is how many cases in each target the attacker knows already; they are taken off.
    Only `hidden` targets are promised anything: not what is published exactly. Of a target
    that is not small nothing is promised where `small_alone` are protected, by suppression:
    others are withheld for the sake of those, and not for their own.
    """

    width: int
    threshold: int
    own: Floats
    hidden: Booleans
    small_alone: bool = False

    def at(self, target: int) -> "Promise":
        """The promise for one target alone."""
        return replace(self, own=self.own[[target]], hidden=self.hidden[[target]])

    def given(self, low: Floats) -> Booleans:
        """Which targets are promised anything, when each is proved to be at least so much."""
        if not self.small_alone:
            return self.hidden
        return self.hidden & (low - self.own < self.threshold)

    def kept(self, low: Floats, high: Floats) -> Booleans:
        """For which targets what the witnesses show is as much as was promised."""
        others_low, others_high = low - self.own, high - self.own
        hides = (others_low < 1) | (others_high >= self.threshold)
        return ~self.hidden | ((high - low >= self.width) & hides)


def reach(system: System, promise: Promise) -> Reach:
    """The interval that an attacker is left with for each cell and sum, in whole numbers.

    It is followed to its ends where witnesses reach them, or while the promise is not kept.
    Raises ContradictionError where nothing agrees with what is known.
    """
    start = legal(system, system.point)
    if start is None:
        start = _whole(system, np.zeros(system.block.size))
    low, high = _moved(system, start, promise)
    if promise.kept(low, high).all():
        return Reach(low, high)
    return _solved(system, promise, low, high)


def legal(system: System, point: Floats | None) -> Floats | None:
    """The table, if it agrees with all that is known."""
    if point is None or not np.isfinite(point).all():
        return None
    sums = system.block.rows @ point
    fits = (
        (point >= system.lower).all()
        and (point <= system.upper).all()
        and (sums >= system.row_lower - TOLERANCE).all()
        and (sums <= system.row_upper + TOLERANCE).all()
    )
    return point if fits else None


def _moved(system: System, start: Floats, promise: Promise) -> tuple[Floats, Floats]:
    """How far each target gets when cases of one profile are added or taken away."""
    less = {0, int(promise.own.max(initial=0))}
    targets = system.block.targets
    begun = targets @ start
    low, high = begun.copy(), begun.copy()
    profiles = _profiles(system.block, start)
    both_ways = ((system.upper - start, 1), (start - system.lower, -1))
    for (room, sign), short in product(both_ways, sorted(less)):
        steps = np.maximum(np.where(np.isfinite(room), room, start + 100) - short, 0)
        moves = sparse.csr_array(profiles * (sign * steps)[np.newaxis, :])
        fits = _fitting(system, start, moves)
        taken = sparse.coo_array(targets @ moves)
        kept = fits[taken.coords[1]]
        places, values = taken.coords[0][kept], taken.data[kept]
        np.maximum.at(high, places, begun[places] + values)
        np.minimum.at(low, places, begun[places] + values)
    return low, high


def _profiles(block: Block, start: Floats) -> sparse.csc_array:
    """One column per cell: the cells in which one more case of it would stand.

    A case stands in all, and in one level of each breakdown: the cell's own, and the fullest
    one of the others.
    """
    _, months, columns = block.shape
    table = start.reshape(block.shape)
    names = np.array([name for name, _ in block.levels])
    cells = np.arange(block.size)
    level, rest = np.divmod(cells, months * columns)
    places = [rest]  # level 0 is all
    for face in block.breakdowns:
        of_face = np.flatnonzero(names == face)
        fullest = of_face[table[of_face].argmax(axis=0)].ravel()[rest]
        own = names[level] == face
        places.append(np.where(own, level, fullest) * months * columns + rest)
    row = np.concatenate(places)
    column = np.tile(cells, len(places))
    return sparse.csc_array((np.ones(row.size), (row, column)), shape=(block.size, block.size))


def _fitting(system: System, start: Floats, moves: sparse.csr_array) -> Booleans:
    """Which columns of moves lead from the legal table to another one."""
    fits, rows = np.ones(moves.shape[1], dtype=bool), system.block.rows
    for change, at, lowest, highest in (
        (moves, start, system.lower, system.upper),
        (rows @ moves, rows @ start, system.row_lower, system.row_upper),
    ):
        entries = sparse.coo_array(change)
        row, column = entries.coords
        value = at[row] + entries.data
        wrong = (value < lowest[row] - TOLERANCE) | (value > highest[row] + TOLERANCE)
        fits[column[wrong]] = False
    return fits


def _solved(system: System, promise: Promise, low: Floats, high: Floats) -> Reach:
    """Ask the simplex method for what no witness has reached, the narrowest first."""
    low_end = np.concatenate([system.lower, system.sum_lower])
    high_end = np.concatenate([system.upper, system.sum_upper])
    asked = np.flatnonzero(~promise.kept(low, high))
    asked = asked[np.argsort(high_end[asked] - low_end[asked], kind="stable")]
    search = _Search(system, promise, _solver(system))
    broken = programs = 0
    for at in asked.tolist():
        if broken == ENOUGH:
            low[at], high[at] = np.nan, np.nan
        elif not promise.at(at).kept(low[[at]], high[[at]]).all():
            ends = np.array([low_end[at]]), np.array([high_end[at]])
            if promise.at(at).kept(*ends).all():
                ends = search.ends(at, low, high)
                programs += 2
            if not promise.at(at).kept(*ends).all():
                broken += int(promise.at(at).given(ends[0]).all())
                low[at], high[at] = ends[0][0], ends[1][0]
    return Reach(low, high, programs)


@dataclass(frozen=True, slots=True)
class _Search:
    """One block's equations in the hands of the simplex method."""

    system: System
    promise: Promise
    solver: highspy.Highs

    def ends(self, at: int, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Smallest and largest value of a target; its witnesses widen what is known of all."""
        cost = self.system.block.targets[[at]].toarray().ravel()
        found = []
        for sign in (1.0, -1.0):
            table = self._optimum(sign * cost)
            if table is None:
                high[at] = np.inf  # no count is negative, so only this end can be missing
                found.append(np.inf)
                continue
            found.append(float(cost @ table))
            if np.abs(table - np.rint(table)).max() <= TOLERANCE:
                self._learn(np.rint(table), low, high)
        ends = (
            np.ceil(found[:1] - np.array(TOLERANCE)),
            np.floor(found[1:] + np.array(TOLERANCE)),
        )
        for sign, end, seen in ((1.0, ends[0], low), (-1.0, ends[1], high)):
            if not self.promise.at(at).kept(*ends).all():
                break  # broken already by what fractions allow
            if seen[at] != end and np.isfinite(end).all():
                self._learn(_whole(self.system, sign * cost), low, high)
        if self.promise.at(at).kept(*ends).all():
            return low[[at]], high[[at]]
        return ends

    def _optimum(self, cost: Floats) -> Floats | None:
        places = np.arange(cost.size, dtype=np.int32)
        self.solver.changeColsCost(cost.size, places, cost)
        return best_table(self.solver)

    def _learn(self, table: Floats, low: Floats, high: Floats) -> None:
        if self.promise.small_alone:
            # Where exact counts stand around them, hardly any cell moves by one profile.
            lower = higher = self.system.block.targets @ table
        else:
            lower, higher = _moved(self.system, table, self.promise)
        np.minimum(low, lower, out=low)
        np.maximum(high, higher, out=high)


def _solver(system: System) -> highspy.Highs:
    # Primal simplex without presolve: a changed objective leaves the last answer feasible.
    warm: dict[str, str | int] = {"presolve": "off", "solver": "simplex", "simplex_strategy": 4}
    return silent(_model(system), warm)


def silent(model: highspy.HighsLp, options: Mapping[str, str | int]) -> highspy.Highs:
    """A solver for the model that says nothing."""
    solver = _quiet()
    for option, value in {"output_flag": False, "threads": 1, **options}.items():
        solver.setOptionValue(option, value)
    solver.passModel(model)
    return solver


def _quiet() -> highspy.Highs:
    """A solver without callbacks: switching them on writes a banner to standard output."""
    solver = highspy.Highs.__new__(highspy.Highs)
    super(highspy.Highs, solver).__init__()
    return solver


def _model(system: System) -> highspy.HighsLp:
    rows = system.block.rows
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = rows.shape[1], rows.shape[0]
    model.col_cost_ = np.zeros(rows.shape[1])
    model.col_lower_, model.col_upper_ = system.lower, ends_of(system.upper)
    model.row_lower_, model.row_upper_ = system.row_lower, ends_of(system.row_upper)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = rows.indptr
    model.a_matrix_.index_ = rows.indices
    model.a_matrix_.value_ = rows.data
    return model


def ends_of(bounds: Floats) -> Floats:
    """Bounds as the solver writes them."""
    bounds = np.where(np.isposinf(bounds), highspy.kHighsInf, bounds)
    return np.where(np.isneginf(bounds), -highspy.kHighsInf, bounds)


def best_table(solver: highspy.Highs) -> Floats | None:
    """The table at the optimum, or None where there is no end to it."""
    solver.run()
    status = solver.getModelStatus()
    if status in {
        highspy.HighsModelStatus.kUnbounded,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    }:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise ContradictionError
    return np.array(solver.getSolution().col_value)


def cheapest(solver: highspy.Highs, cost: Floats) -> Floats:
    """The table that costs least, warm from the last answer; every count must have an end."""
    solver.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)
    try:
        table = best_table(solver)
    except ContradictionError:
        # From the last answer the simplex method may lose its way: from the start again.
        solver.clearSolver()
        table = best_table(solver)
    if table is None:
        raise ContradictionError
    return table


def _whole(system: System, cost: Floats) -> Floats:
    """The optimum among tables of whole numbers: what the simplex found was none of them."""
    model = _model(system)
    model.col_cost_ = cost
    model.integrality_ = [highspy.HighsVarType.kInteger] * system.block.size
    solver = silent(model, {})
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ContradictionError
    table: Floats = np.rint(np.array(solver.getSolution().col_value))
    return table
