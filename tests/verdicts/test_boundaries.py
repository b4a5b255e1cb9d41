"""Where a claim has a limit, what lies on it is still fine, and one beyond it is not.

`test_mutants` spoils whole predicates; here a limit that is off by one is noticed.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from checks.suites import CHECKS
from checks.verdict import counted
from tests.verdicts.tables import (
    AS_OF,
    DAY,
    FIRST,
    Tables,
    case,
    clean,
    event,
    rewrite,
    step,
    written,
)

BY_NAME = {check.name: check for check in CHECKS}


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


# The check, what is still fine, what is not any more, and how many rows then break the claim.
LIMITS = {
    "closed on the day of receipt": (
        "closed_not_before_received", closed(0), closed(-1), 1),
    "on the as-of day": (
        "no_date_after_as_of", told("decided", AS_OF), told("decided", AS_OF + DAY), 1),
    "20 years before the coverage": (
        "no_date_impossibly_early", told("decided", date(2004, 1, 1)),
        told("decided", date(2003, 12, 31)), 1),
    "a day more than ours": ("source_duration_agrees", lasting(11), lasting(12), 1),
    "a day less than ours": ("source_duration_agrees", lasting(9), lasting(8), 1),
    "filled in two weeks late": (
        "no_backdating", told("decided", date(2024, 6, 16), snapshot=9),
        told("decided", date(2024, 6, 15), snapshot=9), 1),
    "closed after 10 minutes": (
        "not_closed_at_once", closing(timedelta(minutes=10)),
        closing(timedelta(minutes=10, seconds=-1)), 1),
    "on the day of the closing": ("nothing_after_the_closing", decided(0), decided(1), 1),
    "answered on the as-of day": (
        "survey_dates_possible", answered(AS_OF), answered(AS_OF + DAY), 1),
    "answered when systems began": (
        "survey_dates_possible", answered(date(1990, 1, 1)), answered(date(1989, 12, 31)), 1),
    "half as many again": ("headcount_does_not_jump", people(40, 60), people(40, 61), 1),
    "nine people more": ("headcount_does_not_jump", people(4, 13), people(4, 14), 1),
    "19 closings at once": ("no_mass_closing", together(19), together(20), 20),
    "a year and five days old": (
        "headcount_is_kept_up", counted_last(370), counted_last(371), 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def store():
    with written({}) as made:
        yield made


@pytest.mark.parametrize("limit", LIMITS)
def test_what_lies_on_a_limit_is_fine_and_one_beyond_it_is_not(limit, store):
    name, fine, beyond, broken = LIMITS[limit]
    found = []
    for spoil in (fine, beyond):
        tables = clean()
        spoil(tables)
        rewrite(store, tables)
        row = store.frame(counted((BY_NAME[name],))).row(0, named=True)
        found.append(row[f"failing_{name}"])
    assert found == [0, broken]
