"""Which deadlines every case has from its receipt, and after how many months they are due."""

from collections import Counter
from datetime import date
from math import ceil

from etl.rules import FOR_EVER, Deadline, Rules
from etl.rules.deadline import Length
from metrics.catalog.deadline_compliance import DEADLINE_COMPLIANCE
from metrics.disclosure.tables import Closing, Delay
from metrics.doubts import KINDS, outcomes_with

DEADLINES = DEADLINE_COMPLIANCE.name
SHORTEST_MONTH, LONGEST_MONTH = 28, 31
CLOSED = ("resolved",)
# A working day takes 7 / 5 days, and ten more at most are holidays.
DAYS = {
    "hours": (1 / 24, 1),
    "calendar_days": (1, 0),
    "working_days": (7 / 5, 10),
    "weeks": (7, 0),
}


def delays(rules: Rules, since: date) -> dict[str, Delay]:
    """By rule when every case that it applies to has come to it, for rules that are plain.

    A rule is plain that has run from the receipt since that day in one version, moved by
    nothing.
    """
    versions = Counter(rule.name for rule in rules.deadlines)
    plain = [
        rule
        for rule in rules.deadlines
        if versions[rule.name] == 1 and _is_plain(rule) and rule.in_force_from <= since
    ]
    return {
        rule.name: Delay(_months(rule.length), *_where(rule), _closing(rule))
        for rule in plain
        if len(rule.applies_to) <= 1 and rule.length.unit != "years"
    }


def _is_plain(rule: Deadline) -> bool:
    known = rule.starts == ("received",) and rule.in_force_until == FOR_EVER
    return known and not rule.terms() and not rule.repeats


def _where(rule: Deadline) -> tuple[str | None, tuple[str, ...]]:
    for breakdown, levels in rule.applies_to.items():
        return breakdown, tuple(levels)
    return None, ()


def _closing(rule: Deadline) -> Closing | None:
    """How a rule for the closing of a case goes with the time that it took until then."""
    if rule.stops != (CLOSED,) or rule.length.unit == "hours":
        return None
    within, beyond = _days(rule.length)
    return Closing(
        within,
        beyond,
        (
            (_named("met"), _named("ended"), True),
            (_named("met_late"), _named("ended"), False),
            (_named("missed"), _named("open"), False),
        ),
    )


def _named(outcome: str) -> frozenset[str]:
    """The outcome's names, with each doubt that may be told apart."""
    return frozenset(outcomes_with((outcome,), KINDS))


def _days(length: Length) -> tuple[int, int]:
    """The fewest and most calendar days that the length may have."""
    if length.unit == "months":
        return length.within * SHORTEST_MONTH, length.within * LONGEST_MONTH
    each, more = DAYS[length.unit]
    shortest = length.within * (7 if length.unit == "weeks" else 1)
    return shortest, ceil(length.within * each + more)


def _months(length: Length) -> int:
    """By the end of which month after that of the receipt all have fallen due."""
    if length.unit == "months":
        return length.within
    each, more = DAYS[length.unit]
    return ceil((length.within * each + more) / SHORTEST_MONTH)
