from datetime import date

import polars as pl
import pytest

from etl.errors import WorkspaceError
from etl.working_days import days, public_holidays


def working(frame: pl.DataFrame) -> list[bool]:
    return frame["is_working"].to_list()


def test_monday_to_friday_are_working_days():
    week = days(date(2024, 3, 4), date(2024, 3, 10), {})
    assert working(week) == [True] * 5 + [False] * 2
    assert week["working_index"].to_list() == [1, 2, 3, 4, 5, 5, 5]


def test_a_holiday_is_no_working_day_and_has_its_name():
    week = days(date(2024, 3, 4), date(2024, 3, 6), {date(2024, 3, 5): "Founders' Day"})
    assert working(week) == [True, False, True]
    assert week["holiday"].to_list() == [None, "Founders' Day", None]
    assert week["working_index"].to_list() == [1, 1, 2]


def test_both_ends_belong_to_the_span():
    assert days(date(2024, 2, 28), date(2024, 3, 1), {})["day"].to_list() == [
        date(2024, 2, 28),
        date(2024, 2, 29),
        date(2024, 3, 1),
    ]


def test_a_span_of_one_day_has_one_row():
    assert days(date(2024, 3, 9), date(2024, 3, 9), {}).rows() == [
        (date(2024, 3, 9), False, None, 0, None)
    ]


def test_england_has_its_bank_holidays():
    found = public_holidays("GB-ENG", first=2024, last=2024)
    assert sorted(found) == [
        date(2024, 1, 1),
        date(2024, 3, 29),
        date(2024, 4, 1),
        date(2024, 5, 6),
        date(2024, 5, 27),
        date(2024, 8, 26),
        date(2024, 12, 25),
        date(2024, 12, 26),
    ]


def test_a_holiday_on_a_weekend_is_kept_on_the_monday_after():
    found = public_holidays("GB-ENG", first=2022, last=2022)
    assert date(2022, 12, 27) in found, "Christmas Day 2022 was a Sunday"
    assert date(2022, 1, 3) in found, "New Year's Day 2022 was a Saturday"


def test_only_the_years_asked_for_are_given():
    # New Year's Day 2022 was a Saturday, so it was kept on the last day of 2021.
    assert date(2021, 12, 31) in public_holidays("US", first=2021, last=2022)
    assert {day.year for day in public_holidays("US", first=2022, last=2022)} == {2022}


def test_a_country_may_be_named_without_a_part():
    assert date(2024, 8, 5) in public_holidays("IE", first=2024, last=2024)


def test_none_is_a_calendar_without_holidays():
    assert public_holidays("none", first=2024, last=2024) == {}


@pytest.mark.parametrize("calendar", ["XX", "GB-XXX", "england", ""])
def test_an_unknown_calendar_is_refused_with_the_file_and_a_remedy(calendar):
    with pytest.raises(WorkspaceError, match=r"case-audit\.toml: calendar .* 'GB-ENG'"):
        public_holidays(calendar, first=2024, last=2024)
