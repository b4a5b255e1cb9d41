"""Dates are read by the form that is declared for their whole file, and by no other."""

from datetime import date

import polars as pl
import pytest

from etl.dates import Calendar, dated


def read(*texts: str, forms: tuple[str, ...], **told: object) -> pl.DataFrame:
    zone = str(told.pop("zone", "Europe/London"))
    calendar = Calendar(
        zone=zone,
        home=str(told.pop("home", zone)),
        locale=told.pop("locale", None),
        zones=told.pop("zones", {}),
        years_from=told.pop("years_from", None),
    )
    found = dated(pl.col("text"), forms, calendar)
    parts = {
        "on": found.on,
        "at": found.at,
        "exactness": found.precision,
        "failed": found.failed,
    }
    return pl.DataFrame({"text": texts}).select(
        value.alias(name) for name, value in parts.items()
    )


def day(text: str, form: str, **told: object) -> date:
    found = read(text, forms=(form,), **told)
    assert found["failed"].to_list() == [False]
    return found["on"][0]


def instant(text: str, form: str, **told: object) -> str:
    return str(read(text, forms=(form,), **told)["at"][0])


def test_the_declared_order_of_day_and_month_holds_for_every_value():
    assert day("03/04/2024", "%d/%m/%Y") == date(2024, 4, 3)
    assert day("03/04/2024", "%m/%d/%Y") == date(2024, 3, 4)
    assert read("31/04/2024", "13/13/2024", forms=("%m/%d/%Y",))["failed"].all()


def test_days_and_months_need_no_leading_zero():
    assert instant("29/2/2016 01:16", "%d/%m/%Y %H:%M") == "2016-02-29 01:16:00"


def test_two_digits_of_a_year_lie_in_the_declared_hundred_years():
    assert day("8-Aug-08", "%d-%b-%y") == date(2008, 8, 8)
    assert day("4/19/40", "%m/%d/%y", years_from=1930) == date(1940, 4, 19)
    assert day("4/19/29", "%m/%d/%y", years_from=1930) == date(2029, 4, 19)
    assert read("4/19/2006", forms=("%m/%d/%y",))["failed"].all()


@pytest.mark.parametrize(
    ("text", "form", "locale", "found"),
    [
        ("12. März 2024", "%d. %B %Y", "de", date(2024, 3, 12)),
        ("1. Mai 2024", "%d. %b %Y", "de", date(2024, 5, 1)),
        ("3 févr. 2024", "%d %b %Y", "fr", date(2024, 2, 3)),
        ("25/Dez./23", "%d/%b/%y", "de", date(2023, 12, 25)),
        ("9 de sept de 2024", "%d de %b de %Y", "es", date(2024, 9, 9)),
        # What systems write and the CLDR does not: names cut elsewhere, or without an accent.
        ("9-sep-2024", "%d-%b-%Y", "es", date(2024, 9, 9)),
        ("9 Sept 2024", "%d %b %Y", "en", date(2024, 9, 9)),
        ("3/fev/24", "%d/%b/%y", "fr", date(2024, 2, 3)),
    ],
)
def test_months_are_named_in_the_declared_language(text, form, locale, found):
    assert day(text, form, locale=locale) == found


def test_a_name_cut_so_short_that_two_months_begin_so_is_no_date():
    assert read("3 jui 2024", forms=("%d %b %Y",), locale="fr")["failed"].all()


def test_a_month_of_another_language_is_no_date():
    assert read("12. March 2024", forms=("%d. %B %Y",), locale="fr")["failed"].all()


def test_a_partial_date_is_its_first_day_and_says_how_exact_it_is():
    found = read("2014-05-07", "2014-05", "2014", forms=("%Y-%m-%d", "%Y-%m", "%Y"))
    assert found["on"].to_list() == [date(2014, 5, 7), date(2014, 5, 1), date(2014, 1, 1)]
    assert found["exactness"].to_list() == ["day", "month", "year"]


def test_excel_counts_days_from_its_own_day_nought():
    found = read("43285", "43285.46875", "x", "43285.0", forms=("excel",), zone="UTC")
    assert found["on"].to_list() == [date(2018, 7, 4), date(2018, 7, 4), None, date(2018, 7, 4)]
    assert str(found["at"][1]) == "2018-07-04 11:15:00"
    assert found["exactness"].to_list() == ["day", "instant", None, "day"]
    assert found["failed"].to_list() == [False, False, True, False]


def test_a_year_alone_is_none_of_excels_days():
    assert read("2024", "2024.5", forms=("excel",))["failed"].all()
    found = read("2024", "45300", forms=("excel", "%Y"))
    assert found["on"].to_list() == [date(2024, 1, 1), date(2024, 1, 9)]
    assert found["exactness"].to_list() == ["year", "day"]


def test_epochs_are_instants_in_utc():
    assert instant("0", "epoch", home="Asia/Tokyo") == "1970-01-01 00:00:00"
    assert instant("1700000000123", "epoch ms") == "2023-11-14 22:13:20.123000"


def test_a_zone_s_abbreviation_is_the_declared_offset():
    zones = {"CST": "-06:00", "CDT": "-05:00"}
    form = "%m/%d/%Y %H:%M:%S %Z"
    assert instant("11/03/2024 01:30:00 CDT", form, zones=zones) == "2024-11-03 06:30:00"
    assert instant("11/03/2024 01:30:00 CST", form, zones=zones) == "2024-11-03 07:30:00"
    assert read("11/03/2024 01:30:00 EST", forms=(form,), zones=zones)["failed"].all()


def test_an_offset_in_the_text_wins_over_the_zone_of_the_source():
    text = "2016-02-29T01:16:05.5+02:00"
    assert instant(text, "%+", zone="America/Chicago") == "2016-02-28 23:16:05.500000"
    assert day(text, "%+", home="Europe/Berlin") == date(2016, 2, 29)
    assert day(text, "%+", home="America/Chicago") == date(2016, 2, 28)


def test_a_year_that_was_cut_short_is_no_date():
    assert read("0016-02-01", forms=("%Y-%m-%d",))["failed"].all()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2024/03/01 9:12:33 AM GMT+1", "2024-03-01 08:12:33"),
        ("2024/03/01 9:12:33 AM GMT-10", "2024-03-01 19:12:33"),
        ("2024/03/01 9:12:33 AM GMT+5:30", "2024-03-01 03:42:33"),
        ("2024/03/01 9:12:33 PM GMT", "2024-03-01 21:12:33"),
    ],
)
def test_hours_from_greenwich_are_an_offset_with_or_without_a_leading_0(text, at):
    assert instant(text, "%Y/%m/%d %I:%M:%S %p GMT%#z") == at


@pytest.mark.parametrize(
    ("text", "form", "at"),
    [
        ("2024-03-01 오후 1:15", "%Y-%m-%d %p %I:%M", "2024-03-01 13:15:00"),
        ("1/3/2024 1:15 p.\u00a0m.", "%d/%m/%Y %I:%M %p", "2024-03-01 13:15:00"),
        ("3/1/2024, 9:15\u202fAM", "%m/%d/%Y, %I:%M %p", "2024-03-01 09:15:00"),
        (
            "Fri Mar 01 2024 10:00:00 GMT+0100 (Central European Standard Time)",
            "%a %b %d %Y %H:%M:%S GMT%#z (%Z)",
            "2024-03-01 09:00:00",
        ),
    ],
)
def test_halves_of_the_day_and_names_of_zones_are_read_in_any_language(text, form, at):
    assert instant(text, form) == at
