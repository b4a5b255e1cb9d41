from datetime import date

import polars as pl
import pytest

from metrics.periods import (
    month_of,
    months_between,
    next_month,
    periods,
    quarter_before,
    quarter_of,
    year_of,
)


def spans(first: date, last: date, name: str, *, year_starts: int = 1) -> list[tuple]:
    rows = periods(first, last, year_starts=year_starts).filter(pl.col("period") == name)
    told = rows.select("period_start", "period_end", "complete")
    return told.unique(maintain_order=True).rows()


def test_a_month_begins_on_its_first_day():
    assert month_of(date(2024, 2, 29)) == date(2024, 2, 1)


def test_after_december_comes_january():
    assert next_month(date(2024, 12, 1)) == date(2025, 1, 1)


def test_months_between_holds_both_ends():
    found = months_between(date(2023, 11, 30), date(2024, 1, 1))
    assert found == [date(2023, 11, 1), date(2023, 12, 1), date(2024, 1, 1)]


@pytest.mark.parametrize(
    ("month", "starts", "quarter", "year"),
    [
        (date(2024, 1, 1), 1, date(2024, 1, 1), date(2024, 1, 1)),
        (date(2024, 12, 1), 1, date(2024, 10, 1), date(2024, 1, 1)),
        (date(2024, 3, 1), 4, date(2024, 1, 1), date(2023, 4, 1)),
        (date(2024, 4, 1), 4, date(2024, 4, 1), date(2024, 4, 1)),
        (date(2024, 1, 1), 2, date(2023, 11, 1), date(2023, 2, 1)),
        (date(2024, 2, 1), 12, date(2023, 12, 1), date(2023, 12, 1)),
    ],
)
def test_quarters_and_years_begin_in_the_month_the_organisation_says(
    month, starts, quarter, year
):
    assert quarter_of(month, year_starts=starts) == quarter
    assert year_of(month, year_starts=starts) == year


@pytest.mark.parametrize("starts", range(1, 13))
def test_every_year_has_four_quarters_of_three_months(starts):
    months = months_between(date(2023, 1, 1), date(2025, 12, 1))
    year = [m for m in months if year_of(m, year_starts=starts) == date(2024, starts, 1)]
    assert len(year) == 12
    quarters = [quarter_of(month, year_starts=starts) for month in year]
    assert [quarters.count(quarter) for quarter in dict.fromkeys(quarters)] == [3, 3, 3, 3]


def test_four_quarters_before_is_a_year_before():
    assert quarter_before(date(2024, 2, 1), 4) == date(2023, 2, 1)
    assert quarter_before(date(2024, 1, 1), 1) == date(2023, 10, 1)


def test_a_period_ends_before_the_next_begins():
    found = spans(date(2024, 1, 1), date(2024, 6, 30), "quarter")
    assert found == [
        (date(2024, 1, 1), date(2024, 4, 1), True),
        (date(2024, 4, 1), date(2024, 7, 1), True),
    ]


def test_a_period_that_is_not_wholly_covered_is_not_complete():
    found = spans(date(2024, 1, 2), date(2024, 6, 29), "quarter")
    assert [complete for *_, complete in found] == [False, False]
    months = spans(date(2024, 1, 2), date(2024, 3, 30), "month")
    assert [complete for *_, complete in months] == [False, True, False]


def test_the_whole_is_complete_whatever_it_covers():
    found = spans(date(2024, 1, 20), date(2024, 2, 10), "whole")
    assert found == [(date(2024, 1, 1), date(2024, 3, 1), True)]


def test_one_day_is_covered_by_one_of_each_period():
    frame = periods(date(2024, 2, 29), date(2024, 2, 29), year_starts=1)
    assert frame["period"].to_list() == ["month", "quarter", "year", "whole"]
    assert frame["month"].unique().to_list() == [date(2024, 2, 1)]


def test_every_month_is_in_each_kind_of_period_once():
    frame = periods(date(2022, 5, 1), date(2024, 3, 31), year_starts=4)
    counts = frame.group_by("month", "period").len()
    assert set(counts["len"]) == {1}
    assert counts.height == 23 * 4
