"""What surveys tell beside the times that cases took: only a closed case is asked about.

No more surveys are offered by the end of a month than cases were closed by then: those of the
quarter that the times show as closed so early, and what earlier quarters have left over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from metrics.attack.bounds import Booleans
from metrics.attack.closed import TIMES
from metrics.attack.joined import RECEIVED
from metrics.attack.knowledge import Findings
from metrics.attack.sums import Level
from metrics.attack.system import Floats
from metrics.attack.told import Told, levels_in, readers, telling
from metrics.periods import next_month

SURVEYS = "satisfaction"
STILL_OPEN = "open"
REST = ("", -1)  # cases of which no time is known
EARLY = "asked_early"  # a release says so where cases are asked about before they are closed

Cell = tuple[str, int]


@dataclass(slots=True)
class _Windows:
    """The fewest and most of each month's count (level, month, cell), and of their sums.

    `sums` are of a month's cells (level, month) in `cells` columns; `whole` of a quarter.
    """

    low: Floats
    high: Floats

    @classmethod
    def open(cls, *shape: int) -> "_Windows":
        return cls(np.zeros(shape), np.full(shape, np.inf))

    def at(self, levels: Booleans) -> "_Windows":
        """The same at some levels."""
        return _Windows(self.low[levels], self.high[levels])

    def told(self, n: Floats, off: float) -> None:
        """A count that a release tells; NaN where it says nothing."""
        known = ~np.isnan(n)
        lowest = np.maximum(n - off, n > 0)
        self.low[known] = np.maximum(self.low, lowest)[known]
        self.high[known] = np.minimum(self.high, n + off)[known]


def surveyed(told: Sequence[Told]) -> list[Findings]:
    """What the readers of each audience, and those of all, find in surveys and closings."""
    found = []
    for name, own in readers(told):
        if any(release.release.manifest.get(EARLY) for release in own):
            continue
        base = min(release.base for release in own)
        who = f"reader of all releases to {name} who holds surveys against closings"
        findings = Findings(who, len(own), promised=base - 1)
        for where, low, high in _intervals(own):
            known = np.isfinite(high)
            findings.learn(low[known], high[known], base, where)
        found.append(findings)
    return [one for one in found if one.targets]


def _intervals(own: Sequence[Told]) -> Iterator[tuple[str, Floats, Floats]]:
    """What is left of the counts of each quarter, level by level, and where."""
    told = telling(own)
    if all(one.of(TIMES).is_empty() for one in told):
        return  # times that are not fit are told to nobody
    months = sorted({month for one in told for month in one.months})
    quarters = [told[0].quarter(month) for month in months]
    levels = levels_in(told)
    cells = pl.concat(one.of(TIMES) for one in told).select("outcome", "band").unique()
    copies = [_Copy.of(one, levels, months, sorted(cells.iter_rows())) for one in told]
    left = np.zeros(len(levels))
    for quarter in sorted(set(quarters)):
        of = [at for at, one in enumerate(quarters) if one == quarter]
        then = [copy.at(of) for copy in copies]
        known = _Quarter.of(then, [months[at] for at in of], quarter)
        there = known.is_told
        known = known.at(there)
        for many in range(1, len(of) + 1):
            where = f"{SURVEYS} and {TIMES}, quarter from {quarter}"
            yield from ((where, *ends) for ends in known.ends(many, left[there]))
        left[~there] = np.inf
        left[there] += known.received.high[:, 0] - known.asked_whole.low[:, 0]


@dataclass(frozen=True, slots=True)
class _Copy:
    """What one release says (level, month, and cell of the times); NaN where it is nothing."""

    release: Told
    columns: Sequence[Cell]
    asked: Floats
    received: Floats
    times: Floats

    @classmethod
    def of(
        cls,
        release: Told,
        levels: Sequence[Level],
        months: Sequence[date],
        columns: Sequence[Cell],
    ) -> "_Copy":
        """All that it says; the last cell are the cases of which no time is told."""
        asked = _table(release, SURVEYS, levels, months, None)[:, :, 0]
        received = _table(release, RECEIVED[0], levels, months, None)[:, :, 0]
        times = _table(release, TIMES, levels, months, columns)
        rest = received - times.sum(axis=2)
        times = np.concatenate([times, rest[:, :, np.newaxis]], axis=2)
        return cls(release, [*columns, REST], asked, received, times)

    def at(self, months: Sequence[int]) -> "_Copy":
        """The same of some months."""
        asked, received, times = (
            each[:, months] for each in (self.asked, self.received, self.times)
        )
        return _Copy(self.release, self.columns, asked, received, times)


@dataclass(frozen=True, slots=True)
class _Quarter:
    """What is known of one quarter's surveys and of its cases by the time they took."""

    months: Sequence[date]
    columns: Sequence[Cell]
    asked: _Windows
    asked_whole: _Windows
    closed: _Windows
    closed_month: _Windows
    closed_whole: _Windows
    received: _Windows

    @classmethod
    def of(cls, copies: Sequence[_Copy], months: Sequence[date], on: date) -> "_Quarter":
        """All that these releases say of it."""
        columns, (places, n) = copies[0].columns, copies[0].asked.shape
        made = cls(
            months,
            columns,
            *(_Windows.open(places, n), _Windows.open(places, 1)),
            *(_Windows.open(places, n, len(columns)), _Windows.open(places, n)),
            *(_Windows.open(places, 1), _Windows.open(places, 1)),
        )
        for copy in copies:
            made._read(copy, on)
        return made

    def _read(self, copy: _Copy, on: date) -> None:
        release, asked, received, times = copy.release, copy.asked, copy.received, copy.times
        further = {name: release.further(name, on) for name in (SURVEYS, TIMES, RECEIVED[0])}
        ended_by = further[TIMES].beside(further[RECEIVED[0]])

        def off(by: int) -> int:
            return release.base * (1 + by) - 1

        ended = times[:, :, [at for at, cell in enumerate(self.columns) if _is_closed(cell)]]
        whole_asked, whole_ended = asked.sum(axis=1), ended.sum(axis=(1, 2))
        whole_received = received.sum(axis=1)[:, np.newaxis]
        self.asked.told(asked, off(further[SURVEYS].month))
        self.asked_whole.told(whole_asked[:, np.newaxis], off(further[SURVEYS].quarter))
        self.closed.told(times, off(0))
        self.closed_month.told(ended.sum(axis=2), off(ended_by.month))
        self.closed_whole.told(whole_ended[:, np.newaxis], off(ended_by.quarter))
        self.received.told(whole_received, off(further[RECEIVED[0]].quarter))

    @property
    def is_told(self) -> Booleans:
        """At which levels some release tells every one of these counts."""
        known = (self.asked.high, self.closed.high, self.received.high)
        told = [np.isfinite(each).reshape(len(each), -1).all(axis=1) for each in known]
        found: Booleans = np.logical_and.reduce(told)
        return found

    def at(self, levels: Booleans) -> "_Quarter":
        """The same at some levels."""
        return replace(
            self,
            asked=self.asked.at(levels),
            asked_whole=self.asked_whole.at(levels),
            closed=self.closed.at(levels),
            closed_month=self.closed_month.at(levels),
            closed_whole=self.closed_whole.at(levels),
            received=self.received.at(levels),
        )

    def ends(self, many: int, left: Floats) -> Iterator[tuple[Floats, Floats]]:
        """Of surveys and of closed cases in the first so many months, and of each month."""
        is_whole = many == len(self.months)
        low, high = self.asked.low[:, :many], self.asked.high[:, :many]
        fewest, most = low.sum(axis=1), high.sum(axis=1)
        within = [self._closed_by(month, self.months[many - 1]) for month in range(many)]
        at_least, at_most = (np.array(each).T for each in zip(*within, strict=True))
        closed_least, closed_most = at_least.sum(axis=1), at_most.sum(axis=1)
        if is_whole:
            fewest = np.maximum(fewest, self.asked_whole.low[:, 0])
            most = np.minimum(most, self.asked_whole.high[:, 0])
            closed_most = np.minimum(closed_most, self.closed_whole.high[:, 0])
        so = fewest <= closed_most + left  # elsewhere cases were asked about early, or moved
        room, needed = closed_most + left, fewest - left
        yield low[so], np.minimum(high, room[:, np.newaxis] - _others(low))[so]
        others = np.minimum(_others(at_most), closed_most[:, np.newaxis])
        yield np.maximum(at_least, needed[:, np.newaxis] - others)[so], at_most[so]
        if is_whole:
            yield fewest[so], np.minimum(most, room)[so]
            yield np.maximum(closed_least, needed)[so], closed_most[so]

    def _closed_by(self, month: int, last: date) -> tuple[Floats, Floats]:
        """Of a month's cases those that the times allow to be closed by the end of another."""
        until = (next_month(last) - timedelta(days=1) - self.months[month]).days
        taken = [
            at for at, cell in enumerate(self.columns) if _is_closed(cell) and cell[1] <= until
        ]
        low = self.closed.low[:, month, taken].sum(axis=1)
        high = self.closed.high[:, month, taken].sum(axis=1)
        return low, np.minimum(high, self.closed_month.high[:, month])


