"""From an exact cube to one that an audience may see."""

import hashlib
import hmac
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import numpy as np
import polars as pl

from metrics.disclosure.arriving import arrivals
from metrics.disclosure.asking import ceilings
from metrics.disclosure.closing import Bound
from metrics.disclosure.fates import told_months
from metrics.disclosure.joint import round_all
from metrics.disclosure.late import late_bookings
from metrics.disclosure.linking import Links
from metrics.disclosure.nesting import nested_in
from metrics.disclosure.pairs import Pair, paired
from metrics.disclosure.policy import Policy
from metrics.disclosure.runs import Run, Sides, come_since, runs_of
from metrics.disclosure.series import Rounding
from metrics.disclosure.spacing import Spacing
from metrics.disclosure.tables import (
    KEY,
    Bases,
    Counts,
    Delay,
    Grid,
    ProtectionError,
    Table,
    as_frame,
    banded,
    grid_of,
    laid_out,
    refuse_undeclared,
)
from metrics.metric import ExactCube, ProtectedCube
from metrics.periods import next_month
from metrics.reach import Loose, Off

SHORTEST_SEED = 16
Block = tuple[str, str, date]  # a metric and part in the quarter that begins so


@dataclass(frozen=True, slots=True)
class Declared:
    """What a release declares: every cell of it is published, whether or not a case has it.

    Tables (metrics with their parts, outcomes and bands) x levels (codes by breakdown; "all"
    goes without saying) x months. `quarters` gives each month the quarter, calendar or
    fiscal, that it belongs to; a year is the sum of its published quarters. `is_settled` where
    the as-of day is the last one covered: what has not come by then is counted as to come.
    `looks` are the as-of days of this release and of earlier ones.
    """

    tables: Sequence[Table]
    levels: Mapping[str, Sequence[str]]
    months: Sequence[date]
    quarters: Mapping[date, date]
    is_settled: bool = False
    looks: Collection[date] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """One rounding: counts are multiples of `base`, made of multiples of `unit`.

    A coarser audience's counts are rounded from those of a finer one, never from the truth:
    who has both knows no more than who has the finer one. `coarser` is the base of the next
    audience, where there is one: counts are drawn so that its sums can stay within its base.
    """

    base: int
    bands: tuple[int, ...]
    seed: bytes
    unit: int = 1
    coarser: int | None = None


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
    """The cube as the policy's audience may see it, published for the first time.

    Identity changes nothing. Rounding publishes every cell of what is `Declared`. The same
    cube, policy and seed give the same counts, and those of a quarter depend on no later one.
    Raises ProtectionError where the cube holds a cell that is not declared, or where no
    rounding adds up: nothing is ever published less protected than asked.
    """
    if policy.method == "identity":
        return ProtectedCube(cells=cube.cells, base=1)
    layer = Layer(policy.base, policy.bands, seed)
    made = layer_over(cube.cells, layer, Declared(tables, levels, months, quarters))
    return ProtectedCube(cells=made.cells.drop("n_true"), base=policy.base)


@dataclass(frozen=True, slots=True)
class Rounded:
    """Every declared cell with n, the published count, and n_true, what it stands for.

    `loose` says by metric and quarter by how many bases sums of cells may be further from the
    truth than cells are; the counts of a metric that another is part of are such sums. `links`
    say how tables follow each other in truth. Readers get no cell of what is `withheld`.
    """

    cells: pl.DataFrame
    loose: Loose
    links: Links
    withheld: Collection[Block] = ()


