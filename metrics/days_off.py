"""By which days off the rules of a release count, so that readers can count them too."""

from collections.abc import Iterator

import numpy as np

from etl.due_days import Days, dates
from etl.rules import Deadline, Rules
from metrics.running_out import Ends

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def days_off(rules: Rules, ends: Ends) -> dict[str, str]:
    """What a release says of them: 'GB-ENG: sat, sun, 2026-01-01; uk_fca: sat, sun, ...'.

    From two years before the first day told to the as-of day. `calendar` is the one of rules
    that name none. Nothing where no rule asks for working days.
    """
    calendars = ends.calendars
    using = [rule for rule in rules.deadlines if _asks(rule)]
    names = sorted({rule.calendar or calendars.own for rule in using})
    if not names:
        return {}
    said = (
        f"{name}: {', '.join(_off(calendars.working[name], ends.starts))}" for name in names
    )
    return {"calendar": calendars.own, "days_off": "; ".join(said)}


def _asks(rule: Deadline) -> bool:
    late = rule.after_hours
    return (
        rule.length.unit == "working_days"
        or rule.roll != "none"
        or (late is not None and late.counts_as == "next_working_day")
    )


def _off(working: Days, span: Days) -> Iterator[str]:
    """Weekdays that are never working days, then each other day that is none."""
    idle = np.setdiff1d(span, working)
    weekend = set(range(7)) - set(((working - 1) % 7).tolist())
    yield from (WEEKDAYS[day] for day in sorted(weekend))
    yield from (str(day) for day in dates(idle[~np.isin((idle - 1) % 7, list(weekend))]))
