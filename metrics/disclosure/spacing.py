"""By the end of which months cases that were counted by one metric have come to another one.

A deadline of 30 days from the receipt: whatever is due by the end of April was received by the
end of March, and all of that is due by then. So "due in April" and "received in March" are one
number told twice, and to know only that it takes up to two months would leave that open.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Self

from metrics.disclosure.lengths import Lengths
from metrics.disclosure.tables import Counts
from metrics.periods import next_month

BEFORE = -1  # the end of all that is before the first month
NEVER = -2  # of no month is it known


@dataclass(frozen=True, slots=True)
class Spacing:
    """For the end of each month, of which months' end it is known what has come by then.

    All counted by the end of `behind` has come, and what has come was counted by the end of
    `ahead`. Both are places of months. All has come `lag` months later; None where nobody
    knows. `days` are how many days later, where they are what is counted.
    """

    behind: tuple[int, ...]
    ahead: tuple[int, ...]
    lag: int | None
    days: Lengths | None = None
    months: tuple[date, ...] = ()

    @classmethod
    def lagged(cls, soonest: int, latest: int | None, months: int) -> Self:
        """In the month that is so many later, or nobody knows how many at the latest."""
        behind = [NEVER if latest is None else max(at - latest, NEVER) for at in range(months)]
        ahead = [max(at - soonest, BEFORE) for at in range(months)]
        return cls(tuple(behind), tuple(ahead), latest)

    @classmethod
    def of(cls, days: Lengths, lag: int | None, months: Sequence[date]) -> Self:
        """After so many days, for months that follow each other."""
        return cls(*_by_days(days, tuple(months)), lag, days, tuple(months))

    def until(self, other: "Spacing") -> "Spacing | None":
        """How the other one's cases follow this one's, if they do and days are counted."""
        apart = self.days.until(other.days) if self.days and other.days else None
        return Spacing.of(apart, None, self.months) if apart else None

    @property
    def by_month(self) -> "Spacing":
        """What is known of it by who counts in months alone."""
        return Spacing.lagged(0, self.lag, len(self.ahead))

    def eased(self, led: Counts, come: Counts) -> Self:
        """As far as it is so in truth, by added totals of months; never less than by the month.

        It is not where cases came too late to be counted in their own month, or before all
        months.
        """
        months = range(len(self.ahead))
        behind, ahead = list(self.behind), list(self.ahead)
        coarse = self.by_month
        for at in months[: len(come)]:
            while ahead[at] < at and come[at] > (led[ahead[at]] if ahead[at] >= 0 else 0):
                ahead[at] += 1
            while behind[at] > max(coarse.behind[at], BEFORE) and come[at] < led[behind[at]]:
                behind[at] -= 1
        return replace(self, behind=tuple(behind), ahead=tuple(ahead))

    def at(self, month: int) -> tuple[int, int]:
        """Both for the end of a month, that before the first one too."""
        if month >= 0:
            return self.behind[month], self.ahead[month]
        return BEFORE if self.lag == 0 else NEVER, BEFORE


@lru_cache(maxsize=256)
def _by_days(
    days: Lengths, months: tuple[date, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    firsts = [day.toordinal() for day in (*months, next_month(months[-1]))]
    ends = [day - 1 for day in firsts[1:]]
    behind = [bisect_right(firsts, days.open_from(end)) + NEVER for end in ends]
    ahead = [bisect_right(firsts, days.counted_by(end)) + BEFORE for end in ends]
    return tuple(behind), tuple(ahead)
