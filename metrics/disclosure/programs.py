"""Programs of whole numbers: rows that hold, and rows that give way at a price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import LinearConstraint

from metrics.disclosure.tables import Counts

Floats = npt.NDArray[np.float64]
# Of a rounding any that is feasible protects; the gap only bounds how far from the drawn one it
# may be. No time limit: what is published must not depend on how busy the machine was.
ROUNDING = {"mip_rel_gap": 0.05, "mip_max_nodes": 500}


@dataclass(frozen=True, slots=True)
class Soft:
    """Rows that may be off by up to `most`, each unit at a price."""

    rows: LinearConstraint
    price: float | Floats
    most: float = np.inf


@dataclass(frozen=True, slots=True)
class Program:
    """Whole numbers between `lower` and `upper`, each at its cost, of which rows hold."""

    costs: Floats
    upper: Floats
    rows: Sequence[LinearConstraint]
    lower: Floats | None = None

    def solved(self, options: Mapping[str, str | float] = ROUNDING) -> Floats | None:
        """The cheapest numbers that HiGHS finds with these of its options, if any.

        By highspy and not by SciPy: that of SciPy 1.17.1 frees memory twice in the presolve of
        some of these programs, which ends the process.
        """
        solver = highspy.Highs.__new__(highspy.Highs)
        super(highspy.Highs, solver).__init__()  # its own way to begin writes a banner
        for option, value in {"output_flag": False, "threads": 1, **options}.items():
            solver.setOptionValue(option, value)
        solver.passModel(self._model())
        solver.run()
        is_there = solver.getInfo().primal_solution_status
        if is_there != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        return np.array(solver.getSolution().col_value)

    def _model(self) -> highspy.HighsLp:
        width = len(self.costs)
        parts = [sparse.csr_array((0, width)), *(each.A for each in self.rows)]
        rows = sparse.csr_array(sparse.vstack(parts))
        low, high = np.zeros(0), np.zeros(0)
        for each in self.rows:
            low = np.concatenate([low, np.broadcast_to(each.lb, each.A.shape[0])])
            high = np.concatenate([high, np.broadcast_to(each.ub, each.A.shape[0])])
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = width, rows.shape[0]
        model.col_cost_ = self.costs
        model.col_lower_ = np.zeros(width) if self.lower is None else self.lower
        model.col_upper_ = self.upper
        model.row_lower_, model.row_upper_ = low, high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
        model.a_matrix_.value_ = rows.data.astype(float)
        model.integrality_ = [highspy.HighsVarType.kInteger] * width
        return model


def softened(costs: Floats, hard: Sequence[LinearConstraint], soft: Sequence[Soft]) -> Program:
    """A program of moves, each made or not: after them how far soft rows are off.

    How far is said to be a whole number, which it is of itself: where HiGHS is left to see
    that, its presolve can corrupt memory and end the process (FlexMeasures, issue 2527).
    """
    soft = [each for each in soft if each.rows.A.shape[0]]
    sizes = [2 * each.rows.A.shape[0] for each in soft]
    ends = [np.full(size, each.most) for size, each in zip(sizes, soft, strict=True)]
    prices = [
        np.tile(np.broadcast_to(each.price, size // 2), 2)
        for size, each in zip(sizes, soft, strict=True)
    ]
    constraints = [widened(each, sum(sizes)) for each in hard]
    if soft:
        off = sparse.block_diag([_off(size // 2) for size in sizes])
        taken = sparse.hstack([sparse.vstack([each.rows.A for each in soft]), off])
        lower = np.concatenate([each.rows.lb for each in soft])
        upper = np.concatenate([each.rows.ub for each in soft])
        constraints.append(LinearConstraint(taken, lower, upper))
    upper = np.concatenate([np.ones(len(costs)), *ends])
    return Program(np.concatenate([costs, *prices]), upper, constraints)


def _off(rows: int) -> sparse.sparray:
    """How far each row is off, below and above."""
    return sparse.hstack([sparse.eye_array(rows), -sparse.eye_array(rows)])


def widened(rows: LinearConstraint, more: int) -> LinearConstraint:
    """The same rows where so many variables more, which they do not have, come last."""
    wide = sparse.hstack([rows.A, sparse.csr_array((rows.A.shape[0], more))])
    return LinearConstraint(wide, rows.lb, rows.ub)


def binding(
    taken: sparse.csr_array, lower: Counts | Floats, upper: Counts | Floats
) -> LinearConstraint:
    """The rows that steps of at most one can break."""
    breaks = breaking(taken, lower, upper)
    return LinearConstraint(taken[breaks], lower[breaks], upper[breaks])


def breaking(
    taken: sparse.csr_array, lower: Counts | Floats, upper: Counts | Floats
) -> npt.NDArray[np.bool_]:
    """Which rows steps of at most one can break."""
    rises, falls = taken.maximum(0).sum(axis=1), taken.minimum(0).sum(axis=1)
    found: npt.NDArray[np.bool_] = (rises > upper) | (falls < lower)
    return found