def layer_over(
    cells: pl.DataFrame,
    layer: Layer,
    declared: Declared,
    told: pl.DataFrame | None = None,
    links: Links | None = None,
    withheld: Collection[Block] = (),
) -> Rounded:
    """Round what has not been told yet, and keep what has.

    `told` are the cells of earlier releases, in the columns of the result: a month that is in
    it keeps its numbers for ever. Cases that have come to such a month since are booked in the
    first month that is new (see `late_bookings`). `links` say how tables follow each other in
    truth, where the cells are rounded already. `withheld` was not told.
    """
    if len(layer.seed) < SHORTEST_SEED:
        raise ProtectionError(f"the secret seed is shorter than {SHORTEST_SEED} bytes")
    refuse_undeclared(cells, declared.tables)
    before = cells.head(0).with_columns(n_true="n") if told is None else told
    within = before.filter(pl.col("month").is_in(list(declared.months)))
    setting = Ground(
        layer=layer,
        grid=grid_of(declared.levels, declared.months),
        cells=banded(cells.with_columns(pl.col("n") // layer.unit), layer.bands),
        told=within.with_columns(pl.col("n", "n_true") // layer.unit),
        declared=declared,
        withheld=withheld,
    )
    named = [(pair, part) for pair in paired(declared.tables) for part in pair.table.parts]
    led = {(pair.whole or pair.table).metric: pair for pair, _ in named}
    made = [_rounding(setting, pair, part, led) for pair, part in named]
    nests = [
        nested
        for pair in paired(declared.tables)
        for nested in nested_in(pair.table, pair.columns(layer.bands), setting.grid)
    ]
    found = round_all(made, list(setting.months_by_quarter()), setting.bases, links, nests)
    frames: list[pl.DataFrame] = []
    loose: dict[tuple[str, date], Off] = {}
    for (pair, part), table in zip(named, made, strict=True):
        frames += _frames(setting, pair, part, table.counts, table.truth)
        known = _loose(pair, table)
        loose |= {key: by.beside(loose.get(key, by)) for key, by in known.items()}
    cells = pl.concat(frames).sort(KEY).with_columns(pl.col("n", "n_true") * layer.unit)
    return Rounded(cells, loose, found, _untold(named, made))


def _untold(named: Sequence[tuple["Pair", str]], made: Sequence[Rounding]) -> set[Block]:
    """What these readers are not told, now or of before."""
    pairs = zip(named, made, strict=True)
    return {(pair.table.metric, part, q) for (pair, part), each in pairs for q in each.untold}


@dataclass(frozen=True, slots=True)
class Ground:
    """What all metrics of one release share; counts are in the layer's units."""

    layer: Layer
    grid: Grid
    declared: Declared
    cells: pl.DataFrame
    told: pl.DataFrame
    withheld: Collection[Block] = ()

    @property
    def base(self) -> int:
        """The base in units."""
        return self.layer.base // self.layer.unit

    @property
    def bases(self) -> Bases:
        """The base and the next audience's in units; what it is made of is rounded or not."""
        unit, coarser = self.layer.unit, self.layer.coarser
        last = len(self.grid.months) - 1 if self.declared.is_settled else None
        ends = [next_month(on) - timedelta(days=1) for on in self.grid.months]
        stood = frozenset(at for at, end in enumerate(ends) if end in self.declared.looks)
        return Bases(self.base, coarser // unit if coarser else None, unit, last, stood)

    def months_by_quarter(self) -> Iterator[tuple[date, list[int]]]:
        """Each quarter with the positions of its months, oldest first."""
        quarters = self.declared.quarters
        lacking = [month for month in self.grid.months if month not in quarters]
        if lacking:
            raise ProtectionError(f"month {lacking[0]} belongs to no quarter")
        places = range(len(self.grid.months))
        for quarter, group in groupby(places, key=lambda at: quarters[self.grid.months[at]]):
            yield quarter, list(group)

    def draw(
        self, metric: str, part: str, quarter: date, again: int = 0
    ) -> np.random.Generator:
        """Noise that only the holder of the seed can draw again; other noise each time."""
        name = f"{metric}|{part}|{quarter.isoformat()}" + (f"|{again}" if again else "")
        digest = hmac.new(self.layer.seed, name.encode(), hashlib.sha256).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest)))

    def is_told(self, metric: str, part: str) -> list[bool]:
        """For each month whether its numbers have been told already."""
        own = self.told.filter((pl.col("metric") == metric) & (pl.col("part") == part))
        known = set(own["month"].unique())
        return [month in known for month in self.grid.months]


def _frames(
    setting: Ground, pair: Pair, part: str, counts: Counts, truth: Counts
) -> list[pl.DataFrame]:
    """Published cells of one metric and part, and of the whole it is part of."""
    columns = pair.columns(setting.layer.bands)
    own = len(pair.table.cells(setting.layer.bands))
    wanted = [(pair.table, counts[:, :, :own], truth[:, :, :own], columns[:own])]
    if pair.whole:
        totals = (values.sum(axis=2, keepdims=True) for values in (counts, truth))
        wanted.append((pair.whole, *totals, pair.whole.cells(())))
    return [
        as_frame(n, setting.grid, cells, metric=table.metric, part=part).with_columns(
            n_true=pl.Series(n_true.ravel(), dtype=pl.Int64)
        )
        for table, n, n_true, cells in wanted
    ]


def _rounding(setting: Ground, pair: Pair, part: str, led: Mapping[str, Pair]) -> Rounding:
    """One metric and part as it is rounded: what was told, and what is to be told.

    `led` has by its name every metric that others may follow.
    """
    columns = pair.columns(setting.layer.bands)
    metric = pair.whole.metric if pair.whole else pair.table.metric
    delay, where = pair.table.delays.get(part), pair.table.arrivals.get(part)
    before = led.get(pair.table.follows or "")
    name = f"{metric} {part}".strip()
    stocks = [at for at, column in enumerate(columns) if column[0] in pair.table.stocks]

    def draw(quarter: date, again: int) -> np.random.Generator:
        return setting.draw(pair.table.metric, part, quarter, again)

    def in_a_row(months: Sequence[int]) -> list[Run]:
        beside = _runs(setting, (pair, part), before, months)
        return [*beside, *_come_since(setting, (pair, part), name, months)]

    def at_least(months: Sequence[int]) -> list[Bound]:
        there = before.columns(setting.layer.bands) if before else []
        asked = pair.table.after_closing and before is not None and before.table.timed
        ends = before is not None and months[-1] == setting.bases.stands_at
        known = arrivals(where, columns, stocks, there, setting.grid, months) if ends else []
        return [*(ceilings(columns, there, setting.grid, months) if asked else ()), *known]

    return Rounding(
        name=name,
        counts=_laid_out(setting.told, "n", setting, pair, part),
        truth=with_late(setting, pair, part),
        told=setting.is_told(pair.table.metric, part),
        faces=setting.grid.faces(),
        sums=pair.sums(setting.layer.bands),
        stocks=stocks,
        draw=draw,
        follows=pair.table.follows,
        spaced=_spaced(setting, delay),
        floors=at_least,
        runs=in_a_row,
        untold=frozenset(q for *of, q in setting.withheld if of == [pair.table.metric, part]),
    )


def _runs(
    setting: Ground, of: tuple[Pair, str], before: Pair | None, months: Sequence[int]
) -> list[Run]:
    """What a rule from the receipt should keep to beside the times of all cases."""
    pair, part = of
    delay, bands = pair.table.delays.get(part), setting.layer.bands
    closing = (delay.closing or delay.coming) if delay else None
    if closing is None or before is None:
        return []
    sides = Sides(
        f"{pair.table.metric} {part}",
        pair.table.follows or "",
        pair.columns(bands),
        before.columns(bands),
        pair.table.stocks,
    )
    known = setting.grid.months[: months[-1] + 1]
    calendar = told_months(known, setting.declared.quarters, setting.declared.looks)
    stands = months[-1] == setting.bases.stands_at
    levels = tuple(_spaced(setting, delay))
    return runs_of(closing, sides, calendar, months[0], levels, stands=stands)


def _come_since(
    setting: Ground, of: tuple[Pair, str], name: str, months: Sequence[int]
) -> list[Run]:
    """What a rule from another step than the receipt should keep to from quarter to quarter."""
    pair, part = of
    where = pair.table.arrivals.get(part)
    if part in pair.table.delays or where is None or where.within is None:
        return []
    columns = pair.columns(setting.layer.bands)
    stocks = tuple(at for at, (code, _) in enumerate(columns) if code in pair.table.stocks)
    flows = tuple(at for at in range(len(columns)) if at not in stocks)
    levels = tuple(range(len(setting.grid.levels)))
    stands = months[-1] == setting.bases.stands_at
    return come_since((name, stocks, flows), where.within, months, levels, stands=stands)


def _spaced(setting: Ground, delay: Delay | None) -> dict[int, Spacing]:
    """How every case comes to a metric, at the levels where all do."""
    if delay is None:
        return {}
    months, lag = setting.grid.months, delay.months
    exact = Spacing.lagged(lag or 0, lag, len(months))
    own = Spacing.of(delay.days, lag, months) if delay.days else exact
    levels = enumerate(setting.grid.levels)
    return {at: own for at, level in levels if delay.holds_at(level)}


def _loose(pair: Pair, table: Rounding) -> dict[tuple[str, date], Off]:
    """By how many bases sums of the metric, and of its whole, are further off than cells."""
    found: dict[tuple[str, date], Off] = {}
    for quarter, (sums, totals) in table.off.items():
        found[pair.table.metric, quarter] = sums.beside(totals)
        if pair.whole:
            found[pair.whole.metric, quarter] = totals
    return {key: by for key, by in found.items() if by}


def with_late(setting: Ground, pair: Pair, part: str) -> Counts:
    """What published counts stand for: as told once, or as it is, with late cases booked."""
    truth = _laid_out(setting.cells, "n", setting, pair, part)
    told = setting.is_told(pair.table.metric, part)
    if not any(told):
        return truth
    known = _laid_out(setting.told, "n_true", setting, pair, part)
    change = (truth - known)[:, told, :].sum(axis=1)
    last = max(at for at, is_told in enumerate(told) if is_told)
    after = [at for at in range(last + 1, len(told)) if not told[at]]
    truth[:, told, :] = known[:, told, :]
    if after:
        columns = pair.columns(setting.layer.bands)
        stocks = [at for at, column in enumerate(columns) if column[0] in pair.table.stocks]
        into = len(columns) - 1 if pair.whole else None
        truth[:, after[0], :] += late_bookings(
            change, setting.grid.faces(), stocks=stocks, into=into
        )
    return truth


def _laid_out(cells: pl.DataFrame, name: str, setting: Ground, pair: Pair, part: str) -> Counts:
    """Counts (level, month, cell), with the whole's other cases as the last cell."""
    wanted = cells.with_columns(n=name) if name != "n" else cells
    own = _of(wanted, setting, pair.table, part)
    if pair.whole is None:
        return own
    rest = _of(wanted, setting, pair.whole, part) - own.sum(axis=2, keepdims=True)
    if (rest < 0).any():
        raise ProtectionError(
            f"{pair.table.metric} counts cases that {pair.whole.metric} does not;"
            f" it cannot be part of it"
        )
    return np.concatenate([own, rest], axis=2)


def _of(cells: pl.DataFrame, setting: Ground, table: Table, part: str) -> Counts:
    wanted = cells.filter((pl.col("metric") == table.metric) & (pl.col("part") == part))
    columns = table.cells(setting.layer.bands)
    return laid_out(wanted, setting.grid, columns, f"{table.metric} {part}".strip())
