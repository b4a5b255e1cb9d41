"""How far hidden cells can move while every equation holds: our own audit before publishing.

The attacker of `metrics.attack` is a second one, which reads written files and shares nothing
with this one.
"""

from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from metrics.disclosure.linked import Booleans, Linked

Floats = npt.NDArray[np.float64]
TINY = 1e-7
DUAL, PRIMAL = 1, 4  # simplex: a changed cost leaves the last answer feasible for the primal


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader knows of every cell beforehand: none is below `low` or above `high`."""

    low: Floats
    high: Floats


def nothing_known(cells: int) -> Known:
    """No count is negative, and that is all."""
    return Known(np.zeros(cells), np.full(cells, np.inf))


@dataclass(slots=True)
class Ranges:
    """One system in the hands of the simplex method; hidden cells move, the others do not.

    Every answer is a table that could be the truth, and widens what is known of all cells:
    `low` and `high` are the furthest values seen of each. Where it `keeps` its answers, those
    in which only hidden cells move hold on when cells are told again.
    """

    tables: Linked
    known: Known
    hidden: Booleans
    keeps: bool = False
    low: Floats = field(init=False)
    high: Floats = field(init=False)
    _solver: highspy.Highs = field(init=False)
    _answers: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.low = self.tables.values.astype(float)
        self.high = self.low.copy()
        self._solver = solver_of(self.tables.equations, *self._bounds())

    def hide(self, cells: Booleans) -> None:
        """Let more cells move."""
        self._let_move(self.hidden | cells)

    def only(self, hidden: Booleans) -> None:
        """Let these cells move and no others; what was seen is what answers kept still show."""
        self._let_move(hidden)
        moved = np.array([np.zeros(len(hidden)), *self._answers])
        holds = (np.abs(moved[:, ~hidden]) <= TINY).all(axis=1)
        seen = self.tables.values + moved[holds]
        self.low, self.high = seen.min(axis=0), seen.max(axis=0)

    def _let_move(self, hidden: Booleans) -> None:
        self.hidden = hidden
        lower, upper = self._bounds()
        at = np.arange(len(lower), dtype=np.int32)
        self._solver.changeColsBounds(len(lower), at, lower, finite(upper))

    def _bounds(self) -> tuple[Floats, Floats]:
        values = self.tables.values
        return (
            np.where(self.hidden, self.known.low - values, 0.0),
            np.where(self.hidden, self.known.high - values, 0.0),
        )

    def furthest(self, cell: int, sign: int) -> tuple[float, Floats]:
        """Largest (sign 1) or smallest (-1) value of a cell, and the duals of the equations.

        Infinity, and no duals, where there is no end.
        """
        cost = np.zeros(len(self.hidden))
        cost[cell] = -sign
        at = np.arange(len(cost), dtype=np.int32)
        self._solver.changeColsCost(len(cost), at, cost)
        moved = optimum(self._solver)
        if moved is None:
            end = np.inf if sign > 0 else -np.inf
            (self.high if sign > 0 else self.low)[cell] = end
            return end, np.array([])
        if self.keeps:
            self._answers.append(moved)
        values = self.tables.values + moved
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)
        duals = np.array(self._solver.getSolution().row_dual)
        return float(values[cell]), duals


def solver_of(
    rows: sparse.csr_array,
    lower: Floats,
    upper: Floats,
    *,
    within: tuple[Floats, Floats] | None = None,
    strategy: int = PRIMAL,
) -> highspy.Highs:
    """A solver for rows that are 0, or within bounds, warm from one question to the next."""
    nothing = np.zeros(rows.shape[0])
    least, most = within or (nothing, nothing)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_ = np.zeros(rows.shape[1])
    model.col_lower_, model.col_upper_ = lower, finite(upper)
    model.row_lower_, model.row_upper_ = -finite(-least), finite(most)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = rows.indptr
    model.a_matrix_.index_ = rows.indices
    model.a_matrix_.value_ = rows.data
    solver = quiet()
    options: dict[str, bool | int | str] = {
        "output_flag": False,
        "threads": 1,
        "presolve": "off",
        "solver": "simplex",
        "simplex_strategy": strategy,
    }
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(model)
    return solver


def quiet() -> highspy.Highs:
    """A solver without callbacks: switching them on writes a banner to standard output."""
    solver = highspy.Highs.__new__(highspy.Highs)
    super(highspy.Highs, solver).__init__()
    return solver


def finite(bounds: Floats) -> Floats:
    """Bounds as the solver writes them."""
    return np.where(np.isposinf(bounds), highspy.kHighsInf, bounds)


def optimum(solver: highspy.Highs) -> Floats | None:
    """The answer, or None where there is no end to it, or no answer at all."""
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(solver.getSolution().col_value)
