"""Which cells a release declares, and exact counts laid out on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.disclosure.lengths import Lengths

Counts = npt.NDArray[np.int64]

KEY = ("metric", "part", "breakdown", "level", "month", "outcome", "band")
SCHEMA: dict[str, pl.DataType] = {
    "metric": pl.String(),
    "part": pl.String(),
    "breakdown": pl.String(),
    "level": pl.String(),
    "month": pl.Date(),
    "outcome": pl.String(),
    "band": pl.Int32(),
    "n": pl.Int64(),
}
ALL = ("all", "all")
NO_DURATION = -1


class ProtectionError(Exception):
    """The cube cannot be protected as asked; nothing may be published from it."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A deadline beside the times of another metric, such as those to the closing of a case.

    Where it is for the same step (`closes`), a case that took no more than the fewest of its
    `days` has kept it, and one that took more than the most of them has not. Of any other step
    only when its day comes is known. `names` has the outcomes of both metrics by what they
    mean, with those in doubt: met, met_late and missed, or come for all of them and those that
    were not judged; ended and open.
    """

    days: Lengths
    names: Mapping[str, frozenset[str]]
    closes: bool = True

    @property
    def pairs(self) -> tuple[tuple[frozenset[str], frozenset[str], bool], ...]:
        """Outcomes, those that their cases have in the other metric, and if they are early."""
        return (
            (self.names["met"], self.names["ended"], True),
            (self.names["met_late"], self.names["ended"], False),
            (self.names["missed"], self.names["open"], False),
        )


@dataclass(frozen=True, slots=True)
class Delay:
    """Every case comes to a metric so many months after another one has counted it.

    None where nobody knows how many at the most. So many `days` after that; None where it is in
    the month that is so many months later. That holds at the `levels` of one breakdown alone,
    where one is named. `closing` is there where both metrics end with the same step, and else
    `coming` where days are counted.
    """

    months: int | None
    breakdown: str | None = None
    levels: tuple[str, ...] = ()
    closing: Closing | None = None
    days: Lengths | None = None
    coming: Closing | None = None

    @property
    def is_vague(self) -> bool:
        """Whether the hour of the receipt says which day it is, that a case knows of itself."""
        days = self.closing.days.versions if self.closing else ()
        return any(each.fewest < each.most for each in days)

    def holds_at(self, level: tuple[str, str]) -> bool:
        """Whether every case of the level comes to it."""
        named = level[0] == self.breakdown and level[1] in self.levels
        return self.breakdown is None or named


Scope = Mapping[str, frozenset[str]]
Kept = tuple[frozenset[str], frozenset[str], bool]


@dataclass(frozen=True, slots=True)
class Nest:
    """Two parts of a metric that hold the same step against a shorter and a longer time.

    Every case comes to the `longer` part `soonest` to `latest` months after the `shorter` one,
    if it is under both rules, by their scopes (levels by breakdown). `forward` says which
    outcomes of the longer part all cases have that have these in the shorter one; `backward`
    the other way round; `undone` which of the longer part they have that have these in the
    shorter one on the same day. With each stands whether all of these have a day to be done by.
    All are empty where the parts are for different steps: then only what is to come is tied.
    """

    shorter: str
    longer: str
    soonest: int
    latest: int
    shorter_for: Scope
    longer_for: Scope
    forward: tuple[Kept, ...]
    backward: tuple[Kept, ...]
    undone: tuple[Kept, ...] = ()

    def has_all_of_shorter(self, level: tuple[str, str]) -> bool:
        """Whether every case of the level under the shorter rule is under the longer one."""
        return _is_within(_at(level, self.shorter_for), self.longer_for)

    def has_all_of_longer(self, level: tuple[str, str]) -> bool:
        """Whether every case of the level under the longer rule is under the shorter one."""
        return _is_within(_at(level, self.longer_for), self.shorter_for)


def _at(level: tuple[str, str], scope: Scope) -> Scope:
    """The cases of the level in the scope; without any code where there are none."""
    breakdown, code = level
    if level == ALL:
        return scope
    return {**scope, breakdown: scope.get(breakdown, frozenset({code})) & {code}}


def _is_within(one: Scope, other: Scope) -> bool:
    return all(one.values()) and all(
        name in one and one[name] <= codes for name, codes in other.items()
    )


@dataclass(frozen=True, slots=True)
class Where:
    """Levels whose every case has something: of one breakdown, where one is named, or all.

    So many `days` after the receipt its day comes, None where nobody knows. What is still to
    come has come `within` so many months; None where its clock can be moved.
    """

    breakdown: str | None = None
    levels: tuple[str, ...] = ()
    days: Lengths | None = None
    within: int | None = None

    def holds_at(self, level: tuple[str, str]) -> bool:
        """Whether every case of the level has it."""
        named = level[0] == self.breakdown and level[1] in self.levels
        return self.breakdown is None or named


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of one metric, declared: what is in none of them is refused.

    `subtotals` are sets of outcomes whose sum is published as well, such as the denominator
    of a share. A `timed` metric has duration bands. `part_of` names a metric of one outcome
    that counts every case of this one: the two are rounded together, because rounding the
    same cases twice would tell more about them than either does alone. `stocks` are outcomes
    that say how things stand on the as-of day, such as a deadline that is not due yet.
    `follows` names the metric that has counted by any month every case that this one has;
    `delays` say of which parts readers know that every case comes to them, and when. Cases come
    to one that is `after_closing` when the times of the followed metric have ended. `arrivals`
    say of which parts every case has one, whether its day has come or not. `nests` are parts
    that hold one step against two times. `scopes` have by part the levels of a
    breakdown that its cases have, where it is for some cases alone.
    """

    metric: str
    outcomes: tuple[str, ...]
    parts: tuple[str, ...] = ("",)
    subtotals: tuple[tuple[str, ...], ...] = ()
    timed: bool = False
    part_of: str | None = None
    stocks: tuple[str, ...] = ()
    follows: str | None = None
    delays: Mapping[str, "Delay"] = field(default_factory=dict)
    arrivals: Mapping[str, "Where"] = field(default_factory=dict)
    after_closing: bool = False
    nests: tuple[Nest, ...] = ()
    scopes: Mapping[str, Scope] = field(default_factory=dict)

    def is_outside(self, part: str, level: tuple[str, str]) -> bool:
        """Whether the part is for other levels of the breakdown alone."""
        breakdown, code = level
        return code not in self.scopes.get(part, {}).get(breakdown, {code})

    @property
    def flows(self) -> tuple[str, ...]:
        """Outcomes that say what has come."""
        return tuple(outcome for outcome in self.outcomes if outcome not in self.stocks)

    def cells(self, bands: Sequence[int]) -> list[tuple[str, int]]:
        """Outcome and band of every cell of one level and month."""
        firsts = tuple(bands) if self.timed else (NO_DURATION,)
        return [(outcome, band) for outcome in self.outcomes for band in firsts]


