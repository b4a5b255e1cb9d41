"""How far whole profiles narrow what was told: the window of each number, and the programs."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from metrics.attack.bounds import ends_of, silent
from metrics.reach import AS_A_CELL, Off
from tests.benchmarks.whole_profiles import (
    ANSWERS,
    FREQUENCY,
    PROMISES,
    RESULTS,
    SURVEYS,
    TIMES,
    Cell,
    Profiles,
    Rule,
)

Floats = npt.NDArray[np.float64]
Outcome = tuple[str, int]  # and the band of days
Sum = tuple[str, frozenset[Cell]]  # a unit or "all", and the cells that are added up
WARM: dict[str, str | int] = {
    "presolve": "off", "solver": "simplex", "simplex_strategy": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What one release says: its counts, and how many bases further off its sums may be.

    `looseness` is by metric and quarter, from 0; a metric that is not in it has 0.
    """

    base: int
    quarter: int
    looseness: Mapping[tuple[str, int], Off]
    counts: Mapping[tuple[str, Cell], int]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the attacker is left with of one number, in whole cases."""

    of: Sum
    truth: int
    low: int
    high: int


def sums(rules: Sequence[Rule], bands: Sequence[int], quarter: int) -> Iterator[list[Cell]]:
    """Everything that is told of a quarter, as cells that add up to it: single ones too."""
    ended, still_open = ([(name, band) for band in bands] for name in ("ended", "open"))
    times = [*ended, *still_open]
    results = [(result, -1) for result in (*RESULTS, "not_due")]
    answers = [(answer, -1) for answer in ANSWERS]
    parts = [
        (FREQUENCY, "", [[("received", -1)]]),
        (TIMES, "", [*_each(times), ended, still_open, times]),
        (SURVEYS, "", [*_each(answers), answers[:2], answers]),
        *((PROMISES, rule.name, [*_each(results), *_nested(results)]) for rule in rules),
    ]
    months = range(3 * quarter, 3 * quarter + 3)
    for metric, part, told in parts:
        for added_up in told:
            for span in ([months[0]], [months[1]], [months[2]], months):
                yield [(metric, part, month, *one) for month in span for one in added_up]


def _each(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    return [[one] for one in outcomes]


def _nested(results: list[Outcome]) -> list[list[Outcome]]:
    """What was judged, what had come, and all that a rule says something of."""
    return [results[:3], results[:-1], results]


def windows(
    told: Sequence[Told], rules: Sequence[Rule], bands: Sequence[int], units: Sequence[str]
) -> dict[Sum, tuple[float, float]]:
    """Smallest and largest value of each number, by all releases that say it."""
    found: dict[Sum, tuple[float, float]] = {}
    for release in told:
        for quarter in range(release.quarter + 1):
            for cells in sums(rules, bands, quarter):
                loose = release.looseness.get((cells[0][0], quarter), AS_A_CELL)
                # Single counts are told as every reader is promised; sums may be looser, and
                # so may reports, which are sums of times to resolution.
                is_sum = len(cells) > 1 or cells[0][0] == FREQUENCY
                months = len({cell[2] for cell in cells})
                off = release.base * (1 + (loose.over(months) if is_sum else 0)) - 1
                for level in ("all", *units):
                    counts = [release.counts.get((level, cell)) for cell in cells]
                    known = [count for count in counts if count is not None]
                    if len(known) < len(counts):
                        continue
                    key, value = (level, frozenset(cells)), sum(known)
                    low, high = found.get(key, (0.0, math.inf))
                    least = max(value - off, 1 if value else 0)
                    found[key] = max(low, least), min(high, value + off)
    return found


class Attack:
    """All profiles and all windows in the hands of the simplex method."""

    def __init__(self, profiles: Profiles, told: Mapping[Sum, tuple[float, float]]) -> None:
        """Make the programs of what was told."""
        self.told = dict(told)
        self._sums = _added_up(profiles, list(told))
        equations = _rows(profiles.equations, profiles.width)
        self._first = equations.shape[0]
        rows = sparse.csr_array(sparse.vstack([equations, self._sums]))
        ends = np.array(list(told.values()))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = rows.shape[1], rows.shape[0]
        model.col_cost_ = np.zeros(profiles.width)
        model.col_lower_ = np.zeros(profiles.width)
        model.col_upper_ = np.full(profiles.width, 1e4)
        nothing = np.zeros(self._first)
        model.row_lower_ = np.concatenate([nothing, ends[:, 0]])
        model.row_upper_ = ends_of(np.concatenate([nothing, ends[:, 1]]))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
        model.a_matrix_.value_ = rows.data
        self._solver = silent(model, WARM)

    def narrowed(self, truth: Mapping[Sum, int], base: int) -> list[Narrowed]:
        """Numbers narrower than `base` values, or proved to be below it and not nothing.

        The truth is where the search begins, and must be a way in which all can be: it is no
        part of what the attacker knows.
        """
        values = np.array([truth[key] for key in self.told], dtype=float)
        seen = self._sums @ self._at(values)
        low, high = seen.copy(), seen.copy()
        found = []
        for at in np.argsort(values, kind="stable").tolist():
            if not self._sums.indptr[at + 1] - self._sums.indptr[at]:
                continue  # no profile has it: nothing by what the words mean
            if _is_open(low[at], high[at], base):
                continue
            ends = [self._end(at, sign, low, high) for sign in (1, -1)]
            least, most = math.ceil(ends[0] - 1e-6), math.floor(ends[1] + 1e-6)
            if not _is_open(least, most, base):
                found.append(Narrowed(list(self.told)[at], int(values[at]), least, most))
        return found

    def _end(self, at: int, sign: int, low: Floats, high: Floats) -> float:
        cost = self._sums[[at]].toarray().ravel()
        table = self._solved(sign * cost)
        values = self._sums @ table
        np.minimum(low, values, out=low)
        np.maximum(high, values, out=high)
        return float(cost @ table)

    def _at(self, values: Floats) -> Floats:
        """The numbers of cases behind the truth; every window holds again afterwards."""
        rows = np.arange(self._first, self._first + values.size, dtype=np.int32)
        ends = np.array(list(self.told.values()))
        self._solver.changeRowsBounds(rows.size, rows, values, values)
        table = self._solved(np.zeros(self._sums.shape[1]))
        self._solver.changeRowsBounds(rows.size, rows, ends[:, 0], ends_of(ends[:, 1]))
        return table

    def _solved(self, cost: Floats) -> Floats:
        self._solver.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)
        self._solver.run()
        assert self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return np.array(self._solver.getSolution().col_value)


def _is_open(low: float, high: float, base: int) -> bool:
    least, most = math.ceil(low - 1e-6), math.floor(high + 1e-6)
    return most - least >= base - 1 and (least < 1 or most >= base)


def _added_up(profiles: Profiles, told: Sequence[Sum]) -> sparse.csr_array:
    rows: list[dict[int, int]] = []
    for level, cells in told:
        row: dict[int, int] = defaultdict(int)
        for unit in profiles.units if level == "all" else [level]:
            for cell in cells:
                for column in profiles.columns.get((unit, cell), ()):
                    row[column] += 1
        rows.append(row)
    return _rows(rows, profiles.width)


def _rows(rows: Sequence[Mapping[int, int]], width: int) -> sparse.csr_array:
    places = [at for at, row in enumerate(rows) for _ in row]
    columns = [column for row in rows for column in row]
    values = np.array([value for row in rows for value in row.values()], dtype=float)
    return sparse.csr_array((values, (places, columns)), shape=(len(rows), width))
