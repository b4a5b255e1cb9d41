"""One linear program over eight quarters' releases, all levels and metrics together.

Each level has whole profiles of its own cases (`whole_profiles`), and the levels of a breakdown
add up to all. Cases that came late, were corrected or were opened again fit no profile: of each
count it is given how far it is from what profiles can explain, which is more than an attacker
can know.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from metrics.attack.bounds import ends_of, silent
from tests.benchmarks.profile_attack import WARM, Narrowed, Sum
from tests.benchmarks.whole_profiles import Cell, Profiles

Floats = npt.NDArray[np.float64]
Place = tuple[str, Cell]  # a level and a cell
MOST = 1e4  # cases, more than any of these organisations has


@dataclass
class _Program:
    """Columns within bounds and rows within bounds, as they come."""

    columns: list[tuple[float, float]] = field(default_factory=list)
    rows: list[tuple[Mapping[int, float], float, float]] = field(default_factory=list)

    def column(self, low: float = 0, high: float = MOST) -> int:
        self.columns.append((low, high))
        return len(self.columns) - 1

    def solver(self) -> highspy.Highs:
        at = [(row, c, v) for row, (sums, *_) in enumerate(self.rows) for c, v in sums.items()]
        row, column, value = (np.array(each) for each in zip(*at, strict=True))
        shape = (len(self.rows), len(self.columns))
        matrix = sparse.csr_array((value.astype(float), (row, column)), shape=shape)
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = shape
        model.col_cost_ = np.zeros(shape[1])
        model.col_lower_, model.col_upper_ = np.array(self.columns).T
        model.row_lower_ = ends_of(np.array([low for _, low, _ in self.rows]))
        model.row_upper_ = ends_of(np.array([high for *_, high in self.rows]))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        return silent(model, {**WARM, "presolve": "on"})


def _solved(solver: highspy.Highs, cost: Floats) -> Floats:
    solver.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return np.array(solver.getSolution().col_value)


class Known:
    """What hangs together in one organisation, whatever it is told.

    `profiles` are those of one level, called ""; `levels` the codes of each breakdown.
    """

    def __init__(
        self,
        profiles: Profiles,
        levels: Mapping[str, Sequence[str]],
        cells: Sequence[Cell],
        truth: Mapping[Place, int],
    ) -> None:
        """Find how far each true count is from what profiles can explain."""
        self._profiles, self._levels, self._cells = profiles, levels, cells
        self.names = ["all", *(code for codes in levels.values() for code in codes)]
        program, at, off = self._program(None)
        for place, column in at.items():
            program.columns[column] = (truth.get(place, 0),) * 2
        cost = np.zeros(len(program.columns))
        for pair in off.values():
            cost[list(pair)] = 1
        found = _solved(program.solver(), cost)
        apart = {place: found[more] - found[less] for place, (more, less) in off.items()}
        self.unexplained = {place: n for place, n in apart.items() if abs(n) > 1e-6}

    def _program(
        self, unexplained: Mapping[Place, float] | None
    ) -> tuple[_Program, dict[Place, int], dict[Place, tuple[int, int]]]:
        """All levels, with the column of each count; without it what is off is free."""
        program, at, off = _Program(), {}, {}
        for level in self.names:
            start = len(program.columns)
            program.columns += [(0, MOST)] * self._profiles.width
            for row in self._profiles.equations:
                moved = {start + column: float(value) for column, value in row.items()}
                program.rows.append((moved, 0, 0))
            for cell in self._cells:
                parts = self._parts(cell, start)
                parts[program.column()] = -1
                at[level, cell] = len(program.columns) - 1
                if unexplained is None:
                    off[level, cell] = program.column(), program.column()
                    parts |= dict(zip(off[level, cell], (1, -1), strict=True))
                elif by := unexplained.get((level, cell)):
                    parts[program.column(min(by, 0), max(by, 0))] = 1
                program.rows.append((parts, 0, 0))
        self._add_up(program, at)
        return program, at, off

    def _parts(self, cell: Cell, start: int) -> dict[int, float]:
        """The profiles that a cell counts, as often as it does, of a level from `start` on."""
        parts: dict[int, float] = defaultdict(float)
        for column in self._profiles.columns.get(("", cell), ()):
            parts[start + column] += 1
        return parts

    def _add_up(self, program: _Program, at: Mapping[Place, int]) -> None:
        """The levels of a breakdown are all cases, cell by cell."""
        for codes in self._levels.values():
            for cell in self._cells:
                every = {at[code, cell]: 1.0 for code in codes}
                program.rows.append(({**every, at["all", cell]: -1.0}, 0, 0))

    def narrowed(
        self,
        told: Mapping[Sum, tuple[float, float]],
        truth: Mapping[Place, int],
        base: int,
        wanted: Sequence[Sum],
    ) -> Iterator[Narrowed]:
        """Of the numbers wanted those with less than `base` values, or proved small."""
        program, at, _ = self._program(self.unexplained)
        columns = {key: [at[key[0], cell] for cell in key[1]] for key in told}
        for key, (low, high) in told.items():
            program.rows.append((dict.fromkeys(columns[key], 1.0), low, high))
        solver = program.solver()
        seen = [_solved(solver, np.zeros(len(program.columns)))]
        solver.setOptionValue("presolve", "off")
        low = {key: min(table[columns[key]].sum() for table in seen) for key in wanted}
        high = dict(low)
        for key in wanted:
            for sign in (1, -1):
                if _is_open(low[key], high[key], base):
                    break
                cost = np.zeros(len(program.columns))
                cost[columns[key]] = sign
                table = _solved(solver, cost)
                for other in wanted:
                    n = table[columns[other]].sum()
                    low[other], high[other] = min(low[other], n), max(high[other], n)
            if not _is_open(low[key], high[key], base):
                n = sum(truth.get((key[0], cell), 0) for cell in key[1])
                yield Narrowed(key, n, *_whole(low[key], high[key]))


def _whole(low: float, high: float) -> tuple[int, int]:
    return math.ceil(low - 1e-6), math.floor(high + 1e-6)


def _is_open(low: float, high: float, base: int) -> bool:
    least, most = _whole(low, high)
    return most - least >= base - 1 and (least < 1 or most >= base)