@dataclass(frozen=True, slots=True)
class Grid:
    """Levels (pairs of breakdown and level, `ALL` first) and months that cells stand on."""

    levels: tuple[tuple[str, str], ...]
    months: tuple[date, ...]

    def faces(self) -> Counts:
        """One row per breakdown whose product with the levels' counts is levels less all."""
        names = sorted({breakdown for breakdown, _ in self.levels[1:]})
        faces = np.zeros((len(names), len(self.levels)), dtype=np.int64)
        faces[:, 0] = -1
        for position, (breakdown, _) in enumerate(self.levels[1:], start=1):
            faces[names.index(breakdown), position] = 1
        return faces


@dataclass(frozen=True, slots=True)
class Bases:
    """The base and a coarser audience's, in units; a unit is so many cases.

    `stands_at` is the month with whose last day the counts end, where they end with one;
    `stood_at` are those with which any release ended so.
    """

    base: int
    coarser: int | None = None
    unit: int = 1
    stands_at: int | None = None
    stood_at: frozenset[int] = frozenset()

    @property
    def times(self) -> int | None:
        """How many bases make a coarser audience's, where there is one."""
        return self.coarser // self.base if self.coarser else None


def grid_of(levels: Mapping[str, Sequence[str]], months: Sequence[date]) -> Grid:
    """The grid of declared levels and months, in an order that no declaration changes."""
    pairs = sorted(
        (breakdown, level)
        for breakdown, codes in levels.items()
        if breakdown != ALL[0]
        for level in set(codes)
    )
    return Grid(levels=(ALL, *pairs), months=tuple(sorted(months)))


