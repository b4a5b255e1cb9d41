"""By the end of which months cases that were counted by one metric have come to another one.

A deadline of 30 days from the receipt: whatever is due by the end of April was received by the
end of March, and all of that is due by then. So "due in April" and "received in March" are one
number told twice, and to know only that it takes up to two months would leave that open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Self

from metrics.disclosure.tables import Counts
from metrics.periods import next_month

BEFORE = -1  # the end of all that is before the first month
NEVER = -2  # of no month is it known


@dataclass(frozen=True, slots=True)
class Spacing:
    """For the end of each month, of which months' end it is known what has come by then.

    All counted by the end of `behind` has come, and what has come was counted by the end of
    `ahead`. Both are places of months. All has come `lag` months later; None where nobody
    knows. `days` are the fewest and the most of them, where they are what is counted.
    """

    behind: tuple[int, ...]
    ahead: tuple[int, ...]
    lag: int | None
    days: tuple[int, int] | None = None
    months: tuple[date, ...] = ()

    @classmethod
    def lagged(cls, soonest: int, latest: int | None, months: int) -> Self:
        """In the month that is so many later, or nobody knows how many at the latest."""
        behind = [NEVER if latest is None else max(at - latest, NEVER) for at in range(months)]
        ahead = [max(at - soonest, BEFORE) for at in range(months)]
        return cls(tuple(behind), tuple(ahead), latest)

    @classmethod
    def of(cls, days: tuple[int, int], lag: int | None, months: Sequence[date]) -> Self:
        """After the fewest and the most days, for months that follow each other."""
        return cls(*_by_days(days, tuple(months)), lag, days, tuple(months))

    def until(self, other: "Spacing") -> "Spacing | None":
        """How the other one's cases follow this one's, if they do and days are counted."""
        if self.days is None or other.days is None or other.days[0] < self.days[1]:
            return None
        apart = other.days[0] - self.days[1], other.days[1] - self.days[0]
        return Spacing.of(apart, None, self.months)

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
    days: tuple[int, int], months: tuple[date, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    fewest, most = (timedelta(each) for each in days)
    firsts = [*months, next_month(months[-1])]
    # A month's end is the day before the first one of the next month.
    behind = [sum(day + most <= after for day in firsts) for _, after in pairwise(firsts)]
    ahead = [sum(day + fewest < after for day in firsts) for _, after in pairwise(firsts)]
    return tuple(place + NEVER for place in behind), tuple(place + BEFORE for place in ahead)
