"""Which deadlines every case has, and after how many months those from its receipt are due."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import ceil

from etl.rules import FOR_EVER, Deadline, Rules
from etl.rules.deadline import LengthUnit
from metrics.catalog.deadline_compliance import DEADLINE_COMPLIANCE
from metrics.disclosure.tables import Closing, Delay, Where
from metrics.doubts import KINDS, outcomes_with

DEADLINES = DEADLINE_COMPLIANCE.name
SHORTEST_MONTH, LONGEST_MONTH = 28, 31
CLOSED = ("resolved",)
# An end on no working day moves by so many days at most: a weekend, and ten holidays beside it.
ROLLED = 12
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
        rule.name: Delay(_months(rule), *_where(rule), _closing(rule), _days(rule))
        for rule in plain
        if len(rule.applies_to) <= 1 and rule.length.unit != "years"
    }


def arrivals(rules: Rules, since: date) -> dict[str, Where]:
    """By rule where every case has come to it by the end of its quarter.

    Its day has come, or has not come yet, or it has none: so it is once for each case wherever
    the rule's versions, since that day, follow each other without a gap.
    """
    versions: dict[str, list[Deadline]] = {}
    for rule in sorted(rules.deadlines, key=lambda rule: rule.in_force_from):
        versions.setdefault(rule.name, []).append(rule)
    return {
        name: Where(*_where(own[0]), _soonest(own))
        for name, own in versions.items()
        if _is_of_all(own, since)
    }


def _soonest(versions: Sequence[Deadline]) -> int:
    """So many days after the receipt its day comes at the soonest; 0 where nobody knows."""
    first = versions[0]
    is_plain = len(versions) == 1 and _is_plain(first) and first.length.unit != "hours"
    return days_of(first.within, first.length_unit)[0] if is_plain else 0


def _is_of_all(versions: Sequence[Deadline], since: date) -> bool:
    first, last = versions[0], versions[-1]
    ends = all(a.in_force_until == b.in_force_from for a, b in pairwise(versions))
    alike = all(rule.applies_to == first.applies_to for rule in versions)
    is_whole = first.in_force_from <= since and ends and last.in_force_until == FOR_EVER
    once = not any(rule.repeats for rule in versions)
    return is_whole and alike and once and len(first.applies_to) <= 1


def _is_plain(rule: Deadline) -> bool:
    known = rule.starts == ("received",) and rule.in_force_until == FOR_EVER
    return known and not terms_of(rule) and not rule.repeats


def terms_of(rule: Deadline) -> tuple[str, ...]:
    """What stands beside its clock, but for the move to a working day, which is a few days."""
    return replace(rule, roll="none").terms()


def rolled(rule: Deadline) -> int:
    """By how many days its end may move to a working day."""
    return ROLLED * (rule.roll != "none")


def _where(rule: Deadline) -> tuple[str | None, tuple[str, ...]]:
    for breakdown, levels in rule.applies_to.items():
        return breakdown, tuple(levels)
    return None, ()


def _closing(rule: Deadline) -> Closing | None:
    """How a rule for the closing of a case goes with the time that it took until then."""
    if rule.stops != (CLOSED,) or rule.length.unit == "hours":
        return None
    within, beyond = days_of(rule.within, rule.length_unit)
    names = ("met", "met_late", "missed", "ended", "open")
    return Closing(
        within,
        beyond + rolled(rule),
        {name: frozenset(outcomes_with((name,), KINDS)) for name in names},
    )


def _days(rule: Deadline) -> tuple[int, int] | None:
    """The fewest and most days until its day comes; a month's day has no such numbers."""
    if rule.length_unit == "months" and not rolled(rule):
        return None
    fewest, most = days_of(rule.within, rule.length_unit)
    return fewest, most + rolled(rule)


def days_of(within: int, unit: LengthUnit) -> tuple[int, int]:
    """The fewest and most calendar days that so many may have."""
    if unit == "months":
        return within * SHORTEST_MONTH, within * LONGEST_MONTH
    each, more = DAYS[unit]
    # A day on which the clocks are set back has an hour more.
    fewest = {"weeks": within * 7, "hours": max(within - 1, 0) // 24}.get(unit, within)
    return fewest, ceil(within * each + more)


def _months(rule: Deadline) -> int:
    """By the end of which month after that of the receipt all have fallen due."""
    if rule.length.unit == "months":
        return rule.within + (rule.roll != "none")
    each, more = DAYS[rule.length.unit]
    return ceil((rule.within * each + more + rolled(rule)) / SHORTEST_MONTH)