def banded(cells: pl.DataFrame, bands: Sequence[int]) -> pl.DataFrame:
    """The same counts with the first day of its band in place of each day; -1 stays."""
    days = cells["band"].cast(pl.Int64)
    place = pl.Series(bands, dtype=pl.Int64).search_sorted(days, side="right").cast(pl.Int64)
    first = pl.Series([NO_DURATION, *bands], dtype=pl.Int32).gather(place)
    if cells.filter(days < NO_DURATION).height:
        raise ProtectionError("a duration below 0 days has no band; leave such cases out")
    return (
        cells.with_columns(first.alias("band"))
        .group_by(KEY)
        .agg(pl.col("n").sum().cast(pl.Int64))
        .sort(KEY)
    )


def laid_out(
    cells: pl.DataFrame, grid: Grid, columns: Sequence[tuple[str, int]], what: str
) -> Counts:
    """Counts of one metric and part as an array (level, month, cell).

    Raises ProtectionError for a cell that is not declared, and for levels that do not add up
    to all: such a cube could not be published additively.
    """
    keyed = (
        cells.join(
            _numbered("level_at", ("breakdown", "level"), grid.levels),
            how="left",
            on=("breakdown", "level"),
        )
        .join(
            _numbered("month_at", ("month",), [(month,) for month in grid.months]),
            how="left",
            on="month",
        )
        .join(
            _numbered("cell_at", ("outcome", "band"), columns),
            how="left",
            on=("outcome", "band"),
        )
    )
    places = ("level_at", "month_at", "cell_at")
    lost = keyed.filter(pl.any_horizontal(pl.col(place).is_null() for place in places))
    if lost.height:
        raise ProtectionError(f"{what}: a cell is not declared: {lost.select(KEY).row(0)}")
    counts = np.zeros((len(grid.levels), len(grid.months), len(columns)), dtype=np.int64)
    np.add.at(counts, tuple(keyed[place].to_numpy() for place in places), keyed["n"].to_numpy())
    if np.tensordot(grid.faces(), counts, axes=1).any():
        raise ProtectionError(f"{what}: the levels of a breakdown do not add up to all")
    return counts


def as_frame(
    counts: Counts, grid: Grid, columns: Sequence[tuple[str, int]], *, metric: str, part: str
) -> pl.DataFrame:
    """Every declared cell of one metric and part with its count, zeros included."""
    levels, months, cells = (
        index.ravel() for index in np.indices(counts.shape, dtype=np.int64)
    )
    return pl.DataFrame(
        {
            "metric": pl.repeat(metric, counts.size, eager=True),
            "part": pl.repeat(part, counts.size, eager=True),
            "breakdown": pl.Series([pair[0] for pair in grid.levels]).gather(levels),
            "level": pl.Series([pair[1] for pair in grid.levels]).gather(levels),
            "month": pl.Series(grid.months, dtype=pl.Date).gather(months),
            "outcome": pl.Series([column[0] for column in columns]).gather(cells),
            "band": pl.Series([column[1] for column in columns]).gather(cells),
            "n": counts.ravel(),
        },
        schema=SCHEMA,
    )


def _numbered(
    name: str, keys: tuple[str, ...], values: Sequence[tuple[object, ...]]
) -> pl.DataFrame:
    """The position of each value, to join on."""
    schema = {key: SCHEMA[key] for key in keys}
    return pl.DataFrame(list(values), schema=schema, orient="row").with_row_index(name)


def refuse_undeclared(cells: pl.DataFrame, tables: Sequence[Table]) -> None:
    """Refuse counts of a metric or part that no table declares: they would be lost."""
    declared = {(table.metric, part) for table in tables for part in table.parts}
    for found in cells.select("metric", "part").unique().sort("metric", "part").iter_rows():
        if found not in declared:
            raise ProtectionError(f"metric {found[0]}, part {found[1]!r} is not declared")
