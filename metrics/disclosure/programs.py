"""Programs of whole numbers: rows that hold, and rows that give way at a price."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint

from metrics.disclosure.tables import Counts

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Soft:
    """Rows that may be off by up to `most`, each unit at a price."""

    rows: LinearConstraint
    price: float | Floats
    most: float = np.inf


def softened(
    costs: Floats, hard: Sequence[LinearConstraint], soft: Sequence[Soft]
) -> dict[str, Any]:
    """What `milp` takes for moves, each made or not: after them how far soft rows are off.

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
    return {
        "c": np.concatenate([costs, *prices]),
        "integrality": np.ones(len(costs) + sum(sizes)),
        "bounds": Bounds(0, np.concatenate([np.ones(len(costs)), *ends])),
        "constraints": constraints,
    }


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
