"""The equations that released counts put on the true ones, quarter by quarter.

Unknown is every cell of a metric and part: level x month x outcome and band, with the cases
that only the metric's total counts as one cell more. Known is what the files and the published
method say: each count, and each sum of counts, lies so near to its published number; levels
add up to all; no count is negative.

Cells finer than these, such as a unit crossed with a severity, are never published. They add no
equation: single-breakdown margins with one total always have a table of whole numbers that
fits them (the transport problem), so an attacker gains nothing by solving for them.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import sparse

from metrics.attack.told import Told
from metrics.catalog import metrics_for
from metrics.metric import Metric

Floats = npt.NDArray[np.float64]
Column = tuple[str, int]
REST: Column = ("", -1)
NOT_COME = "not_due"  # the outcome of what is still to come on the as-of day


@dataclass(frozen=True)
class Block:
    """One metric and part in one quarter: the cells that can be linked to each other.

    Its equations are the same for everybody, and kept: `balances` are the sums of cells that
    are 0, `sums` those that may be told, `targets` the cells and then these sums.
    """

    metric: Metric
    part: str
    quarter: date
    levels: tuple[tuple[str, str], ...]
    months: tuple[date, ...]
    columns: tuple[Column, ...]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of levels, months and columns."""
        return len(self.levels), len(self.months), len(self.columns)

    @property
    def size(self) -> int:
        """How many cells there are."""
        return int(np.prod(self.shape))

    @property
    def breakdowns(self) -> tuple[str, ...]:
        """Breakdowns beside all."""
        return tuple(dict.fromkeys(name for name, _ in self.levels[1:]))

    @cached_property
    def balances(self) -> sparse.csr_array:
        """Levels of each breakdown less all are 0, in every month and column."""
        levels, months, columns = self.shape
        names = [name for name, _ in self.levels]
        faces = np.array([[float(name == face) for name in names] for face in self.breakdowns])
        faces = faces.reshape(len(self.breakdowns), levels)
        faces[:, 0] = -1
        return sparse.csr_array(sparse.kron(faces, sparse.eye_array(months * columns)))

    @cached_property
    def sums(self) -> sparse.csr_array:
        """Sums of a month's cells, and cells and sums of the quarter, for every level."""
        levels, months, columns = self.shape
        several = _several(self)
        alone = np.eye(columns) if months > 1 else np.zeros((0, columns))
        of_months = sparse.kron(sparse.eye_array(months), several)
        of_quarter = sparse.kron(np.ones((1, months)), np.vstack([alone, several]))
        stacked = sparse.vstack([of_months, of_quarter] if months > 1 else [of_months])
        return sparse.csr_array(sparse.kron(sparse.eye_array(levels), stacked))

    @property
    def in_months(self) -> npt.NDArray[np.bool_]:
        """Which of the sums are of one month."""
        levels, months, columns = self.shape
        several = len(_wanted(self))
        many = months * several
        all_of_one = many + ((columns + several) if months > 1 else 0)
        return np.tile(np.arange(all_of_one) < many, levels)

    @cached_property
    def rows(self) -> sparse.csr_array:
        """All equations: balances, then sums."""
        return sparse.csr_array(sparse.vstack([self.balances, self.sums]))

    @cached_property
    def targets(self) -> sparse.csr_array:
        """One row per cell, then one per sum."""
        return sparse.csr_array(sparse.vstack([sparse.eye_array(self.size), self.sums]))


@dataclass(frozen=True, slots=True)
class System:
    """Everything an attacker knows of one block, as bounds on cells and on sums of them.

    `point` is a table of counts that may be legal (the published one), or None.
    """

    block: Block
    lower: Floats
    upper: Floats
    sum_lower: Floats
    sum_upper: Floats
    point: Floats | None

    @property
    def row_lower(self) -> Floats:
        """What each equation of the block is at least."""
        return np.concatenate([np.zeros(self.block.balances.shape[0]), self.sum_lower])

    @property
    def row_upper(self) -> Floats:
        """What each equation of the block is at most."""
        return np.concatenate([np.zeros(self.block.balances.shape[0]), self.sum_upper])

    def knowing(self, cells: Sequence[int], at_least: int) -> "System":
        """The same for somebody who knows so many cases in each of these cells."""
        known = list(cells)
        lower = self.lower.copy()
        lower[known] = np.maximum(lower[known], at_least)
        point = self.point
        if point is not None and (point[known] < at_least).any():
            point = point.copy()
            point[known] += at_least
        return replace(self, lower=lower, point=point)


