"""How cases come in and are handled at Lantern Services, before files are spoilt."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sample_data import AS_OF, RECEIVED_FROM, organisation, planted
from sample_data.dice import Dice

SEED = "lantern-18"

REPORTS_PER_PERSON_AND_YEAR = 0.552
WORKDAY_WEIGHT, WEEKEND_WEIGHT = 1.25, 0.375

Step = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Case:
    """One matter that somebody raised, with its steps up to the as-of day in order."""

    number: int
    system: str
    unit: str
    categories: tuple[str, ...]
    channel: str
    severity: str
    is_named: bool
    raised_by: str
    incident_on: date | None
    outcome: str
    steps: tuple[Step, ...]

    def first(self, kind: str) -> date | None:
        """The day on which `kind` first happened."""
        return next((day for name, day in self.steps if name == kind), None)

    def last(self, kind: str) -> date | None:
        """The day on which `kind` last happened."""
        return next((day for name, day in reversed(self.steps) if name == kind), None)

    @property
    def received_on(self) -> date:
        """The day on which the case came in."""
        return self.steps[0][1]

    @property
    def resolved_on(self) -> date | None:
        """The day on which the case was closed for good, if it is closed."""
        closings = [step for step in self.steps if step[0] in {"resolved", "reopened"}]
        return closings[-1][1] if closings and closings[-1][0] == "resolved" else None


def cases(seed: str = SEED) -> list[Case]:
    """Every case of the three years, in the order of receipt."""
    arrivals = list(_arrivals(Dice(f"{seed}/arrivals")))
    return [
        _case(number, unit, day, seed) for number, (unit, day) in enumerate(arrivals, start=1)
    ]


def _arrivals(dice: Dice) -> Iterator[tuple[str, date]]:
    for offset in range((AS_OF - RECEIVED_FROM).days + 1):
        day = RECEIVED_FROM + timedelta(days=offset)
        season = 1 + 0.07 * math.sin(2 * math.pi * day.timetuple().tm_yday / 365)
        weight = WORKDAY_WEIGHT if day.weekday() < 5 else WEEKEND_WEIGHT
        for unit in organisation.UNITS:
            mean = REPORTS_PER_PERSON_AND_YEAR * organisation.people(unit, day) / 365
            for _ in range(dice.poisson(mean * season * weight)):
                yield unit, day


def _case(number: int, unit: str, received_on: date, seed: str) -> Case:
    dice = Dice(f"{seed}/case/{number}")
    system = dice.one(organisation.SYSTEMS)
    severity = dice.one(organisation.SEVERITIES)
    is_withdrawn = dice.happens(0.05)
    steps = _steps(unit, received_on, severity, dice, is_withdrawn=is_withdrawn)
    known = tuple(step for step in steps if step[1] <= AS_OF)
    outcome = "withdrawn" if is_withdrawn else dice.one(organisation.OUTCOMES)
    ending = "resolved" if is_withdrawn else "decided"
    has_ended = any(kind == ending for kind, _ in known)
    return Case(
        number=number,
        system=system,
        unit=unit,
        categories=_categories(dice, system),
        channel=dice.one(organisation.CHANNELS[system]),
        severity=severity,
        is_named=dice.happens(organisation.NAMED[system]),
        raised_by=Dice(f"{seed}/who/{number}").one(organisation.REPORTERS),
        incident_on=_incident_on(received_on, dice),
        outcome=outcome if has_ended else "",
        steps=known,
    )


def _categories(dice: Dice, system: str) -> tuple[str, ...]:
    """The case's allegations: casebook notes up to four, all different."""
    count = dice.one({1: 76, 2: 16, 3: 6, 4: 2}) if system == "casebook" else 1
    left = dict(organisation.CATEGORIES)
    found = []
    for _ in range(count):
        found.append(dice.one(left))
        del left[found[-1]]
    return tuple(found)


def _incident_on(received_on: date, dice: Dice) -> date | None:
    if dice.happens(0.15):
        return None
    return received_on - timedelta(days=min(dice.log_normal(16, 1.2), 700))


def _steps(
    unit: str, received_on: date, severity: str, dice: Dice, *, is_withdrawn: bool
) -> list[Step]:
    """Everything that will ever happen to the case, in order of day."""
    first = _first_steps(received_on, severity, dice)
    handled_on = max(day for _, day in first)
    if is_withdrawn:
        resolved_on = handled_on + timedelta(days=dice.whole(1, 8))
        return [*first, ("resolved", resolved_on)]
    after = _investigation(unit, received_on, dict(first)["triaged"], dice)
    steps = [*first, *after, *_reopening(after[-1][1], dice)]
    return sorted(steps, key=lambda step: step[1])


def _first_steps(received_on: date, severity: str, dice: Dice) -> list[Step]:
    late = dice.happens(0.045)
    triaged_on = organisation.working_days_after(
        received_on, dice.whole(7, 11) if late else dice.whole(1, 4)
    )
    acknowledged_on = min(received_on + timedelta(days=dice.whole(0, 3)), triaged_on)
    if dice.happens(0.022):
        acknowledged_on = received_on + timedelta(days=dice.whole(9, 18))
    steps = [("received", received_on)]
    steps += _escalation(received_on, severity, dice)
    steps += [("acknowledged", acknowledged_on), ("triaged", triaged_on)]
    return sorted(steps, key=lambda step: step[1])


def _escalation(received_on: date, severity: str, dice: Dice) -> list[Step]:
    late, some = dice.happens(0.01), dice.happens(0.04)
    slipped, wait = dice.happens(0.45), dice.whole(5, 12)
    on_time = dice.whole(0, 1)
    if severity not in {"high", "critical"} and not some:
        return []
    due_on = organisation.working_days_after(received_on, 2)
    is_slipping = planted.ESCALATIONS_SLIP_FROM <= due_on < planted.ESCALATIONS_SLIP_UNTIL
    late = late or (is_slipping and slipped)
    days = wait if late else on_time
    escalated_on = organisation.working_days_after(received_on, days)
    return [("escalated", max(escalated_on, received_on))]


def _investigation(unit: str, received_on: date, triaged_on: date, dice: Dice) -> list[Step]:
    is_slow = unit == organisation.SLOW_UNIT and received_on >= planted.INVESTIGATIONS_SLOW_FROM
    days = dice.log_normal(90 if is_slow else 33, 0.5)
    investigated_on = max(received_on + timedelta(days=days), triaged_on + timedelta(days=1))
    decided_on = organisation.working_days_after(investigated_on, dice.whole(1, 8))
    late = dice.happens(0.28 if decided_on < planted.LETTERS_DRAFTED_FROM else 0.045)
    informed_on = organisation.working_days_after(
        decided_on, dice.whole(13, 20) if late else dice.whole(0, 7)
    )
    resolved_on = informed_on + timedelta(days=dice.whole(0, 9))
    return [
        ("investigated", investigated_on),
        ("decided", decided_on),
        ("informed", informed_on),
        ("resolved", resolved_on),
    ]


def _reopening(resolved_on: date, dice: Dice) -> list[Step]:
    if not dice.happens(0.04):
        return []
    reopened_on = resolved_on + timedelta(days=dice.whole(8, 60))
    steps = [("reopened", reopened_on)]
    if dice.happens(0.9):
        steps.append(("resolved", reopened_on + timedelta(days=dice.whole(10, 50))))
    return steps
