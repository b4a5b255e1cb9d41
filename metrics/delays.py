"""Which deadlines every case has, and after how many months those from its receipt are due."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import ceil

from etl.rules import FOR_EVER, Deadline, Rules
from etl.rules.deadline import LengthUnit
from metrics.catalog.deadline_compliance import DEADLINE_COMPLIANCE
from metrics.disclosure.lengths import ALWAYS, Length, Lengths
from metrics.disclosure.tables import Closing, Delay, Scope, Where
from metrics.doubts import KINDS, outcomes_with

DEADLINES = DEADLINE_COMPLIANCE.name
SHORTEST_MONTH, LONGEST_MONTH = 28, 31
CLOSED = ("resolved",)
UNKNOWN = "unknown"
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

    A rule is plain that runs from the receipt, moved by nothing: since that day in one version,
    or in several that follow each other without a gap.
    """
    return {
        name: Delay(max(map(_months, own)), *_where(own[0]), _closing(own), _days(own))
        for name, own in versions_of(rules).items()
        if _is_of_all(own, since) and _are_plain(own)
    }


def arrivals(rules: Rules, since: date) -> dict[str, Where]:
    """By rule where every case has come to it by the end of its quarter.

    Its day has come, or has not come yet, or it has none: so it is once for each case wherever
    the rule's versions, since that day, follow each other without a gap.
    """
    return {
        name: Where(*_where(own[0]), _known(own), _within(own))
        for name, own in versions_of(rules).items()
        if _is_of_all(own, since)
    }


def scopes(rules: Rules) -> dict[str, Scope]:
    """By rule the levels that its cases have, of each breakdown that all its versions name.

    One that nobody recorded is among them: whether the rule is for the case is not known then.
    """
    found: dict[str, Scope] = {}
    for name, own in versions_of(rules).items():
        named = set.intersection(*(set(rule.applies_to) for rule in own))
        found[name] = {
            breakdown: frozenset({UNKNOWN}.union(*(rule.applies_to[breakdown] for rule in own)))
            for breakdown in named
        }
    return found


def versions_of(rules: Rules) -> dict[str, list[Deadline]]:
    """The versions of each rule, the first one in force first."""
    found: dict[str, list[Deadline]] = {}
    for rule in sorted(rules.deadlines, key=lambda rule: rule.in_force_from):
        found.setdefault(rule.name, []).append(rule)
    return found


def _known(versions: Sequence[Deadline]) -> Lengths | None:
    """The days until its day comes; None where nobody knows, or hours of a day count."""
    is_known = _are_plain(versions) and all(rule.length.unit != "hours" for rule in versions)
    return _of(versions) if is_known else None


def _within(versions: Sequence[Deadline]) -> int | None:
    """So many months after it is still to come its day has come, whatever step it starts at."""
    if any(terms_of(rule) or rule.length.unit == "years" for rule in versions):
        return None
    return max(map(_months, versions))


def _is_of_all(versions: Sequence[Deadline], since: date) -> bool:
    first, last = versions[0], versions[-1]
    ends = all(a.in_force_until == b.in_force_from for a, b in pairwise(versions))
    alike = all(rule.applies_to == first.applies_to for rule in versions)
    is_whole = first.in_force_from <= since and ends and last.in_force_until == FOR_EVER
    once = not any(rule.repeats for rule in versions)
    return is_whole and alike and once and len(first.applies_to) <= 1


def _are_plain(versions: Sequence[Deadline]) -> bool:
    """Whether all run from the receipt, moved by nothing but to a working day."""
    return all(
        rule.starts == ("received",) and not terms_of(rule) and rule.length.unit != "years"
        for rule in versions
    )


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


def _closing(versions: Sequence[Deadline]) -> Closing | None:
    """How a rule for the closing of a case goes with the time that it took until then."""
    if any(rule.stops != (CLOSED,) or rule.length.unit == "hours" for rule in versions):
        return None
    names = ("met", "met_late", "missed", "ended", "open")
    return Closing(
        _of(versions), {name: frozenset(outcomes_with((name,), KINDS)) for name in names}
    )


def _days(versions: Sequence[Deadline]) -> Lengths | None:
    """The days until its day comes; None where that is in a month that is known better."""
    months = {rule.within if _is_of_months(rule) else None for rule in versions}
    if len(months) == 1 and months != {None}:
        return None
    return _of(versions)


def _is_of_months(rule: Deadline) -> bool:
    return rule.length_unit == "months" and not rolled(rule)


def _of(versions: Sequence[Deadline]) -> Lengths:
    """The fewest and most days of each, for what is received while it is in force."""
    found = []
    for at, rule in enumerate(versions):
        fewest, most = days_of(rule.within, rule.length_unit)
        first = rule.in_force_from.toordinal() if at else ALWAYS
        last = rule.in_force_until.toordinal() - 1
        found.append(Length(fewest, most + rolled(rule), first, last))
    return Lengths(tuple(found))


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