def _others(ends: Floats) -> Floats:
    """For each month of a level the sum of the others."""
    found: Floats = ends.sum(axis=1, keepdims=True) - ends
    return found


def _told_sum() -> pl.Expr:
    n = pl.col("n")
    return pl.when(n.null_count() == 0).then(n.sum())


def _is_closed(cell: Cell) -> bool:
    return cell[0] != STILL_OPEN


def _table(
    release: Told,
    metric: str,
    levels: Sequence[Level],
    months: Sequence[date],
    columns: Sequence[Cell] | None,
) -> Floats:
    """A metric's counts (level, month, cell), all in one cell where no columns are named.

    NaN where the release says nothing.
    """
    rows = release.of(metric)
    keys = ["breakdown", "level", "month"] + (["outcome", "band"] if columns else [])
    wide = list(columns or [REST])
    at_level, at_month, at_cell = (
        {key: at for at, key in enumerate(named)} for named in (levels, months, wide)
    )
    table = np.full((len(levels), len(months), len(wide)), np.nan)
    for breakdown, level, month, *cell, n in (
        rows.group_by(keys).agg(_told_sum()).select(*keys, "n").iter_rows()
    ):
        if (breakdown, level) in at_level:
            at = at_cell[tuple(cell)] if cell else 0
            table[at_level[breakdown, level], at_month[month], at] = n
    return table
