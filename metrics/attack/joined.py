"""What the tables of several metrics tell together: they count the same cases.

A deadline that every case has from its receipt falls due once for each case, some days later.
So the totals of both, added up month by month, are never far apart, and each of them is one
more look at the cases received. All that is known of the added totals of one level are
differences of two of them (a month, a quarter, what is not due yet), so that the narrowest
interval of each is a shortest path, found exactly and in whole numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from metrics.attack.clocks import DaysOff
from metrics.attack.knowledge import Findings
from metrics.attack.system import NOT_COME, Floats
from metrics.attack.told import Told, levels_in, readers, telling
from metrics.attack.versions import owed_in
from metrics.periods import next_month

RECEIVED = ("report_frequency", "")
DEADLINES = "deadline_compliance"
IS_STOCK = pl.col("outcome").str.starts_with(NOT_COME)

Level = tuple[str, str]
Series = tuple[str, str]  # metric and part


@dataclass(frozen=True, slots=True)
class Link:
    """A rule that every case of some levels, of all where none is named, has from its receipt.

    What was received by the end of a month is due by the end of the month so many `lags` after
    it, by the day from which cases were received under each.
    """

    series: Series
    lags: tuple[tuple[date, int], ...]
    breakdown: str
    levels: tuple[str, ...]

    @property
    def lag(self) -> int:
        """After so many months all have come, whenever they were received."""
        return max(lag for _, lag in self.lags)

    def holds_at(self, level: Level) -> bool:
        """Whether every case received at the level has this deadline."""
        named = level[0] == self.breakdown and level[1] in self.levels
        return not self.breakdown or named

    def due_by(self, months: Sequence[date]) -> list[int]:
        """By the end of which month all have come that were received by the end of each.

        And before that, of those received before the first month.
        """
        ends = [months[0], *map(next_month, months)]
        untils = [*(since for since, _ in self.lags[1:]), date.max]
        last = [
            (since, _months_between(months[0], until - timedelta(days=1)), lag)
            for (since, lag), until in zip(self.lags, untils, strict=True)
        ]
        return [
            max(min(at, latest) + lag for since, latest, lag in last if since < end)
            for at, end in enumerate(ends, start=-1)
        ]


def links_in(told: Told) -> list[Link]:
    """What a release's own words about its rules say of its tables.

    Of a rule in several versions the day of the receipt says which one counts.
    """
    off = DaysOff.of(told.release.manifest)
    found = []
    for rule in owed_in(told):
        lags = off.lags(rule)
        if lags:
            found.append(Link((DEADLINES, rule.rule), lags, rule.breakdown, rule.levels))
    return found


def _months_between(first: date, day: date) -> int:
    """In which month after the first one a day is."""
    return 12 * (day.year - first.year) + day.month - first.month


def joined(told: Sequence[Told], *, starts_empty: bool = False) -> list[Findings]:
    """What the readers of each audience, and those of all, find in the totals of all metrics.

    `starts_empty`: they take it that no case was there before the first month.
    """
    found = []
    for name, own in readers(told):
        base = min(release.base for release in own)
        who = f"reader of all releases to {name} who adds up its metrics"
        findings = Findings(who, len(own), promised=base - 1)
        for level, low, high in _intervals(own, starts_empty=starts_empty):
            findings.learn(low, high, base, f"totals of all metrics, {' '.join(level)}")
        found.append(findings)
    return found


def _intervals(
    own: Sequence[Told], *, starts_empty: bool
) -> Iterator[tuple[Level, Floats, Floats]]:
    """Each level with the smallest and largest value of every total of it.

    What was still to come is a look of its own in each release, on the day on which it ends.
    """
    told = telling(own)
    links = links_in(told[-1])
    if not links:
        return
    months = sorted({month for release in told for month in release.months})
    series = [RECEIVED, *(link.series for link in links)]
    spans = [(at, at + 1) for at in range(len(months))]
    starts = [told[-1].quarter(month) for month in months]
    spans += [
        (starts.index(first), len(starts) - starts[::-1].index(first))
        for first in sorted(set(starts))
        if starts.count(first) > 1
    ]
    known = {level: _Sums(len(series), len(months)) for level in levels_in(told)}
    for release in told:
        for at, one in enumerate(series):
            _read(known, release, at, one, months, spans)
    for release in own:
        _read_stock(known, release, links, months)
    for level, sums in known.items():
        holding = [(at, link) for at, link in enumerate(links, start=1) if link.holds_at(level)]
        for at, link in holding:
            sums.follow(at, link.due_by(months), starts_empty=starts_empty)
        ends = sums.ends([0, *(at for at, _ in holding)], spans)
        if holding and ends is not None:
            yield level, *ends


def _read(
    known: dict[Level, "_Sums"],
    release: Told,
    at: int,
    series: Series,
    months: Sequence[date],
    spans: Sequence[tuple[int, int]],
) -> None:
    """Every month's and quarter's total that a release tells of a metric and part."""
    offs = [
        release.base * (1 + release.further(series[0], months[start]).over(end - start)) - 1
        for start, end in spans
    ]
    for level, totals in _totals(release, series, ~IS_STOCK, months).items():
        for (start, end), off in zip(spans, offs, strict=True):
            n = totals[start:end].sum()
            if level in known and not np.isnan(n):
                known[level].between(at, start, at, end, max(n - off, float(n > 0)), n + off)


def _read_stock(
    known: dict[Level, "_Sums"], release: Told, links: Sequence[Link], months: Sequence[date]
) -> None:
    """What is not due yet, where the release knows of nothing after its last month."""
    manifest = release.release.manifest
    if manifest["as_of"] != manifest["coverage_until"]:
        return
    last = months.index(release.months[-1]) + 1
    off = release.base - 1
    for at, link in enumerate(links, start=1):
        for level, totals in _totals(release, link.series, IS_STOCK, months).items():
            n = totals[last - 1]
            if level in known and link.holds_at(level) and not np.isnan(n):
                known[level].between(at, last, 0, last, max(n - off, float(n > 0)), n + off)


def _totals(
    release: Told, series: Series, which: pl.Expr, months: Sequence[date]
) -> dict[Level, Floats]:
    """By level the sum of these cells in every month; NaN where the release says nothing."""
    rows = release.of(*series).filter(which)
    at_month = {month: at for at, month in enumerate(months)}
    found: dict[Level, Floats] = {}
    n = pl.col("n")
    told = pl.when(n.null_count() == 0).then(n.sum())  # nothing is said of what is withheld
    sums = rows.group_by("breakdown", "level", "month").agg(told)
    for breakdown, level, month, n in sums.iter_rows():
        totals = found.setdefault((breakdown, level), np.full(len(months), np.nan))
        totals[at_month[month]] = n
    return found


class _Sums:
    """Added totals of one level, and how far each can be above each other one."""

    def __init__(self, series: int, months: int) -> None:
        self.size = months + 1
        self.most = np.full((series * self.size,) * 2, np.inf)
        np.fill_diagonal(self.most, 0)

    def between(
        self, one: int, start: int, other: int, end: int, low: float, high: float
    ) -> None:
        """The other series at the end is so far above the first at the start."""
        here, there = one * self.size + start, other * self.size + end
        self.most[here, there] = min(self.most[here, there], high)
        self.most[there, here] = min(self.most[there, here], -low)

    def follow(self, at: int, due: Sequence[int], *, starts_empty: bool) -> None:
        """All by the end of each month, and before, is due by another's end, never sooner."""
        for month in range(self.size):
            self.between(at, month, 0, month, 0, np.inf)
        for month, come in enumerate(due):
            if come + 1 < self.size:
                self.between(0, month, at, come + 1, 0, np.inf)
        if starts_empty:
            self.between(at, 0, 0, 0, 0, 0)

    def ends(
        self, series: Sequence[int], spans: Sequence[tuple[int, int]]
    ) -> tuple[Floats, Floats] | None:
        """Smallest and largest total of each span; None where all that cannot be true."""
        # No other series is tied to these, so that no path goes over it.
        nodes = [at * self.size + month for at in series for month in range(self.size)]
        most = self.most[np.ix_(nodes, nodes)]
        for via in range(len(most)):
            np.minimum(most, most[:, via : via + 1] + most[via : via + 1, :], out=most)
        if (np.diag(most) < 0).any():
            return None  # then it is not so that every case has each of these deadlines
        starts = range(0, len(nodes), self.size)
        places = [(at + a, at + b) for at in starts for a, b in spans]
        here, there = (np.array(each) for each in zip(*places, strict=True))
        known = np.isfinite(most[here, there])
        return -most[there, here][known], most[here, there][known]
