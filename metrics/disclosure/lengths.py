"""How many days after its receipt a case falls due, by the day of the receipt.

Of a rule that was 30 days and is 14 now, readers know from the receipt which it is, and of ten
working days they know from a calendar how many days they are: to know only that it is 10 to 24
days would leave open what they can tell.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

ALWAYS, FOR_EVER = 0, date.max.toordinal() - 1  # days by number, before and after all others


@dataclass(frozen=True, slots=True)
class Length:
    """The fewest and the most days, for what is counted from the first to the last day."""

    fewest: int
    most: int
    first: int = ALWAYS
    last: int = FOR_EVER


@dataclass(frozen=True, slots=True)
class Lengths:
    """All lengths in the order of their days, which are numbers.

    Each day is in one of them; only of what comes after something that has such lengths itself
    may it be in several.
    """

    versions: tuple[Length, ...]

    @classmethod
    def always(cls, fewest: int, most: int) -> "Lengths":
        """One version, in force on every day."""
        return cls((Length(fewest, most),))

    @property
    def fewest(self) -> int:
        """The fewest days of any of them."""
        return min(each.fewest for each in self.versions)

    @property
    def most(self) -> int:
        """The most days of any of them."""
        return max(each.most for each in self.versions)

    def at(self, day: int) -> tuple[int, int]:
        """The fewest and most days of what is counted on a day."""
        known = self.during(day, day)
        return min(each.fewest for each in known), max(each.most for each in known)

    def during(self, first: int, last: int) -> Sequence[Length]:
        """The lengths of some day of these."""
        return [each for each in self.versions if each.first <= last and first <= each.last]

    def soonest(self, first: int, last: int) -> int:
        """The first day on which anything comes that is counted from one day to another."""
        return min(max(each.first, first) + each.fewest for each in self.during(first, last))

    def latest_before(self, day: int) -> int:
        """The last day on which anything comes that is counted before a day."""
        known = self.during(ALWAYS, day - 1)
        return max(min(each.last, day - 1) + each.most for each in known)

    def counted_by(self, end: int) -> int:
        """The last day on which anything was counted that may have come by another one."""
        known = ((each, min(each.last, end - each.fewest)) for each in self.versions)
        return max((day for each, day in known if day >= each.first), default=ALWAYS - 1)

    def open_from(self, end: int) -> int:
        """The first day on which anything was counted that may not have come by another one."""
        known = ((each, max(each.first, end - each.most + 1)) for each in self.versions)
        return min((day for each, day in known if day <= each.last), default=FOR_EVER)

    def until(self, other: "Lengths") -> "Lengths | None":
        """How long after these the others come, by the day on which these do.

        None where some may come before.
        """
        return _apart(self, other)


@lru_cache(maxsize=256)
def _apart(one: Lengths, other: Lengths) -> Lengths | None:
    found = []
    for some, others, first, last in _both(one.versions, other.versions):
        fewest, most = others.fewest - some.most, others.most - some.fewest
        if fewest < 0:
            return None
        found.append(Length(fewest, most, first + some.fewest, last + some.most))
    return Lengths(tuple(found))


def _both(
    some: Sequence[Length], others: Sequence[Length]
) -> Iterator[tuple[Length, Length, int, int]]:
    """Each two that have days in common, with the first and last of these."""
    firsts = [each.first for each in others]
    for one in some:
        at = max(bisect_right(firsts, one.first) - 1, 0)
        while at < len(others) and others[at].first <= one.last:
            first, last = max(one.first, others[at].first), min(one.last, others[at].last)
            if first <= last:
                yield one, others[at], first, last
            at += 1
