"""The share of the days on which cases were open and stood paused."""

from datetime import date

import polars as pl

from metrics.paused_days import NOT_RECORDED, paused_days
from metrics.periods import periods

FIRST, AS_OF = date(2024, 1, 1), date(2024, 6, 30)


def told(core, events):
    """(open, paused, unrecorded) of everybody in each quarter, and the rows."""
    store = core(as_of=str(AS_OF), coverage_from=str(FIRST), events=events)
    found = paused_days(store, periods(FIRST, AS_OF, year_starts=1))
    rows = found.filter(pl.col("breakdown") == "all").sort("period_start")
    return rows.select("open", "paused", "unrecorded").rows(), rows


def test_days_of_a_pause_are_counted_once_within_the_case_and_in_their_quarter(core):
    # A is open for 30 days: two pauses that overlap stand for 10 of them. B is open from 22
    # March on: 10 days of the first quarter and 91 of the second, the last two of the first and
    # all of the second in a pause that nobody ended.
    days, rows = told(
        core,
        """
        case | kind     | on
        A    | received | 2024-01-01
        A    | paused   | 2024-01-06
        A    | paused   | 2024-01-10
        A    | resumed  | 2024-01-16
        A    | resolved | 2024-01-31
        B    | received | 2024-03-22
        B    | paused   | 2024-03-30
        """,
    )
    assert days == [(40, 12, 0), (91, 91, 0)]
    assert rows["share"].to_list() == [12 / 40, 1.0]


def test_a_pause_ends_with_its_case_and_a_case_of_one_day_has_none(core):
    days, _ = told(
        core,
        """
        case | kind     | on
        A    | received | 2024-01-01
        A    | paused   | 2024-01-06
        A    | resolved | 2024-01-11
        B    | received | 2024-01-01
        B    | paused   | 2024-01-01
        B    | resolved | 2024-01-01
        """,
    )
    assert days == [(10, 5, 0)]


def test_where_no_export_records_a_pause_nothing_can_be_said(core):
    days, rows = told(core, "case | kind | on\nA | received | 2024-06-21")
    assert days == [(0, 0, 10)]
    assert rows["state"].to_list() == ["not_assessable"]
    assert rows["reason"].to_list() == [NOT_RECORDED]
    assert rows["share"].to_list() == [None]
