"""Which rules hold the same step against a shorter and a longer time, and what follows."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, combinations, pairwise, permutations, product

from etl.rules import Deadline, Rules
from metrics.delays import versions_of
from metrics.disclosure.tables import Kept, Nest
from metrics.doubts import KINDS, outcomes_with
from metrics.running_out import Ends

Versions = Sequence[Deadline]  # of one rule, the first one in force first
DONE = ("met", "met_late")
JUDGED = (*DONE, "missed")
UNDATED = ("not_applicable", "not_assessable")


def nests(rules: Rules, since: date, ends: Ends) -> tuple[Nest, ...]:
    """Every two rules of which the first never falls due after the second.

    They run from the same step and for the same dates, by which cases that were received on
    that day or later are judged, and a calendar says when each of their versions is due. What
    is not due yet for the first is not due for the second; only where they end with the same
    step does more follow.
    """
    found = []
    for some, others in permutations(_by_day(rules, ends), 2):
        one, other = some[0], others[0]
        is_alike = _in_common(some, since) == _in_common(others, since)
        apart = _apart(some, others, ends) if is_alike else None
        if apart is not None:
            scopes = (_scope(one), _scope(other))
            kept = _results() if _stops(one) == _stops(other) else ((), (), ())
            found.append(Nest(one.name, other.name, *apart, *scopes, *kept))
    return tuple(found)


def _by_day(rules: Rules, ends: Ends) -> Iterator[Versions]:
    """The rules that run by the day in all their versions, which follow without a gap."""
    for own in versions_of(rules).values():
        follow = all(one.in_force_until == other.in_force_from for one, other in pairwise(own))
        if follow and all(
            _is_known(rule, ends) and _alike(rule) == _alike(own[0]) for rule in own
        ):
            yield own


def _is_known(rule: Deadline, ends: Ends) -> bool:
    """Whether the day of its start says by which day something is to be done."""
    is_plain = rule.length.unit != "hours" and not (rule.extensions or rule.lifted_by)
    return rule.limit == "no_later" and is_plain and bool(ends.of(rule))


def _alike(rule: Deadline) -> tuple[object, ...]:
    """What all versions must have in common."""
    return rule.starts, _stops(rule), _scope(rule)


def _apart(some: Versions, others: Versions, ends: Ends) -> tuple[int, int] | None:
    """In which months after the first rule the second falls due, whatever version counts."""
    apart = [
        ends.months_apart(one, other)
        for one, other in product(some, others)
        if one.in_force_from < other.in_force_until and other.in_force_from < one.in_force_until
    ]
    known = [each for each in apart if each is not None]
    if len(known) < len(apart):
        return None
    return min(fewest for fewest, _ in known), max(most for _, most in known)


def _in_common(own: Versions, since: date) -> tuple[object, ...]:
    """What two rules must have in common."""
    first, last = own[0], own[-1]
    return first.starts, max(first.in_force_from, since), last.in_force_until


def _stops(rule: Deadline) -> tuple[object, ...]:
    return rule.stops, rule.to_level


def _scope(rule: Deadline) -> dict[str, frozenset[str]]:
    return {breakdown: frozenset(levels) for breakdown, levels in rule.applies_to.items()}


def _results() -> tuple[tuple[Kept, ...], tuple[Kept, ...], tuple[Kept, ...]]:
    """Results under the first rule that lead to others under the second, and back; and undone.

    Who is in time once is in time for longer; who is late for longer was late before. What was
    missed when it was told may be done since, withdrawn, or not seen any more: only of what is
    judged on the same day has been missed by both what is not done.
    """
    every = (*JUDGED, *UNDATED)
    forward = [
        _kept(names) for names in (DONE[:1], DONE, *((name,) for name in UNDATED), every)
    ]
    late = (JUDGED[2:], JUDGED[1:], JUDGED)
    backward = [_kept((*names, *more)) for more in _subsets() for names in late]
    (missed, _, _), (others, _, _) = _kept(JUDGED[2:]), _kept((*JUDGED[2:], *UNDATED))
    return tuple(forward), tuple(backward), ((missed, others, False),)


def _subsets() -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(UNDATED, size) for size in range(len(UNDATED) + 1))


def _kept(outcomes: tuple[str, ...]) -> Kept:
    """The outcomes, with each doubt that may be told apart, on both sides."""
    names = frozenset(outcomes_with(outcomes, KINDS))
    return names, names, not set(outcomes) & set(UNDATED)
