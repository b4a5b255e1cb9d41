"""An attacker who gives every case a whole profile, and knows the calendar to the day.

Apart from `metrics.attack`, whose links are written one by one: here a case is the day on which
it was received, the day on which it was closed, what became of it under each rule, and its
survey, so that whatever links numbers to each other holds by construction. How many cases have
which profile is the unknown, and every number that was told is a window for a sum of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

# Metric, part, month from 0, outcome, and where a band of days begins (-1 where there is none).
Cell = tuple[str, str, int, str, int]
Cells = tuple[Cell, ...]

FREQUENCY, TIMES, PROMISES, SURVEYS = (
    "report_frequency", "time_to_resolution", "deadline_compliance", "satisfaction",
)  # fmt: skip
RESULTS = ("met", "met_late", "missed", "not_applicable", "not_assessable")
WEEKEND = {5, 6}
ANSWERS = ("satisfied", "other", "unanswered")


@dataclass(frozen=True, slots=True)
class Rule:
    """A deadline of so many days from one step to another.

    `changed` where cases received from a day on have so many others. `working` where working
    days are counted: then it is one from the receipt, and the first of all days a Monday.
    `more` is what else its declaration has.
    """

    name: str
    start: str
    end: str
    days: int
    changed: tuple[int, int] | None = None
    working: bool = False
    more: str = ""

    def of(self, received: int) -> "Rule":
        """As it is in force for a case received on a day, in days of the calendar."""
        if self.changed and received >= self.changed[0]:
            return replace(self, days=self.changed[1])
        if self.working:
            ahead = (day for day in range(received + 1, received + 2 * self.days + 3))
            working = [day for day in ahead if day % 7 not in WEEKEND]
            return replace(self, days=working[self.days - 1] - received, working=False)
        return self


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days from 0: the month of each, and the last day of each quarter that was told."""

    months: tuple[int, ...]
    ends: tuple[int, ...]
    bands: tuple[int, ...]

    @property
    def days(self) -> range:
        """All days on which a case can be received."""
        return range(len(self.months))

    def told_on(self, day: int) -> int:
        """The end of the quarter of a day: what became of it is told as of then."""
        return min(end for end in self.ends if day <= end)

    def band(self, days: int) -> int:
        """Where the band of a time to resolution begins."""
        return max(begins for begins in self.bands if begins <= days)

    def due(self, rule: Rule, begun: int, result: str) -> Cells:
        """Cells of a deadline by the day it began: `result` counts once it has come."""
        day = begun + rule.days
        waiting = [end for end in self.ends if begun <= end < day]
        cells = [(PROMISES, rule.name, self.months[end], "not_due", -1) for end in waiting]
        if day in self.days:
            cells.append((PROMISES, rule.name, self.months[day], result, -1))
        return tuple(cells)


def answered(calendar: Calendar, rule: Rule, day: int) -> Iterator[Cells]:
    """What can become of a rule that begins with the receipt and ends with any other step."""
    for result in RESULTS:
        yield calendar.due(rule.of(day), day, result)


def closed(calendar: Calendar, rules: Sequence[Rule], day: int) -> Iterator[tuple[Cells, int]]:
    """What can become of the closing of a case, and in which month; -1 for never."""
    for on in (*range(day, len(calendar.months)), None):
        told = calendar.told_on(day)
        ended = on is not None and on <= told
        outcome = "ended" if ended else "open"
        last = on if on is not None and ended else told
        cells = [(TIMES, "", calendar.months[day], outcome, calendar.band(last - day))]
        for rule in (each.of(day) for each in rules):
            due = day + rule.days
            judged = calendar.told_on(due) if due in calendar.days else due
            result = "missed" if on is None or on > judged else "met_late"
            cells += calendar.due(rule, day, "met" if on is not None and on <= due else result)
        yield tuple(cells), -1 if on is None else calendar.months[on]


def begun_later(calendar: Calendar, rule: Rule, day: int) -> Iterator[Cells]:
    """What can become of a rule that begins with another step than the receipt."""
    month, told = calendar.months[day], calendar.told_on(day)
    waiting = ((PROMISES, rule.name, month, "not_applicable", -1),)
    yield waiting
    yield ((PROMISES, rule.name, month, "not_assessable", -1),)
    for on, result in product(range(day, len(calendar.months)), RESULTS):
        yield (*(waiting if on > told else ()), *calendar.due(rule.of(day), on, result))


class Profiles:
    """Unknown numbers of cases, one column each: how they hang together, where they are told.

    `equations` are sums of columns that are nothing; `columns` says of a unit's cell which
    columns add up to it.
    """

    def __init__(self, rules: Sequence[Rule], calendar: Calendar, units: Sequence[str]) -> None:
        """All profiles that a case can have, days alike as one."""
        self.units = tuple(units)
        self.width = 0
        self.equations: list[dict[int, int]] = []
        self.columns: dict[tuple[str, Cell], list[int]] = defaultdict(list)
        kinds: dict[tuple[frozenset[object], ...], int] = {}
        for day in calendar.days:
            kinds.setdefault(_of_day(rules, calendar, day), calendar.months[day])
        for unit in units:
            self._add(unit, kinds, max(calendar.months) + 1)

    def _add(
        self, unit: str, kinds: dict[tuple[frozenset[object], ...], int], months: int
    ) -> None:
        """The columns of a unit: what is told of one metric hangs on the kind of day alone."""
        alike: dict[tuple[int, frozenset[object]], list[int]] = defaultdict(list)
        by_month: dict[int, list[int]] = defaultdict(list)
        for (closings, *others), month in kinds.items():
            received = self._column(unit, ((FREQUENCY, "", month, "received", -1),))
            for place, ways in enumerate(others):
                alike[place, ways].append(received)
            ended = []
            for cells, on in sorted(closings):
                ended.append(self._column(unit, cells))
                by_month[on].append(ended[-1])
            self._equal(ended, [received])
        for (_, ways), received_then in alike.items():
            self._equal([self._column(unit, cells) for cells in sorted(ways)], received_then)
        by_month.pop(-1, None)
        self._surveyed(unit, by_month, months)

    def _surveyed(self, unit: str, by_month: dict[int, list[int]], months: int) -> None:
        """A survey is offered in the month of the closing or later, once, or never."""
        offered: dict[int, list[int]] = defaultdict(list)
        for month, ended in by_month.items():
            later = {at: self._column(unit, ()) for at in range(month, months)}
            for at, column in later.items():
                offered[at].append(column)
            self._equal([*later.values(), self._column(unit, ())], ended)
        for month, columns in offered.items():
            cells = [(SURVEYS, "", month, answer, -1) for answer in ANSWERS]
            self._equal([self._column(unit, (cell,)) for cell in cells], columns)

    def _column(self, unit: str, cells: Cells) -> int:
        for cell in cells:
            self.columns[unit, cell].append(self.width)
        self.width += 1
        return self.width - 1

    def _equal(self, some: Sequence[int], others: Sequence[int]) -> None:
        self.equations.append(dict.fromkeys(some, 1) | dict.fromkeys(others, -1))


def _of_day(
    rules: Sequence[Rule], calendar: Calendar, day: int
) -> tuple[frozenset[object], ...]:
    """What can become of a case that was received on a day, metric by metric."""
    closings = [rule for rule in rules if (rule.start, rule.end) == ("received", "resolved")]
    others = [
        frozenset(
            answered(calendar, rule, day)
            if rule.start == "received"
            else begun_later(calendar, rule, day)
        )
        for rule in rules
        if rule not in closings
    ]
    return frozenset(closed(calendar, closings, day)), *others
