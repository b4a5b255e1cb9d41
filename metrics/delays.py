"""Which deadlines every case has, and after how many months those from its receipt are due."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from etl.rules import FOR_EVER, Deadline, Rules
from metrics.catalog.deadline_compliance import DEADLINE_COMPLIANCE
from metrics.disclosure.lengths import Lengths
from metrics.disclosure.tables import Closing, Delay, Scope, Where
from metrics.doubts import KINDS, outcomes_with
from metrics.running_out import Ends

DEADLINES = DEADLINE_COMPLIANCE.name
CLOSED = ("resolved",)
UNKNOWN = "unknown"
COME = ("met", "met_late", "missed", "not_applicable", "not_assessable")


def delays(rules: Rules, since: date, ends: Ends) -> dict[str, Delay]:
    """By rule when every case that it applies to has come to it, for rules from the receipt.

    A calendar says when such a rule is due, or how soon at least: since that day in one
    version, or in several that follow each other without a gap.
    """
    found = {}
    for name, own in versions_of(rules).items():
        days = _days(own, ends) if _is_of_all(own, since) else None
        if days and all(map(ends.of, own)):
            closing = _closing(own, days)
            coming = None if closing else _coming(days)
            months = max(map(ends.months, own))
            found[name] = Delay(months, *_where(own[0]), closing, days, coming)
        elif days:
            found[name] = Delay(None, *_where(own[0]), days=days, coming=_coming(days))
    return found


def arrivals(rules: Rules, since: date, ends: Ends) -> dict[str, Where]:
    """By rule where every case has come to it by the end of its quarter.

    Its day has come, or has not come yet, or it has none: so it is once for each case wherever
    the rule's versions, since that day, follow each other without a gap.
    """
    found = {}
    for name, own in versions_of(rules).items():
        if _is_of_all(own, since):
            found[name] = Where(*_where(own[0]), _days(own, ends), _within(own, ends))
    return found


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


def _within(versions: Sequence[Deadline], ends: Ends) -> int | None:
    """So many months after it is still to come its day has come, whatever step it starts at."""
    if not all(map(ends.of, versions)):
        return None
    return max(map(ends.months, versions))


def _is_of_all(versions: Sequence[Deadline], since: date) -> bool:
    first, last = versions[0], versions[-1]
    ends = all(a.in_force_until == b.in_force_from for a, b in pairwise(versions))
    alike = all(rule.applies_to == first.applies_to for rule in versions)
    is_whole = first.in_force_from <= since and ends and last.in_force_until == FOR_EVER
    once = not any(rule.repeats for rule in versions)
    return is_whole and alike and once and len(first.applies_to) <= 1


def _days(versions: Sequence[Deadline], ends: Ends) -> Lengths | None:
    """After how many days each is due; None where the day of the receipt says nothing of it."""
    is_known = all(
        rule.starts == ("received",) and (ends.of(rule) or ends.soonest(rule))
        for rule in versions
    )
    return ends.lengths(versions) if is_known else None


def _where(rule: Deadline) -> tuple[str | None, tuple[str, ...]]:
    for breakdown, levels in rule.applies_to.items():
        return breakdown, tuple(levels)
    return None, ()


def _closing(versions: Sequence[Deadline], days: Lengths) -> Closing | None:
    """How a rule for the closing of a case goes with the time that it took until then."""
    if not all(map(_is_of_times, versions)):
        return None
    names = ("met", "met_late", "missed", "ended", "open")
    return Closing(days, {name: frozenset(outcomes_with((name,), KINDS)) for name in names})


def _coming(days: Lengths) -> Closing:
    """How any rule goes with the times: who is open for longer than it has come to it."""
    names = {name: frozenset(outcomes_with((name,), KINDS)) for name in ("ended", "open")}
    come = frozenset(outcomes_with(COME, KINDS))
    return Closing(days, {**names, "come": come}, closes=False)


def _is_of_times(rule: Deadline) -> bool:
    """Whether a case that took no longer than the rule has kept it, and no other has."""
    is_plain = rule.length.unit != "hours" and rule.limit == "no_later" and not rule.lifted_by
    return rule.stops == (CLOSED,) and is_plain