def blocks_of(told: Sequence[Told], among: Collection[date] | None = None) -> Iterator[Block]:
    """Every block of which these releases tell anything, `among` some quarters or all."""
    quarters = {on: told[0].quarter(on) for release in told for on in release.months}
    wanted = set(quarters.values()) if among is None else set(among)
    names = {name for release in told for name in release.cells["outcome"].unique()}
    metrics = metrics_for(exact=False, outcomes=names)
    wholes = {metric.part_of for metric in metrics}
    for metric in metrics:
        if metric.sum_of or metric.name in wholes:
            continue
        for part in sorted({each for release in told for each in release.parts(metric.name)}):
            rows = pl.concat(release.of(metric.name, part) for release in told)
            for quarter in sorted(wanted.intersection(quarters.values())):
                block = _block(metric, part, quarter, rows, quarters)
                if block.months:
                    yield block


def _block(
    metric: Metric, part: str, quarter: date, rows: pl.DataFrame, quarters: dict[date, date]
) -> Block:
    """What the rows of all quarters tell of one; the columns are those of all."""
    columns = sorted(rows.select("outcome", "band").unique().iter_rows())
    columns += [REST] if metric.part_of else []
    own = rows.filter(pl.col("month").is_in([on for on in quarters if quarters[on] == quarter]))
    levels = sorted(
        own.select("breakdown", "level").unique().iter_rows(),
        key=lambda pair: (pair[0] != "all", pair),
    )
    months = tuple(own["month"].unique().sort())
    return Block(metric, part, quarter, tuple(levels), months, tuple(columns))


def counts_in(block: Block, told: Told) -> Floats:
    """The release's published counts of the block (level, month, column).

    NaN where the release says nothing or withholds; minus infinity where it withholds.
    """
    table = np.full(block.shape, np.nan)
    own = told.of(block.metric.name, block.part)
    _fill(table, block, own, [column for column in block.columns if column != REST])
    if block.metric.part_of:
        whole = np.full((*block.shape[:2], 1), np.nan)
        rows = told.of(block.metric.part_of, block.part)
        _fill(whole, replace_columns(block, rows), rows, None)
        withheld = np.isneginf(whole[:, :, 0]) | np.isneginf(table[:, :, :-1]).any(axis=2)
        rest = whole[:, :, 0] - np.where(np.isneginf(table), 0, table)[:, :, :-1].sum(axis=2)
        table[:, :, -1] = np.where(withheld, -np.inf, rest)
    return table


def replace_columns(block: Block, rows: pl.DataFrame) -> Block:
    """The same block with the columns that the rows have."""
    found = rows.select("outcome", "band").unique().sort("outcome", "band").rows()
    return replace(block, columns=tuple(found[:1]))


def _fill(
    table: Floats, block: Block, rows: pl.DataFrame, columns: Sequence[Column] | None
) -> None:
    known = list(columns if columns is not None else block.columns)
    at_level = {level: place for place, level in enumerate(block.levels)}
    at_month = {month: place for place, month in enumerate(block.months)}
    at_column = {column: place for place, column in enumerate(known)}
    kept = rows.filter(pl.col("month").is_in(list(block.months)))
    names = ("breakdown", "level", "month", "outcome", "band", "n")
    for breakdown, level, month, outcome, band, n in kept.select(names).iter_rows():
        place = (at_level.get((breakdown, level)), at_month[month], at_column[outcome, band])
        table[place] = -np.inf if n is None else n


def system_of(block: Block, told: Sequence[Told], *, at_least: int = 0) -> System:
    """What these releases say of the block to somebody who has all of them.

    `at_least` is what the attacker takes a withheld cell to hold.
    """
    lower, upper = np.zeros(block.size), np.full(block.size, np.inf)
    sums = block.sums
    sum_lower, sum_upper = np.zeros(sums.shape[0]), np.full(sums.shape[0], np.inf)
    finest, point = 0, None
    for release in told:
        counts = counts_in(block, release)
        _bound_cells(block, release, counts, lower, upper, at_least)
        exact = sums_told(block, release)
        known = np.isfinite(exact)
        sum_lower[known] = np.maximum(sum_lower, exact)[known]
        sum_upper[known] = np.minimum(sum_upper, exact)[known]
        if release.method == "rounding" and np.isfinite(counts).all():
            published = sums @ counts.ravel()
            off = _off(block, release, sums)
            np.maximum(sum_lower, published - off, out=sum_lower)
            np.maximum(sum_lower, published > 0, out=sum_lower)
            np.minimum(sum_upper, published + off, out=sum_upper)
            if point is None or release.base < finest:
                finest, point = release.base, counts.ravel().copy()
    return System(block, lower, upper, sum_lower, sum_upper, point)


