"""Surveys beside the times that cases took: nobody is asked about a case that is still open.

So no more surveys are offered by the end of a month than cases were closed by then: those of
the quarter that the times show as closed so early, and what was left of earlier quarters. "5
surveys" (1 to 9) beside "none closed" (0 to 4) would prove 1 to 4 in both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from metrics.disclosure.closing import Bound, Columns, Further, is_narrow
from metrics.disclosure.slices import Booleans
from metrics.disclosure.tables import Counts, Grid
from metrics.periods import next_month
from metrics.reach import Off

STILL_OPEN = "open"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """No more in the quarter's first so many months than cells of the followed table hold.

    `led` has those cells for each of these months. What was left of earlier quarters comes on
    top. All cells of the following table, so many as `own`, are counted.
    """

    own: int
    led: tuple[tuple[int, ...], ...]
    levels: tuple[int, ...]

    def at(self, levels: tuple[int, ...]) -> "Ceiling":
        """The same at some of its levels."""
        return replace(self, levels=levels)

    def keeps(self, led: Counts, own: Counts, left: Counts) -> Booleans:
        """At which levels it is so."""
        kept: Booleans = self._own(own) <= self._led(led) + left
        return kept

    def weights(self, start: int, months: int, cells: int) -> Counts:
        """What is closed less what is asked, over both tables, side by side."""
        found = np.zeros((months, cells), dtype=np.int64)
        found[: len(self.led), start : start + self.own] = -1
        for month, closed in enumerate(self.led):
            found[month, list(closed)] = 1
        return found

    def own_weights(self, months: int, cells: int) -> Counts:
        """What is asked, below 0."""
        found = np.zeros((months, cells), dtype=np.int64)
        found[: len(self.led)] = -1
        return found

    def least(self, led: Counts, left: Counts) -> Counts:
        """No further below 0 than what is closed, and left of before."""
        found: Counts = -self._led(led) - left
        return found

    def narrow(self, led: Counts, own: Counts, base: int, further: Further) -> int:
        """How many counts have less room beside the other table than the base promises."""
        at = list(self.levels)
        before = 0 if further.left is None else further.left[at] + base - 1
        months, is_whole = len(self.led), len(self.led) == own.shape[1]
        led_off = base * (1 + further.led.month) - 1
        asked = own[at][:, :months].sum(axis=2)
        low, high, least, most = _within(asked, base, further.own, is_whole=is_whole)
        cells = [led[at][:, month, list(cells)] for month, cells in enumerate(self.led)]
        reach = np.array(
            [np.minimum((n + base - 1).sum(axis=1), n.sum(axis=1) + led_off) for n in cells]
        ).T
        closed = np.array([n.sum(axis=1) for n in cells]).T
        fewest, _, at_least, at_most = _within(closed, base, further.led, is_whole=is_whole)
        reached = np.minimum(reach.sum(axis=1), at_most)
        room = (reached + before)[:, np.newaxis] - _others(low)
        found = is_narrow(low, np.minimum(high, room), base).sum()
        most_of_others = np.minimum(_others(reach), reached[:, np.newaxis])
        needed = (least - before)[:, np.newaxis] - most_of_others
        found += is_narrow(np.maximum(fewest, needed), reach, base).sum()
        if is_whole:
            found += is_narrow(least, np.minimum(most, reached + before), base).sum()
            found += is_narrow(np.maximum(at_least, least - before), reached, base).sum()
        return int(found)

    def _own(self, own: Counts) -> Counts:
        found: Counts = own[:, : len(self.led), :].sum(axis=(1, 2))
        return found

    def _led(self, led: Counts) -> Counts:
        found: Counts = np.zeros(len(led), dtype=np.int64)
        for month, cells in enumerate(self.led):
            found += led[:, month, list(cells)].sum(axis=1)
        return found


def _others(counts: Counts) -> Counts:
    """For each month of a level the sum of the others."""
    found: Counts = counts.sum(axis=1, keepdims=True) - counts
    return found


def _within(
    told: Counts, base: int, by: Off, *, is_whole: bool
) -> tuple[Counts, Counts, Counts, Counts]:
    """The fewest and most of each month (level, month), and of all of them together."""
    off, further = base * (1 + by.month) - 1, base * (1 + by.quarter) - 1
    low, high = np.maximum(told - off, told > 0), told + off
    least, most = low.sum(axis=1), high.sum(axis=1)
    if is_whole:  # only then their sum is told
        whole = told.sum(axis=1)
        least = np.maximum(least, np.maximum(whole - further, whole > 0))
        most = np.minimum(most, whole + further)
    return low, high, least, most


def ceilings(own: Columns, led: Columns, grid: Grid, months: Sequence[int]) -> list[Ceiling]:
    """What surveys of one quarter hold at most by the end of each of its months.

    `own` and `led` are the outcomes and bands of both tables: of the times until the closing,
    with the cases of which nothing is known but that they were received, such as late ones.
    """
    days = [grid.months[at] for at in months]
    return [
        Ceiling(
            len(own),
            tuple(_closed(led, first, last) for first in days[: at + 1]),
            tuple(range(len(grid.levels))),
        )
        for at, last in enumerate(days)
    ]


def _closed(led: Columns, first: date, last: date) -> tuple[int, ...]:
    """Cells of cases received in one month that may have been closed by the end of another."""
    until = (next_month(last) - timedelta(days=1) - first).days
    return tuple(
        at for at, (outcome, band) in enumerate(led) if outcome != STILL_OPEN and band <= until
    )


def is_asked_early(bounds: Iterable[Bound], levels: int) -> bool:
    """Whether more was asked than was closed, in truth, at any of so many levels."""
    return any(isinstance(bound, Ceiling) and len(bound.levels) < levels for bound in bounds)
