"""Dates and instants as they are staged: the form of the file, its zone, and its sentinels."""

from datetime import date

import pytest

from tests.staged import received, reject


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "01/02/2024", "yesterday", "2024-13-01", "2024-01-01 10:00", "0024-01-01"],
)
def test_a_wrong_date_is_rejected_with_the_form_it_should_have(staged, text):
    found = reject(staged(f"Case | Received\nA | {text}"))
    assert (found["column_name"], found["value"]) == ("Received", text)
    assert found["reason"] == "not a date of the form %Y-%m-%d in Europe/London"
    assert "harbour.toml" in found["remedy"]


@pytest.mark.parametrize(
    ("source_zone", "zone", "text", "on", "at"),
    [
        pytest.param(
            "UTC", "Europe/London", "2024-06-30T23:30",
            date(2024, 7, 1), "2024-06-30 23:30:00", id="an evening in UTC is 1 July",
        ),
        pytest.param(
            "America/Chicago", "Europe/London", "2024-03-01T20:00",
            date(2024, 3, 2), "2024-03-02 02:00:00", id="an evening in Chicago is the next day",
        ),
        pytest.param(
            "Europe/London", "Europe/London", "2024-10-27T01:30",
            date(2024, 10, 27), "2024-10-27 00:30:00", id="an hour that comes twice: the first",
        ),
    ],
)  # fmt: skip
def test_days_are_local_days_of_the_organisation(staged, source_zone, zone, text, on, at):
    found = staged(
        f"Case | Received\nA | {text}",
        top='grain = "case"\ndates = "%Y-%m-%dT%H:%M"',
        source_zone=source_zone,
        zone=zone,
    )
    day, instant = received(found)
    assert (day, str(instant)) == (on, at)


def test_a_literal_z_is_utc_where_the_source_says_so(staged):
    found = staged(
        "Case | Received\nA | 2024-06-30T23:30Z",
        top='grain = "case"\ndates = "%Y-%m-%dT%H:%MZ"',
        source_zone="UTC",
    )
    assert received(found)[0] == date(2024, 7, 1)


def test_an_offset_in_the_export_counts_and_not_the_source_s_zone(staged):
    found = staged(
        "Case | Received\nA | 2024-06-30T23:30-0500",
        top='grain = "case"\ndates = "%Y-%m-%dT%H:%M%z"',
        source_zone="Asia/Tokyo",
    )
    day, instant = received(found)
    assert (day, str(instant)) == (date(2024, 7, 1), "2024-07-01 04:30:00")


def test_a_clock_of_twelve_hours_is_a_clock(staged):
    found = staged(
        "Case | Received\nA | 06/30/2024 11:30 PM",
        top='grain = "case"\ndates = "%m/%d/%Y %I:%M %p"',
        source_zone="UTC",
    )
    assert received(found)[0] == date(2024, 7, 1)


def test_an_hour_that_the_clocks_left_out_is_rejected(staged):
    found = staged(
        "Case | Received\nA | 2024-03-31T01:30",
        top='grain = "case"\ndates = "%Y-%m-%dT%H:%M"',
    )
    told = reject(found)
    reason = "the clocks in Europe/London went forward past this time, which never was"
    assert (told["value"], told["reason"]) == ("2024-03-31T01:30", reason)
    assert "another zone, such as UTC, say so as time_zone in " in told["remedy"]


@pytest.mark.parametrize("written", ["2024-03-31T25:30", "31.03.2024", "0024-03-31T01:30"])
def test_a_text_that_is_no_time_anywhere_is_not_said_to_be_left_out(staged, written):
    found = staged(
        f"Case | Received\nA | {written}",
        top='grain = "case"\ndates = "%Y-%m-%dT%H:%M"',
    )
    assert reject(found)["reason"] == "not a date of the form %Y-%m-%dT%H:%M in Europe/London"


def test_a_number_of_excel_in_the_hour_that_was_left_out_says_so_too(staged):
    found = staged("Case | Received\nA | 45382.0625", top='grain = "case"\ndates = "excel"')
    assert "went forward past this time" in reject(found)["reason"]


def test_a_date_without_an_hour_is_that_day_wherever_the_system_stands(staged):
    found = staged("Case | Received\nA | 2024-07-01", source_zone="Asia/Tokyo")
    day, instant = received(found)
    assert (day, str(instant)) == (date(2024, 7, 1), "2024-06-30 23:00:00")


def test_a_day_that_begins_at_one_o_clock_has_an_instant_too(staged):
    found = staged("Case | Received\nA | 2024-09-08", zone="America/Santiago")
    day, instant = received(found)
    assert (day, str(instant)) == (date(2024, 9, 8), "2024-09-08 04:00:00")


def test_a_sentinel_is_no_date(staged):
    found = staged(
        "Case | Received | Unit\nA | 01/01/1900 | N",
        top='grain = "case"\ndates = "%d/%m/%Y"\nsentinels = ["01/01/1900"]',
        columns='unit = "Unit"',
    )
    assert (found.rows_loaded, found.tables["events"].height) == (1, 0)


def test_a_sentinel_counts_in_dates_alone(staged):
    top = 'grain = "case"\nsentinels = ["N"]'
    found = staged("Case | Received | Unit\nA | N | N", top=top, columns='unit = "Unit"')
    assert found.tables["cases"]["unit"].to_list() == ["north"]


@pytest.mark.parametrize("text", ["1900-01-01", "1900-01-01 00:00:00", "01/01/1900"])
@pytest.mark.parametrize("hours", ["", " 00:00"])
def test_a_workbook_s_date_cell_may_hold_the_sentinel(staged, text, hours):
    form = "%d/%m/%Y" + (" %H:%M" if hours else "")
    if text == "01/01/1900":
        text += hours
    top = f'grain = "case"\ndates = "{form}"\nsentinels = ["01/01/1900{hours}"]'
    found = staged(f"Case | Received\nA | {text}", top=top, workbook=True)
    assert (found.rows_loaded, found.tables["events"].height) == (1, 0)


@pytest.mark.parametrize("text", ["05/04/2024", "2024-04-05", "2024-04-05 00:00:00"])
def test_a_workbook_s_date_may_be_text_or_a_date_cell(staged, text):
    top = 'grain = "case"\ndates = "%d/%m/%Y"'
    found = staged(f"Case | Received\nA | {text}", top=top, workbook=True)
    assert received(found)[0] == date(2024, 4, 5)


def test_a_text_file_s_date_has_the_declared_form_alone(staged):
    top = 'grain = "case"\ndates = "%d/%m/%Y"'
    assert reject(staged("Case | Received\nA | 2024-04-05", top=top))["value"] == "2024-04-05"
