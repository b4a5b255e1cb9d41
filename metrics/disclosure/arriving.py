"""Deadlines that every case has, from its receipt or from another step.

By the end of a quarter that a release ends with, every case received in it has come to each of
them, whenever they start: its day has come, or has not come yet, or it has none. So over the
last months of that quarter there are never fewer deadlines than cases: "5 received" (1 to 9)
beside "no deadline" (0 to 4) would prove 1 to 4. In the first quarter of all there are no more
either, where no case is older. And of a rule from the receipt that is longer than the last
months of the quarter, no day of their cases has come: as many are still to come, or more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.disclosure.closing import Bound, Columns, Further, is_narrow
from metrics.disclosure.slices import Booleans
from metrics.disclosure.tables import Counts, Grid, Where
from metrics.periods import next_month
from metrics.reach import Off


@dataclass(frozen=True, slots=True)
class Arrival:
    """From a month of the quarter on, cells of the one table are no fewer than the other's.

    `own` are those of the following table; all of the followed one are counted, so many as
    `led`. `sign` is 1 where the following one has no fewer, -1 where it has no more.
    """

    own: tuple[int, ...]
    led: int
    first: int
    levels: tuple[int, ...]
    sign: int = 1

    def at(self, levels: tuple[int, ...]) -> "Arrival":
        """The same at some of its levels."""
        return replace(self, levels=levels)

    def keeps(self, led: Counts, own: Counts, left: Counts) -> Booleans:
        """At which levels it is so."""
        kept: Booleans = self.sign * self._own(own).sum(axis=1) >= self.least(led, left)
        return kept

    def weights(self, start: int, months: int, cells: int) -> Counts:
        """What is never below 0 over both tables, side by side: own cells begin at `start`."""
        found = np.zeros((months, cells), dtype=np.int64)
        found[self.first :, : self.led] = -self.sign
        found[self.first :, [start + cell for cell in self.own]] = self.sign
        return found

    def own_weights(self, months: int, cells: int) -> Counts:
        """What is never below `least` over the following table alone."""
        found = np.zeros((months, cells), dtype=np.int64)
        found[self.first :, list(self.own)] = self.sign
        return found

    def least(self, led: Counts, left: Counts) -> Counts:
        """By level, where the other table has told its counts; the past plays no part."""
        del left
        found: Counts = self.sign * self._led(led).sum(axis=1)
        return found

    def narrow(self, led: Counts, own: Counts, base: int, further: Further) -> int:
        """How many totals have less room beside the other table than the base promises."""
        at = list(self.levels)
        sides = [
            _Totals.told(n[at], base, by, self.first)
            for n, by in ((self._led(led), further.led), (self._own(own), further.own))
        ]
        fewer, more = sides if self.sign > 0 else reversed(sides)
        return sum(
            int(is_narrow(low, high, base).sum())
            for low, high in (*fewer.below(more.most), *more.above(fewer.least))
        )

    def _own(self, own: Counts) -> Counts:
        found: Counts = own[:, self.first :, list(self.own)].sum(axis=2)
        return found

    def _led(self, led: Counts) -> Counts:
        found: Counts = led[:, self.first :].sum(axis=2)
        return found


@dataclass(frozen=True, slots=True)
class _Totals:
    """The fewest and most of each month (level, month), and of all of them together."""

    low: Counts
    high: Counts
    least: Counts
    most: Counts
    is_whole: bool

    @classmethod
    def told(cls, n: Counts, base: int, by: Off, first: int) -> "_Totals":
        """By what is told: of all together only where they are the whole quarter."""
        off, further = base * (1 + by.month) - 1, base * (1 + by.quarter) - 1
        low, high = np.maximum(n - off, n > 0), n + off
        least, most = low.sum(axis=1), high.sum(axis=1)
        if not first:
            whole = n.sum(axis=1)
            least = np.maximum(least, np.maximum(whole - further, whole > 0))
            most = np.minimum(most, whole + further)
        return cls(low, high, least, most, not first)

    def below(self, most: Counts) -> Iterator[tuple[Counts, Counts]]:
        """What is left where all together are no more than so many, by level."""
        others = self.low.sum(axis=1, keepdims=True) - self.low
        yield self.low, np.minimum(self.high, most[:, np.newaxis] - others)
        if self.is_whole:
            yield self.least, np.minimum(self.most, most)

    def above(self, least: Counts) -> Iterator[tuple[Counts, Counts]]:
        """What is left where all together are no fewer than so many, by level."""
        others = self.high.sum(axis=1, keepdims=True) - self.high
        yield np.maximum(self.low, least[:, np.newaxis] - others), self.high
        if self.is_whole:
            yield np.maximum(self.least, least), self.most


def arrivals(
    where: Where | None,
    own: Columns,
    stocks: Sequence[int],
    led: Columns,
    grid: Grid,
    months: Sequence[int],
) -> list[Bound]:
    """What a rule's deadlines hold at least in the quarter that the counts end with.

    `own` and `led` are the outcomes and bands of both tables, `stocks` the cells of what is
    still to come; nothing where not every case has such a deadline.
    """
    if where is None:
        return []
    levels = tuple(at for at, level in enumerate(grid.levels) if where.holds_at(level))
    every = tuple(range(len(own)))
    days = [grid.months[at] for at in months]
    last = next_month(days[-1]).toordinal() - 1
    found: list[Bound] = []
    for first, day in enumerate(days if levels else ()):
        found.append(Arrival(every, len(led), first, levels))
        if where.days and where.days.soonest(day.toordinal(), last) > last:
            found.append(Arrival(tuple(stocks), len(led), first, levels))
    if found and not months[0]:
        found.append(Arrival(every, len(led), 0, levels, sign=-1))
    return found
