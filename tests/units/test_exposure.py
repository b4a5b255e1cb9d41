from datetime import date

import polars as pl
import pytest

from metrics.exposure import average_people
from metrics.periods import periods

SCHEMA = {"unit": pl.String, "from_on": pl.Date, "until_on": pl.Date, "people": pl.Float64}
FIRST, LAST = date(2023, 1, 1), date(2023, 3, 31)


def averages(*spans, first=FIRST, last=LAST) -> dict:
    rows = pl.DataFrame(spans, schema=SCHEMA, orient="row")
    calendar = periods(first, last, year_starts=1)
    found = average_people(rows, calendar, coverage=(first, last))
    return {(unit, period, start): people for unit, period, start, people in found.rows()}


def test_people_who_are_there_all_the_time_are_their_own_average():
    found = averages(("north", date(2022, 1, 1), date(2023, 4, 1), 12.0))
    assert set(found.values()) == {12.0}
    assert len(found) == 2 * (3 + 1 + 1 + 1)


def test_a_change_within_a_quarter_counts_by_days():
    # 90 days: 30 of them with 3 people, 60 with 6.
    found = averages(
        ("north", FIRST, date(2023, 1, 31), 3.0), ("north", date(2023, 1, 31), LAST, 6.0)
    )
    last_day_without_anybody = 6 / 90
    quarter = found["north", "quarter", FIRST]
    assert quarter == pytest.approx(5 - last_day_without_anybody)


def test_everybody_is_the_sum_of_the_units():
    found = averages(
        ("north", FIRST, date(2023, 4, 1), 10.0), ("south", FIRST, date(2023, 4, 1), 2.5)
    )
    assert found["all", "quarter", FIRST] == 12.5


def test_days_before_the_coverage_count_neither_as_people_nor_as_days():
    first = date(2023, 3, 1)
    found = averages(
        ("north", date(2020, 1, 1), first, 500.0),
        ("north", first, date(2023, 4, 1), 10.0),
        first=first,
    )
    assert found["north", "quarter", FIRST] == 10


def test_a_unit_that_ended_has_nobody_in_later_periods():
    found = averages(
        ("north", FIRST, date(2023, 2, 1), 10.0), ("south", FIRST, date(2023, 4, 1), 1.0)
    )
    assert ("north", "month", date(2023, 2, 1)) not in found
    assert found["all", "month", date(2023, 2, 1)] == 1


def test_a_period_that_begins_before_anybody_was_counted_has_no_average():
    found = averages(("north", date(2023, 1, 2), date(2023, 4, 1), 10.0))
    assert ("north", "month", FIRST) not in found
    assert ("all", "quarter", FIRST) not in found
    assert found["north", "month", date(2023, 2, 1)] == 10


def test_a_unit_founded_later_than_the_others_counts_from_its_day():
    found = averages(
        ("north", FIRST, date(2023, 4, 1), 10.0),
        ("south", date(2023, 2, 15), date(2023, 4, 1), 28.0),
    )
    assert found["south", "month", date(2023, 2, 1)] == 14
    assert ("south", "month", FIRST) not in found


def test_without_headcount_nobody_has_an_average():
    assert averages() == {}
