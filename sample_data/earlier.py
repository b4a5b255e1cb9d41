"""The cases as the two systems held them on an earlier day, before the newest delivery."""

from dataclasses import replace
from datetime import date, timedelta

from sample_data import AS_OF
from sample_data.dice import Dice
from sample_data.process import SEED, Case

# Of a hundred cases so many are entered late, and so many have their grade corrected later.
ENTERED_LATE, REGRADED = 0.05, 0.02
# Cases before this day are as they are today, so that what is spoilt in them is spoilt alike.
SETTLED_BEFORE = date(2026, 1, 1)


def known_on(case: Case, day: date, seed: str = SEED) -> Case | None:
    """The case as it stood in its system on `day`; None where it was not entered by then."""
    if day >= AS_OF:
        return case
    dice = Dice(f"{seed}/entered/{case.number}")
    late, waited, regraded = (
        dice.happens(ENTERED_LATE),
        dice.whole(20, 60),
        dice.happens(REGRADED),
    )
    is_settled = case.received_on < SETTLED_BEFORE
    entered_on = case.received_on + timedelta(days=0 if is_settled or not late else waited)
    if day < entered_on:
        return None
    steps = tuple(step for step in case.steps if step[1] <= day)
    ending = "resolved" if case.outcome == "withdrawn" else "decided"
    has_ended = any(kind == ending for kind, _ in steps)
    return replace(
        case,
        steps=steps,
        outcome=case.outcome if has_ended else "",
        severity="medium" if regraded and not is_settled else case.severity,
    )
