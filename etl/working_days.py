"""Working days as a table: one join instead of arithmetic per case."""

from datetime import date, timedelta

import holidays
import polars as pl

from etl.errors import WorkspaceError

WEEKEND = (6, 7)  # Saturday, Sunday, as ISO counts them


def public_holidays(calendar: str, *, first: int, last: int) -> dict[date, str]:
    """Public holidays of a country or part of it ('GB-ENG') in the years first to last.

    The list is the one of the python-holidays project. Raises WorkspaceError for an unknown
    calendar. 'none' is a calendar without holidays.
    """
    if calendar == "none":
        return {}
    country, _, part = calendar.partition("-")
    try:
        found = holidays.country_holidays(
            country, subdiv=part or None, years=range(first, last + 1), language="en_US"
        )
    except NotImplementedError as error:
        raise WorkspaceError(
            f"case-audit.toml: calendar {calendar!r} is not known; use a country's code such as"
            " 'GB-ENG', 'IE' or 'DE-BE', or 'none'"
        ) from error
    # A plain dictionary: the library's own makes up further years when it is asked for them.
    return dict(found.items())


def days(first: date, last: date, holidays_of: dict[date, str]) -> pl.DataFrame:
    """One row per calendar day from `first` to `last`: day, is_working, working_index, holiday.

    `working_index` counts the working days up to and including the day, so a day that is not
    one has the index of the working day before it: n working days after a receipt on a
    weekend end on the n-th working day after it.
    """
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    working = [day.isoweekday() not in WEEKEND and day not in holidays_of for day in span]
    return pl.DataFrame(
        {"day": span, "is_working": working, "holiday": [holidays_of.get(d) for d in span]},
        schema={"day": pl.Date, "is_working": pl.Boolean, "holiday": pl.String},
    ).with_columns(pl.col("is_working").cast(pl.Int64).cum_sum().alias("working_index"))
