"""From an exact cube to one that an audience may see."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np
import polars as pl

from metrics.disclosure.policy import Policy
from metrics.disclosure.rounding import Slice, rounded, with_cells
from metrics.disclosure.tables import (
    KEY,
    NO_DURATION,
    Counts,
    Grid,
    ProtectionError,
    Table,
    as_frame,
    banded,
    grid_of,
    laid_out,
)
from metrics.metric import ExactCube, ProtectedCube

SHORTEST_SEED = 16
REMAINDER = ("", NO_DURATION)


def protect(
    cube: ExactCube,
    policy: Policy,
    *,
    seed: bytes,
    tables: Sequence[Table],
    levels: Mapping[str, Sequence[str]],
    months: Sequence[date],
    quarters: Mapping[date, date],
) -> ProtectedCube:
    """The cube as the policy's audience may see it.

    Identity changes nothing. Rounding publishes every declared cell, whether or not the cube
    has it: tables (metrics with their parts, outcomes and bands) x levels (codes by
    breakdown; "all" goes without saying) x months. `quarters` gives each month the quarter,
    calendar or fiscal, that it belongs to; a year is the sum of its published quarters.

    The same cube, policy and seed give the same counts, and those of a quarter depend on no
    later one. Raises ProtectionError where the cube holds a cell that is not declared, or
    where no rounding adds up: nothing is ever published less protected than asked.
    """
    if policy.method == "identity":
        return ProtectedCube(cells=cube.cells, base=1)
    if len(seed) < SHORTEST_SEED:
        raise ProtectionError(f"the secret seed is shorter than {SHORTEST_SEED} bytes")
    _refuse_undeclared(cube.cells, tables)
    cells = banded(cube.cells, policy.bands)
    setting = _Setting(policy, seed, grid_of(levels, months), quarters)
    frames = [
        frame
        for pair in _paired(tables)
        for part in pair.table.parts
        for frame in _rounded_frames(cells, setting, pair, part)
    ]
    return ProtectedCube(cells=pl.concat(frames).sort(KEY), base=policy.base)


def reach_of(exact: ExactCube, protected: ProtectedCube, policy: Policy) -> int:
    """How far a month's cell may be from the truth: base - 1, or 2 * base - 1 once widened.

    It tells the two apart and not how far any cell is, so it may be printed.
    """
    if policy.method == "identity":
        return 0
    both = protected.cells.join(
        banded(exact.cells, policy.bands), on=KEY, how="left", suffix="_true"
    )
    error = (both["n"] - both["n_true"].fill_null(0)).abs()
    widened = bool((error >= policy.base).any())
    return (2 if widened else 1) * policy.base - 1


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all metrics of one release share."""

    policy: Policy
    seed: bytes
    grid: Grid
    quarters: Mapping[date, date]

    def months_by_quarter(self) -> Iterator[tuple[date, list[int]]]:
        """Each quarter with the positions of its months, oldest first."""
        lacking = [month for month in self.grid.months if month not in self.quarters]
        if lacking:
            raise ProtectionError(f"month {lacking[0]} belongs to no quarter")
        places = range(len(self.grid.months))
        for quarter, group in groupby(
            places, key=lambda at: self.quarters[self.grid.months[at]]
        ):
            yield quarter, list(group)

    def draw(self, metric: str, part: str, quarter: date) -> np.random.Generator:
        """Noise that only the holder of the seed can draw again."""
        name = f"{metric}|{part}|{quarter.isoformat()}".encode()
        digest = hmac.new(self.seed, name, hashlib.sha256).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest)))


@dataclass(frozen=True, slots=True)
class _Pair:
    """A metric and, where there is one, the metric that counts all its cases and maybe more."""

    table: Table
    whole: Table | None

    def columns(self, bands: Sequence[int]) -> list[tuple[str, int]]:
        """Cells of a level and month; cases of the whole alone come last."""
        return self.table.cells(bands) + ([REMAINDER] if self.whole else [])

    def sums(self, bands: Sequence[int]) -> Counts:
        """Published sums of cells, each once: outcomes over bands, subtotals, the totals."""
        columns = self.columns(bands)
        kept: list[tuple[str, ...]] = [(outcome,) for outcome in self.table.outcomes]
        kept += [*self.table.subtotals, self.table.outcomes]
        kept += [(*self.table.outcomes, REMAINDER[0])] if self.whole else []
        rows = {tuple(int(outcome in wanted) for outcome, _ in columns) for wanted in kept}
        several = sorted(row for row in rows if sum(row) > 1)
        return np.array(several, dtype=np.int64).reshape(len(several), len(columns))


