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
    """Rows that may be off by up to `most`, each unit at the price of its row."""

    prices: Floats
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
        rows = sparse.csr_array(sparse.vstack(parts, format="csr"))
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


def softened(costs: Floats, rows: LinearConstraint, soft: Sequence[Soft]) -> Program:
    """A program of moves, each made or not: after them how far soft rows are off.

    The `soft` ones are the last of the rows, one kind after the other. How far is said to be a
    whole number, which it is of itself: where HiGHS is left to see that, its presolve can
    corrupt memory and end the process (FlexMeasures, issue 2527).
    """
    sizes = [len(each.prices) for each in soft]
    off = sparse.block_diag([_off(size) for size in sizes], format="csr")
    holds = sparse.csr_array((rows.A.shape[0] - sum(sizes), off.shape[1]))
    taken = sparse.hstack([rows.A, sparse.vstack([holds, off], format="csr")], format="csr")
    upper = np.repeat([each.most for each in soft], [2 * size for size in sizes])
    prices = [np.tile(each.prices, 2) for each in soft]
    kept = LinearConstraint(taken, rows.lb, rows.ub)
    return Program(
        np.concatenate([costs, *prices]), np.concatenate([np.ones(len(costs)), upper]), [kept]
    )


def _off(rows: int) -> sparse.csr_array:
    """How far each row is off, below and above."""
    return sparse.csr_array(sparse.hstack([sparse.eye_array(rows), -sparse.eye_array(rows)]))


def widened(rows: LinearConstraint, more: int) -> LinearConstraint:
    """The same rows where so many variables more, which they do not have, come last."""
    height, width = rows.A.shape
    parts = rows.A.data, rows.A.indices, rows.A.indptr
    return LinearConstraint(
        sparse.csr_array(parts, shape=(height, width + more)), rows.lb, rows.ub
    )


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
    once = np.ones(taken.shape[1], dtype=taken.dtype)
    risen, moved = taken @ once, abs(taken) @ once
    found: npt.NDArray[np.bool_] = (risen + moved > 2 * upper) | (risen - moved < 2 * lower)
    return found
