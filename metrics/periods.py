"""Periods: half-open spans of local days, made of whole months."""

from datetime import date

import polars as pl


def month_of(day: date) -> date:
    """First day of the month of a day."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """First day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Months from that of `first` to that of `last`, both included."""
    months = [month_of(first)]
    while months[-1] < month_of(last):
        months.append(next_month(months[-1]))
    return months


def quarter_of(month: date, *, year_starts: int) -> date:
    """First month of the quarter of a month, in a year that starts in month `year_starts`."""
    back = (month.month - year_starts) % 3
    return _months_before(month, back)


def year_of(month: date, *, year_starts: int) -> date:
    """First month of the year of a month, in a year that starts in month `year_starts`."""
    return _months_before(month, (month.month - year_starts) % 12)


def quarter_before(quarter: date, count: int) -> date:
    """First month of the quarter that many quarters earlier."""
    return _months_before(quarter, 3 * count)


def periods(coverage_from: date, coverage_until: date, *, year_starts: int) -> pl.DataFrame:
    """One row per month and period that holds it.

    Columns: month, period (month, quarter, year, whole), period_start, period_end (excluded),
    complete (every day of the period is covered and not after `coverage_until`).
    """
    rows = [
        (month, *span)
        for month in months_between(coverage_from, coverage_until)
        for span in _spans(month, coverage_from, coverage_until, year_starts)
    ]
    schema = {
        "month": pl.Date,
        "period": pl.String,
        "period_start": pl.Date,
        "period_end": pl.Date,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    covered = (pl.col("period_start") >= coverage_from) & (
        pl.col("period_end") <= pl.lit(coverage_until).dt.offset_by("1d")
    )
    return frame.with_columns((covered | (pl.col("period") == "whole")).alias("complete"))


def quarterly(calendar: pl.DataFrame) -> pl.DataFrame:
    """The same without single months, for readers who are told quarters."""
    return calendar.filter(pl.col("period") != "month")


def _spans(
    month: date, first: date, last: date, year_starts: int
) -> list[tuple[str, date, date]]:
    quarter = quarter_of(month, year_starts=year_starts)
    year = year_of(month, year_starts=year_starts)
    return [
        ("month", month, next_month(month)),
        ("quarter", quarter, _months_after(quarter, 3)),
        ("year", year, _months_after(year, 12)),
        ("whole", month_of(first), next_month(month_of(last))),
    ]


def _months_before(month: date, count: int) -> date:
    place = month.year * 12 + month.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)


def _months_after(month: date, count: int) -> date:
    return _months_before(month, -count)