def _rounded_frames(
    cells: pl.DataFrame, setting: _Setting, pair: _Pair, part: str
) -> list[pl.DataFrame]:
    """Published cells of one metric and part, and of the whole it is part of."""
    bands = setting.policy.bands
    table, grid, columns = pair.table, setting.grid, pair.columns(bands)
    truth = _truth(cells, setting, pair, part)
    counts = _rounded(truth, pair.sums(bands), setting, metric=table.metric, part=part)
    own = len(table.cells(bands))
    frames = [as_frame(counts[:, :, :own], grid, columns[:own], metric=table.metric, part=part)]
    if pair.whole:
        total = counts.sum(axis=2, keepdims=True)
        whole = pair.whole
        frames.append(as_frame(total, grid, whole.cells(()), metric=whole.metric, part=part))
    return frames


def _truth(cells: pl.DataFrame, setting: _Setting, pair: _Pair, part: str) -> Counts:
    """Exact counts (level, month, cell), with the whole's other cases as the last cell."""
    own = _of(cells, setting, pair.table, part)
    if pair.whole is None:
        return own
    rest = _of(cells, setting, pair.whole, part) - own.sum(axis=2, keepdims=True)
    if (rest < 0).any():
        raise ProtectionError(
            f"{pair.table.metric} counts cases that {pair.whole.metric} does not;"
            f" it cannot be part of it"
        )
    return np.concatenate([own, rest], axis=2)


def _of(cells: pl.DataFrame, setting: _Setting, table: Table, part: str) -> Counts:
    wanted = cells.filter((pl.col("metric") == table.metric) & (pl.col("part") == part))
    columns = table.cells(setting.policy.bands)
    return laid_out(wanted, setting.grid, columns, f"{table.metric} {part}".strip())


def _rounded(
    truth: Counts, sums: Counts, setting: _Setting, *, metric: str, part: str
) -> Counts:
    """Quarter after quarter, each steering against the errors of those before it."""
    counts, faces = np.zeros_like(truth), setting.grid.faces()
    steered = with_cells(sums)
    carry = np.zeros((len(truth), len(steered)), dtype=np.int64)
    for quarter, months in setting.months_by_quarter():
        piece = Slice(truth[:, months, :], faces, sums, setting.policy.base)
        draw = setting.draw(metric, part, quarter)
        try:
            found = rounded(piece, carry=carry, draw=draw)
        except ProtectionError as error:
            error.add_note(f"{metric} {part} in the quarter from {quarter}")
            raise
        carry = carry + (found - piece.truth).sum(axis=1) @ steered.T
        counts[:, months, :] = found
    return counts


def _paired(tables: Sequence[Table]) -> list[_Pair]:
    """Every metric once: alone, or with the metric it is part of."""
    named = {table.metric: table for table in tables}
    wholes = [table.part_of for table in tables if table.part_of]
    for table in tables:
        if table.part_of:
            _refuse_whole(table, named.get(table.part_of), wholes)
    return [
        _Pair(table, named[table.part_of] if table.part_of else None)
        for table in tables
        if table.metric not in wholes
    ]


def _refuse_whole(table: Table, whole: Table | None, wholes: list[str]) -> None:
    fit = (
        whole is not None
        and (len(whole.outcomes), whole.timed, whole.part_of) == (1, False, None)
        and whole.parts == table.parts
        and wholes.count(whole.metric) == 1
    )
    if not fit:
        raise ProtectionError(
            f"{table.metric} cannot be part of {table.part_of}: that must be a declared metric"
            f" with the same parts, one outcome and no bands, and no other part"
        )


def _refuse_undeclared(cells: pl.DataFrame, tables: Sequence[Table]) -> None:
    """Refuse counts of a metric or part that no table declares: they would be lost."""
    declared = {(table.metric, part) for table in tables for part in table.parts}
    for found in cells.select("metric", "part").unique().sort("metric", "part").iter_rows():
        if found not in declared:
            raise ProtectionError(f"metric {found[0]}, part {found[1]!r} is not declared")
