"""On which days rules run out, for all days on which anything may have started."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from etl.due_days import (
    Calendars,
    Days,
    Span,
    dates,
    due_days,
    is_by_day,
    is_no_sooner,
    without_delay,
)
from etl.rules import Deadline
from metrics.disclosure.lengths import ALWAYS, FOR_EVER, Length, Lengths

BEFORE = 731  # days before the first that is told, of which deadlines may be told
NO_END = 100 * 366  # days: longer than anything is told of


@dataclass(frozen=True, slots=True)
class Ends:
    """What calendars say of rules, for starts of the days from the first to the last one."""

    starts: Days
    calendars: Calendars
    _known: dict[tuple[str, date], Sequence[Span]] = field(default_factory=dict)

    @classmethod
    def between(cls, since: date, until: date, calendars: Calendars) -> "Ends":
        """For readers who are told of these days."""
        first, last = since.toordinal() - BEFORE, until.toordinal()
        return cls(np.arange(first, last + 1), calendars)

    def of(self, rule: Deadline) -> Sequence[Span]:
        """First and last day of each start, as `due_days` has them; none where more counts."""
        key = rule.name, rule.in_force_from
        if key not in self._known:
            is_known = is_by_day(rule)
            self._known[key] = due_days(rule, self.starts, self.calendars) if is_known else ()
        return self._known[key]

    def soonest(self, rule: Deadline) -> Sequence[Span]:
        """The same where something may put the end off for as long as anybody likes."""
        if not is_no_sooner(rule):
            return ()
        plain = due_days(without_delay(rule), self.starts, self.calendars)
        return [(first, first + NO_END) for first, _ in plain]

    def lengths(self, versions: Sequence[Deadline]) -> Lengths:
        """How many days the version takes that is in force on each day of the start.

        Of each version it must be known, or at least how soon it ends.
        """
        fewest, most = np.zeros_like(self.starts), np.zeros_like(self.starts)
        for at, rule in enumerate(versions):
            since = rule.in_force_from.toordinal() if at else ALWAYS
            own = (self.starts >= since) & (self.starts < rule.in_force_until.toordinal())
            spans = self.of(rule) or self.soonest(rule)
            fewest[own] = np.min([first for first, _ in spans], axis=0)[own]
            most[own] = np.max([last for _, last in spans], axis=0)[own]
        return self._in_runs(fewest - self.starts, most - self.starts)

    def _in_runs(self, fewest: Days, most: Days) -> Lengths:
        """Days in a row with the same length together, the outermost without an end."""
        turns = np.flatnonzero((np.diff(fewest) != 0) | (np.diff(most) != 0)) + 1
        firsts = [ALWAYS, *self.starts[turns].tolist()]
        lasts = [*(self.starts[turns] - 1).tolist(), FOR_EVER]
        places = [0, *turns.tolist()]
        runs = zip(places, firsts, lasts, strict=True)
        return Lengths(
            tuple(
                Length(int(fewest[at]), int(most[at]), first, last) for at, first, last in runs
            )
        )

    def months(self, rule: Deadline) -> int:
        """By the end of which month after that of the start it has run out, whenever it was."""
        begun = _month(self.starts)
        return max(int((_month(last) - begun).max()) for _, last in self.of(rule))

    def months_apart(self, one: Deadline, other: Deadline) -> tuple[int, int] | None:
        """In which months after the first rule the second ends; None where it may before.

        After hours both count from the same later day, if they have the same hours.
        """
        if one.after_hours != other.after_hours:
            return None
        found = []
        for (_, ended), (ends, _) in zip(self.of(one), self.of(other), strict=True):
            if (ends < ended).any():
                return None
            found.append(_month(ends) - _month(ended))
        return int(np.min(found)), int(np.max(found))


def _month(days: Days) -> Days:
    """Months as numbers."""
    on = dates(days)
    months: Days = (on.dt.year() * 12 + on.dt.month()).to_numpy().astype(np.int64)
    return months