def _off(block: Block, release: Told, sums: sparse.csr_array) -> Floats:
    """How far each sum may be from the truth: one base further where the release says so.

    Totals of all cells are those of the metric that counts them all.
    """
    columns = sparse.kron(
        np.ones((1, block.shape[0] * block.shape[1])), sparse.eye_array(block.shape[2])
    )
    total = (sparse.csr_array(columns @ (sums != 0).T).toarray() > 0).all(axis=0)
    whole = block.metric.part_of or block.metric.name
    of_all, of_some = (
        np.where(block.in_months, by.month, by.quarter)
        for by in (
            release.further(whole, block.quarter),
            release.further(block.metric.name, block.quarter),
        )
    )
    further = np.where(total, of_all, of_some)
    off: Floats = release.base - 1.0 + release.base * further
    return off


def _bound_cells(
    block: Block,
    release: Told,
    counts: Floats,
    lower: Floats,
    upper: Floats,
    at_least: int,
) -> None:
    withheld = np.isneginf(counts)
    known = ~np.isnan(counts) & ~withheld
    off = np.full(block.shape, float(release.base - 1))
    off[1:] = release.reach  # single levels may go further, where the release says so
    number = np.where(known, counts, 0)
    low = np.maximum(number - off, np.where(number > 0, 1, 0))
    high = np.where(number > 0, number + off, release.base - 1)
    if release.method != "rounding":
        low = high = number
    places = known.ravel()
    lower[places] = np.maximum(lower, low.ravel())[places]
    upper[places] = np.minimum(upper, high.ravel())[places]
    hidden = withheld.ravel()
    lower[hidden] = np.maximum(lower, at_least)[hidden]


def sums_told(block: Block, release: Told) -> Floats:
    """What a release that withholds counts says of each of the block's sums, exactly.

    NaN where it says nothing; minus infinity where it withholds.
    """
    told = np.full((len(block.levels), len(_wanted(block))), np.nan)
    if release.method == "suppression":
        names = filter(None, (block.metric.name, block.metric.part_of))
        every = pl.concat(release.of(name, block.part, sums=True) for name in names)
        rows = every.filter(pl.col("month").is_in(list(block.months)))
        keys = ("breakdown", "level", "metric", "outcome", "n")
        for breakdown, level, metric, outcome, n in rows.select(keys).iter_rows():
            meant = (
                {*block.metric.outcomes, REST[0]}
                if metric == block.metric.part_of
                else set(outcome.strip("+").split("+"))
            )
            for at, wanted in enumerate(_wanted(block)):
                if wanted == meant and (metric == block.metric.part_of or "+" in outcome):
                    told[block.levels.index((breakdown, level)), at] = (
                        -np.inf if n is None else n
                    )
    return told.ravel() if len(block.months) == 1 else np.full(block.sums.shape[0], np.nan)


def _plain(outcome: str) -> str:
    """The outcome without the doubt that a failed check casts on some of its cases."""
    return outcome.removesuffix("_unsure").removesuffix("_misplaced").removesuffix("_extra")


def _several(block: Block) -> Floats:
    """Published sums of columns: bands of an outcome, denominators, totals, the whole."""
    rows = [_row(block, names) for names in _wanted(block)]
    return np.array(rows).reshape(len(rows), len(block.columns))


def _wanted(block: Block) -> list[set[str]]:
    """Sets of outcomes whose sum is published, one for each sum of more than one cell.

    All that has come is one: readers add up several metrics by it.
    """
    metric = block.metric
    wanted = [{outcome} for outcome in metric.outcomes]
    wanted += [set(subtotal) for subtotal in (*metric.subtotals, metric.outcomes)]
    wanted += [{outcome for outcome in metric.outcomes if outcome != NOT_COME}]
    wanted += [{*metric.outcomes, REST[0]}] if metric.part_of else []
    rows = {_row(block, names): names for names in wanted}
    return [rows[row] for row in sorted(rows) if sum(row) > 1]


def _row(block: Block, names: set[str]) -> tuple[float, ...]:
    return tuple(float(_plain(outcome) in names) for outcome, _ in block.columns)
