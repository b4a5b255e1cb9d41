"""How many days after its receipt a case falls due, version after version of a rule.

The version in force on the day of the receipt counts. Of a rule that was 30 days and is 14 now,
readers know from the receipt which it is: to know only that it is 14 to 30 days would leave
open what they can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
    """All versions; days are numbers, and each is in one of them or in several."""

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
        known = [each for each in self.versions if each.first <= day <= each.last]
        return min(each.fewest for each in known), max(each.most for each in known)

    def during(self, first: int, last: int) -> Sequence[Length]:
        """The versions in force on some day of these."""
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
        found = []
        for one in self.versions:
            for each in other.during(one.first, one.last):
                first, last = max(one.first, each.first), min(one.last, each.last)
                apart = each.fewest - one.most, each.most - one.fewest
                found.append(Length(*apart, first + one.fewest, last + one.most))
        if any(each.fewest < 0 for each in found):
            return None
        return Lengths(tuple(found))
