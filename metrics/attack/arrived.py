"""What deadlines tell of the cases received, from whatever step they start.

Whatever a case came to, it has one of each rule that holds for all. So over the last months of
the quarter that a release ends with there are no fewer deadlines of a rule, those that are not
due yet and those without a day among them, than cases received. Of those whose day from the
receipt cannot have come, as many are not due yet.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from metrics.attack.bounds import Booleans
from metrics.attack.clocks import DaysOff
from metrics.attack.closing_days import Length
from metrics.attack.joined import DEADLINES, IS_STOCK, RECEIVED, Level
from metrics.attack.knowledge import Findings
from metrics.attack.system import Floats
from metrics.attack.told import Told, levels_in, readers
from metrics.attack.versions import Owed, owed_in
from metrics.periods import month_of, next_month

LATE = "came_late"  # a release says so where late cases are counted without their deadlines


def soonest(lengths: Sequence[Length], first: date, last: date) -> int:
    """On which day at the soonest a deadline falls due of a receipt from one day to another.

    By number; `lengths` say after how many days it is due, by the day of the receipt.
    """
    begins, ends = first.toordinal(), last.toordinal()
    return min(
        max(each.first, begins) + each.fewest
        for each in lengths
        if each.first <= ends and begins <= each.last
    )


def arrived(told: Sequence[Told], quarters: Collection[date] | None = None) -> list[Findings]:
    """What readers of each audience, and those of all, find in cases and their deadlines.

    In every quarter, or in these alone where some are named: each is attacked by itself.
    """
    found = []
    for name, own in readers(told):
        base = min(release.base for release in own)
        who = f"reader of all releases to {name} who knows that every case has its deadlines"
        findings = Findings(who, len(own), promised=base - 1)
        for where, low, high in _intervals(own, quarters):
            findings.learn(low, high, base, where)
        found.append(findings)
    return [one for one in found if one.targets]


def _intervals(
    own: Sequence[Told], quarters: Collection[date] | None
) -> Iterator[tuple[str, Floats, Floats]]:
    """What is left of the totals of each quarter that a release ends with, and where."""
    about = [one.release.manifest for one in own]
    ends = {one["coverage_until"] for one in about if one["coverage_until"] == one["as_of"]}
    ends -= {one["coverage_until"] for one in about if LATE in one}
    off = DaysOff.of(own[-1].release.manifest)
    for until in sorted(date.fromisoformat(each) for each in ends):
        quarter = own[-1].quarter(month_of(until))
        if quarters is not None and quarter not in quarters:
            continue
        for rule in owed_in(own[-1]):
            where = f"{DEADLINES} {rule.rule}, quarter from {quarter}"
            lengths = off.lengths(rule) or ()
            yield from ((where, *each) for each in _beside(own, rule, lengths, quarter))


def _beside(
    own: Sequence[Told], rule: Owed, lengths: Sequence[Length], quarter: date
) -> Iterator[tuple[Floats, Floats]]:
    levels = [level for level in levels_in(own) if rule.holds_at(level)]
    every = {month for one in own for month in one.months}
    months = sorted(month for month in every if own[0].quarter(month) == quarter)
    cases = _Totals.of(own, RECEIVED, levels, months)
    series = (DEADLINES, rule.rule)
    deadlines = _Totals.of(own, series, levels, months)
    to_come = _Totals.of(own, series, levels, months, IS_STOCK)
    last = next_month(months[-1]) - timedelta(days=1)
    for first, day in enumerate(months):
        yield from _no_fewer(deadlines, cases, first)
        if lengths and soonest(lengths, day, last) > last.toordinal():
            yield from _no_fewer(to_come, cases, first)


def _no_fewer(
    deadlines: "_Totals", cases: "_Totals", first: int
) -> Iterator[tuple[Floats, Floats]]:
    """What is left of both from a month of the quarter on, where every month is told."""
    there = cases.is_told & deadlines.is_told
    cases, deadlines = cases.at(there), deadlines.at(there)
    least, most = cases.ends(first)[0], deadlines.ends(first)[1]
    so = least <= most  # elsewhere a case came too late to be counted alike
    for low, high in (*cases.below(first, most), *deadlines.above(first, least)):
        yield low[so], high[so]


@dataclass(frozen=True, slots=True)
class _Totals:
    """The fewest and most of each month (level, month), and by level of the whole quarter."""

    low: Floats
    high: Floats
    least: Floats
    most: Floats

    @classmethod
    def of(
        cls,
        own: Sequence[Told],
        series: tuple[str, str],
        levels: Sequence[Level],
        months: Sequence[date],
        which: pl.Expr | None = None,
    ) -> "_Totals":
        """What all these releases say of a metric and part, or of these cells of it."""
        shape = (len(levels), len(months))
        low, least = np.zeros(shape), np.zeros(shape[0])
        high, most = np.full(shape, np.inf), np.full(shape[0], np.inf)
        for one in own:
            n = _told(one, series, levels, months, which)
            by = one.further(series[0], months[0])
            for told, further, lowest, highest in (
                (n, by.month, low, high),
                (n.sum(axis=1), by.quarter, least, most),
            ):
                off = one.base * (1 + further) - 1
                is_there = ~np.isnan(told)
                at_least = np.maximum(told - off, told > 0)[is_there]
                lowest[is_there] = np.maximum(lowest[is_there], at_least)
                highest[is_there] = np.minimum(highest[is_there], (told + off)[is_there])
        return cls(low, high, least, most)

    @property
    def is_told(self) -> Booleans:
        """At which levels every month is told."""
        found: Booleans = np.isfinite(self.high.sum(axis=1))
        return found

    def at(self, levels: Booleans) -> "_Totals":
        """The same at some levels."""
        return _Totals(
            self.low[levels], self.high[levels], self.least[levels], self.most[levels]
        )

    def ends(self, first: int) -> tuple[Floats, Floats]:
        """By level, from a month of the quarter on."""
        low, high = self.low[:, first:].sum(axis=1), self.high[:, first:].sum(axis=1)
        if first:
            return low, high
        return np.maximum(low, self.least), np.minimum(high, self.most)

    def below(self, first: int, most: Floats) -> Iterator[tuple[Floats, Floats]]:
        """What is left where all from a month on are no more than so many."""
        low, high = self.low[:, first:], self.high[:, first:]
        yield low, np.minimum(high, (most - low.sum(axis=1))[:, np.newaxis] + low)
        if not first:
            least, highest = self.ends(0)
            yield least, np.minimum(highest, most)

    def above(self, first: int, least: Floats) -> Iterator[tuple[Floats, Floats]]:
        """What is left where all from a month on are no fewer than so many."""
        low, high = self.low[:, first:], self.high[:, first:]
        yield np.maximum(low, (least - high.sum(axis=1))[:, np.newaxis] + high), high
        if not first:
            lowest, most = self.ends(0)
            yield np.maximum(lowest, least), most


def _told(
    one: Told,
    series: tuple[str, str],
    levels: Sequence[Level],
    months: Sequence[date],
    which: pl.Expr | None,
) -> Floats:
    """All of each level and month together, what is still to come included; NaN if untold."""
    own = one.of(*series) if which is None else one.of(*series).filter(which)
    rows = own.group_by("breakdown", "level", "month")
    n, none = pl.col("n"), float("nan")
    sums = rows.agg(pl.when(n.null_count() == 0).then(n.sum().cast(pl.Float64)).otherwise(none))
    found = {row[:3]: row[3] for row in sums.iter_rows()}
    return np.array([[found.get((*level, on), none) for on in months] for level in levels])
