"""Counts of which a coarser audience's counts can be made, with sums as near as its base says.

A coarser audience's counts are rounded from those of a finer one. Where those are drawn
without a thought for that, it may be that no rounding of them keeps all sums within the coarser
base. So both are drawn by one program: steps of the finer base, which are told, and steps of
the coarser one, which only show that there is such a rounding, and are forgotten.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from metrics.disclosure.programs import Floats, Program, binding, widened
from metrics.disclosure.tables import Counts

Equations = tuple[sparse.csr_array, sparse.csr_array]


@dataclass(frozen=True, slots=True)
class Made:
    """Multiples of the base so far, and of a coarser one where the counts are made for it."""

    counts: Counts
    coarser: Counts

    def at(self, levels: Counts) -> "Made":
        """Those of some levels, apart."""
        return Made(self.counts[levels].copy(), self.coarser[levels].copy())


def beside(
    program: Program,
    equations: Equations,
    made: Made,
    steps: tuple[Counts, Counts],
    times: int,
) -> Program:
    """The program with steps of a coarser base after its own, which cost nothing.

    `equations` are the sums of atoms that are published, and balances, which are 0; `made` the
    multiples of every atom before a step; `steps` the atoms that may take one of the finer
    base, first of all in the program, and one of the coarser; `times` is how many finer bases
    make a coarser one.
    """
    finer, coarser = steps
    linked, lower, upper = _links(equations, made, times)
    width = len(program.costs)
    taken = sparse.hstack(
        [
            linked[:, finer],
            sparse.csr_array((linked.shape[0], width - finer.size)),
            linked[:, made.counts.size + coarser],
        ],
        format="csr",
    )
    none = np.zeros(coarser.size)
    return Program(
        np.concatenate([program.costs, none]),
        np.concatenate([program.upper, none + 1]),
        [
            *(widened(each, coarser.size) for each in program.rows),
            binding(taken, lower, upper),
        ],
    )


def _links(
    equations: Equations, made: Made, times: int
) -> tuple[sparse.csr_array, Floats, Floats]:
    """Rows over steps of the finer base and, after them, of the coarser one; and their ends.

    Every atom and each sum is less than a coarser base from what it is made of.
    """
    sums, balances = equations
    finer, coarser = made.counts, made.coarser
    every = sparse.vstack([sums, sparse.eye_array(len(finer), dtype=np.int64)], format="csr")
    apart = every @ (times * coarser - finer)
    owed = balances @ coarser
    none = sparse.csr_array(balances.shape, dtype=np.int64)
    rows = sparse.vstack(
        [sparse.hstack([-every, times * every]), sparse.hstack([none, balances])], format="csr"
    )
    lower = np.concatenate([1 - times - apart, -owed]).astype(float)
    upper = np.concatenate([times - 1 - apart, -owed]).astype(float)
    return rows, lower, upper
