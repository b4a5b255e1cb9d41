"""Rows around each claim: on its limits, beyond them, and of what it does not speak."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from tests.verdicts.around_cases import CASES, DELIVERIES, TEXTS
from tests.verdicts.around_people import PEOPLE
from tests.verdicts.around_steps import DEADLINES, STEPS
from tests.verdicts.judging_rows import Around, limit
from tests.verdicts.tables import AS_OF, DAY, FIRST, Tables, case, event, step


def closed(days: int) -> Callable[[Tables], object]:
    return lambda tables: case(tables, 12).update(
        resolved_on=case(tables, 12)["received_on"] + days * DAY
    )


def told(kind: str, on: date, **more: object) -> Callable[[Tables], object]:
    return lambda tables: tables["staging.events"].append({**step("case 8", kind, on), **more})


def lasting(days: int) -> Callable[[Tables], object]:
    return lambda tables: case(tables, 21).update(source_days=days)


def closing(after: timedelta) -> Callable[[Tables], object]:
    def spoil(tables: Tables) -> None:
        received = case(tables, 7)["received_at"]
        for row in tables["core.events"]:
            if (row["case_key"], row["kind"]) == ("case 7", "resolved"):
                row["occurred_at"] = received + after

    return spoil


def decided(days: int) -> Callable[[Tables], object]:
    """A decision so many days after the closing."""
    return lambda tables: tables["core.events"].append(
        event("case 6", "decided", case(tables, 6)["resolved_on"] + days * DAY)
    )


def answered(on: date) -> Callable[[Tables], object]:
    return lambda tables: tables["staging.feedback"][9].update(answered_on=on)


def people(before: float, after: float) -> Callable[[Tables], object]:
    return lambda tables: tables["staging.headcount"].extend(
        {"unit": "south", "from_on": date(2024, month, 1), "people": number}
        for month, number in ((1, before), (2, after))
    )


def together(closings: int) -> Callable[[Tables], object]:
    at = datetime(2024, 8, 30, 12)  # noqa: DTZ001  UTC, as stored
    return lambda tables: tables["core.events"].extend(
        {**event(f"case {number}", "resolved", at.date()), "occurred_at": at}
        for number in range(closings)
    )


def counted_last(days_ago: int) -> Callable[[Tables], object]:
    row = {"unit": "east", "from_on": FIRST - days_ago * DAY, "people": 9.0}
    return lambda tables: tables["staging.headcount"].append(row)


AROUND: tuple[Around, ...] = (
    *DELIVERIES,
    *CASES,
    *TEXTS,
    *STEPS,
    *DEADLINES,
    *PEOPLE,
    *limit(
        "closed_not_before_received", "closed on the day of receipt", closed(0), closed(-1), 1
    ),
    *limit(
        "no_date_after_as_of", "on the as-of day",
        told("decided", AS_OF), told("decided", AS_OF + DAY), 1,
    ),
    *limit(
        "no_date_impossibly_early", "20 years before the coverage",
        told("decided", date(2004, 1, 1)), told("decided", date(2003, 12, 31)), 1,
    ),
    *limit("source_duration_agrees", "a day more than ours", lasting(11), lasting(12), 1),
    *limit("source_duration_agrees", "a day less than ours", lasting(9), lasting(8), 1),
    *limit(
        "no_backdating", "filled in two weeks late",
        told("decided", date(2024, 6, 16), snapshot=9),
        told("decided", date(2024, 6, 15), snapshot=9), 1,
    ),
    *limit(
        "not_closed_at_once", "closed after 10 minutes",
        closing(timedelta(minutes=10)), closing(timedelta(minutes=10, seconds=-1)), 1,
    ),
    Around("not_closed_at_once", "at the instant of its receipt", closing(timedelta(0)), 0),
    *limit("nothing_after_the_closing", "on the day of the closing", decided(0), decided(1), 1),
    *limit(
        "survey_dates_possible", "answered on the as-of day",
        answered(AS_OF), answered(AS_OF + DAY), 1,
    ),
    *limit(
        "survey_dates_possible", "answered when systems began",
        answered(date(1990, 1, 1)), answered(date(1989, 12, 31)), 1,
    ),
    *limit("headcount_does_not_jump", "half as many again", people(40, 60), people(40, 61), 1),
    *limit("headcount_does_not_jump", "nine people more", people(4, 13), people(4, 14), 1),
    *limit("no_mass_closing", "19 closings at once", together(19), together(20), 20),
    *limit(
        "headcount_is_kept_up", "a year and five days old",
        counted_last(370), counted_last(371), 1,
    ),
)  # fmt: skip
