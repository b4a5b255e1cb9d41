"""Sums of counts that releases tell of a table, and how far each is from the truth at most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from metrics.attack.system import Floats
from metrics.attack.told import Told
from metrics.reach import Off

DOUBT = r"_(unsure|misplaced|extra)$"

UNKNOWN = 1e9  # cases: more than there are, so that what nobody tells can be added up

Level = tuple[str, str]
Cell = tuple[str, int]  # outcome and first day of the band
Columns = tuple[int, ...]
Ends = tuple[Floats, Floats]  # by level the fewest and the most


@dataclass(frozen=True, slots=True)
class Ground:
    """What tables stand on: levels, months, and the quarter of each month."""

    levels: Sequence[Level]
    months: Sequence[date]
    quarters: Sequence[date]

    def of(self, month: int) -> tuple[int, ...]:
        """The months of a month's quarter."""
        own = self.quarters[month]
        return tuple(at for at, quarter in enumerate(self.quarters) if quarter == own)


@dataclass(frozen=True, slots=True)
class Copy:
    """A table in one release: n (level, month, cell), NaN where nothing is said of it.

    A count is at most `base` less one from the truth, sums of the month and of its quarter as
    much `further`; so is a count that is made of several, `doubted` ones beside others.
    """

    n: Floats
    base: int
    further: Sequence[Off]
    doubted: frozenset[int]


@dataclass(frozen=True, slots=True)
class Table:
    """A table in all releases that tell it; `sums` are the sets of its cells that are told."""

    ground: Ground
    cells: Sequence[Cell]
    copies: Sequence[Copy]
    sums: Sequence[Columns]
    known: dict[tuple[tuple[int, ...], Columns], Ends] = field(default_factory=dict)

    def at(self, *names: str) -> Columns:
        """The cells of these outcomes."""
        return tuple(at for at, (name, _) in enumerate(self.cells) if name in names)

    def window(self, months: tuple[int, ...], columns: Columns) -> Ends:
        """The fewest and most cases of a count that is told, of one month or one quarter."""
        if (months, columns) not in self.known:
            low = np.zeros(len(self.ground.levels))
            high = np.full(len(low), UNKNOWN)
            is_cell = len(months) == len(columns) == 1
            for copy in self.copies:
                n = copy.n[:, list(months)][:, :, list(columns)].sum(axis=(1, 2))
                exact = is_cell and columns[0] not in copy.doubted
                further = 0 if exact else copy.further[months[0]].over(len(months))
                off = copy.base * (1 + further) - 1
                low = np.fmax(low, np.fmax(n - off, np.where(n > 0, 1, 0)))
                high = np.fmin(high, n + off)
            self.known[months, columns] = low, high
        return self.known[months, columns]

    def told(self, columns: Columns) -> list[Columns]:
        """These cells as they are told: together where their sum is, else one by one."""
        return [columns] if columns in self.sums else [(column,) for column in columns]

    def within(self, months: tuple[int, ...], columns: Columns) -> Ends:
        """The fewest and most of cells of one month or one quarter, by all told sums."""
        parts = [self.window(months, told) for told in self.told(columns)]
        low, high = (np.sum([part[end] for part in parts], axis=0) for end in (0, 1))
        for wider in self.sums:
            if set(columns) <= set(wider):
                high = np.minimum(high, self.window(months, wider)[1])
        return low, high


@dataclass(frozen=True, slots=True)
class Side:
    """Cells of a table, month by month."""

    table: Table
    months: Mapping[int, Columns]

    def counts(self) -> list[Ends]:
        """The ends of each count that is told."""
        return [
            self.table.window((month,), told)
            for month, columns in self.months.items()
            for told in self.table.told(columns)
        ]

    def whole(self) -> Ends:
        """The fewest and most of all of them together."""
        ends = [self._in_quarter(months) for months in self._quarters()]
        low, high = (np.sum([end[at] for end in ends], axis=0) for at in (0, 1))
        return low, high

    @property
    def is_told(self) -> bool:
        """Whether their sum is told as one number."""
        columns, quarters = set(self.months.values()), self._quarters()
        one = len(columns) == len(quarters) == 1 and len(self.table.told(*columns)) == 1
        return one and (len(self.months) == 1 or len(self.months) == len(quarters[0]))

    def _quarters(self) -> list[tuple[int, ...]]:
        return sorted({self.table.ground.of(month) for month in self.months})

    def _in_quarter(self, quarter: tuple[int, ...]) -> Ends:
        own = {month: self.months[month] for month in quarter if month in self.months}
        ends = [self.table.within((month,), columns) for month, columns in own.items()]
        low, high = (np.sum([end[at] for end in ends], axis=0) for at in (0, 1))
        every = tuple(sorted({column for columns in own.values() for column in columns}))
        least, most = self.table.within(quarter, every)
        if len(own) == len(quarter) and set(own.values()) == {every}:
            low = np.maximum(low, least)
        return low, np.minimum(high, most)


def read_table(
    told: Sequence[Told],
    ground: Ground,
    series: tuple[str, str],
    cells: Sequence[Cell],
    sums: Sequence[Columns],
) -> Table:
    """A metric and part of these releases on these cells; outcomes in doubt with the others."""
    copies = []
    for one in told:
        further = [one.further(series[0], on) for on in ground.months]
        copies.append(_copy(one.of(*series), ground, cells, one.base, further))
    return Table(ground, cells, copies, sums)


def _copy(
    rows: pl.DataFrame,
    ground: Ground,
    cells: Sequence[Cell],
    base: int,
    further: Sequence[Off],
) -> Copy:
    keys = ["breakdown", "level", "month", "outcome", "band"]
    n = pl.col("n")
    summed = (
        rows.with_columns(pl.col("outcome").str.replace(DOUBT, ""))
        .group_by(keys)
        .agg(n=pl.when(n.null_count() == 0).then(n.sum()), parts=pl.len())
    )
    levels = {level: at for at, level in enumerate(ground.levels)}
    months = {month: at for at, month in enumerate(ground.months)}
    places = {cell: at for at, cell in enumerate(cells)}
    table = np.full((len(levels), len(months), len(cells)), np.nan)
    doubted = set()
    for breakdown, level, month, outcome, band, count, parts in summed.iter_rows():
        at = places.get((outcome, band))
        if at is None or (breakdown, level) not in levels or month not in months:
            continue
        table[levels[breakdown, level], months[month], at] = np.nan if count is None else count
        if parts > 1:
            doubted.add(at)
    return Copy(table, base, further, frozenset(doubted))
