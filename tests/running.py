"""On which days rules run out, for tests of what readers know of them."""

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from etl import working_days
from etl.due_days import Calendars, numbered
from etl.rules import Rules
from metrics.days_off import days_off
from metrics.running_out import Ends

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
AROUND = timedelta(days=1500)


def ends(holidays: Mapping[date, str] | None = None) -> Ends:
    """For readers of 2024, with the weekend off and these days."""
    days = working_days.days(FIRST - AROUND, LAST + AROUND, holidays or {})
    working = numbered(days.filter(pl.col("is_working"))["day"])
    return Ends.between(FIRST, LAST, Calendars({"none": working}, "none"))


def manifest(rules: Rules, known: Ends) -> dict[str, str]:
    """What a release says of the days."""
    span = {"coverage_from": FIRST.isoformat(), "as_of": LAST.isoformat()}
    return span | days_off(rules, known)
