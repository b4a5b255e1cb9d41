"""Dates in a draft: decided once for a file, by what fits one way only; else asked."""

import polars as pl
import pytest

from etl.dates import read_forms
from etl.description import read_source
from etl.drafting.dates import dates_of
from etl.drafting.draft import Draft
from etl.drafting.words import is_nothing
from etl.errors import SourceError
from etl.questions import refuse_open
from tests.drafts import CASES, drafted, first_export, numbers, told
from tests.tables import table


def dated(*received: str, **more: list[str]) -> Draft:
    count = max(len(received), 12)
    return drafted({"Case number": numbers(count), "Received": list(received), **more})


def test_the_evidence_for_the_order_is_told():
    made = dated(*[f"{day:02}/03/2024" for day in range(1, 21)])
    assert first_export(made)["dates"] == "%d/%m/%Y"
    assert "8 of 20 values fit only day first, 0 fit only month first" in made.toml


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("2024.03.{:02}. 08:22", "%Y.%m.%d. %H:%M"),
        ("2024. 03. {:02}.", "%Y. %m. %d."),
        ("2024.03.{:02}.", "%Y.%m.%d."),
    ],
)
def test_a_stop_may_stand_behind_each_part_of_a_date(written, form):
    made = dated(*(written.format(day) for day in range(1, 13)))
    assert first_export(made)["dates"] == form
    read = read_forms(pl.Series([written.format(9)]), form)
    assert read.dt.to_string().to_list() == ["2024-03-09"]


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("202403{:02}T101500.000 GMT", "%Y%m%dT%H%M%S%.f GMT%#z"),
        ("202403{:02}", "%Y%m%d"),
        ("202403{:02}101500", "%Y%m%d%H%M%S"),
        ("2024/03/{:02} à 10h15", "%Y/%m/%d à %Hh%M"),
        ("2024.03.{:02} r.", "%Y.%m.%d r."),
        ("2024-03-{:02} 오후 1:15", "%Y-%m-%d %p %I:%M"),
        ("2024/03/{:02} 1:15 p.\u00a0m.", "%Y/%m/%d %I:%M %p"),
        ("2024/03/{:02}, 1:15\u202fPM", "%Y/%m/%d, %I:%M %p"),
        ("Mar {:02} 2024 10:00:00 GMT+0100 (heure normale)", "%b %d %Y %H:%M:%S GMT%#z (%Z)"),
    ],
)
def test_dates_are_read_as_systems_and_people_of_other_countries_write_them(written, form):
    made = dated(*(written.format(day) for day in range(1, 13)))
    assert first_export(made)["dates"] == form
    read = read_forms(pl.Series([written.format(9)]), form)
    assert read.dt.to_string().to_list() == ["2024-03-09"]


def test_digits_alone_are_no_dates_where_nothing_calls_them_so():
    assert dates_of(pl.Series(["20240314", "20240315"])) is None


def test_a_day_that_lost_a_digit_is_not_read_as_another():
    assert read_forms(pl.Series(["2024031"]), "%Y%m%d").to_list() == [None]


def test_an_offset_may_be_written_as_hours_from_greenwich():
    made = dated(*[f"2024/03/{day:02} 9:12:33 AM GMT+1" for day in range(1, 13)])
    assert first_export(made)["dates"] == "%Y/%m/%d %I:%M:%S %p GMT%#z"
    assert made.questions == ()


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("Mar {}, 2024", "%b %d, %Y"),
        ("March {}, 2024 4:05 PM", "%B %d, %Y %I:%M %p"),
        ("Mar {}, 2024 at 16:05", "%b %d, %Y at %H:%M"),
    ],
)
def test_the_name_of_a_month_may_come_first(written, form):
    made = dated(*(written.format(day) for day in range(1, 13)))
    assert first_export(made)["dates"] == form
    read = read_forms(pl.Series([written.format(9)]), form)
    assert read.dt.to_string().to_list() == ["2024-03-09"]


@pytest.mark.parametrize(
    ("written", "form", "locale"),
    [
        ("mars {}, 2024", "%B %d, %Y", "fr"),
        ("marzo {}, 2024", "%B %d, %Y", "es"),
        ("{} de marzo de 2024", "%d de %B de %Y", "es"),
        ("{} mars 2024 16:05", "%d %B %Y %H:%M", "fr"),
    ],
)
def test_so_may_the_name_of_a_month_in_another_language(written, form, locale):
    others = [written.format(9).replace(*pair) for pair in _OTHERS[locale]]
    made = dated(*(written.format(day) for day in range(1, 13)), *others)
    declared = first_export(made)
    assert (declared["dates"], declared["locale"]) == (form, locale)
    assert "written otherwise" not in made.toml
    read = read_forms(pl.Series([written.format(9)]), form, locale=locale)
    assert read.dt.to_string().to_list() == ["2024-03-09"]


_OTHERS = {
    "fr": [("mars", "août"), ("mars", "février")],
    "es": [("marzo", "enero"), ("marzo", "julio")],
}


@pytest.mark.parametrize(
    ("written", "form", "locale"),
    [
        ("2024-Mar-{:02}", "%Y-%b-%d", None),
        ("2024-Mar-{:02} 10:15:00", "%Y-%b-%d %H:%M:%S", None),
        ("2024. március {}.", "%Y. %B %d.", "hu"),
        ("2024. márc. {}. 8:05", "%Y. %B. %d. %H:%M", "hu"),
    ],
)
def test_the_name_of_a_month_may_stand_behind_the_year(written, form, locale):
    made = dated(*(written.format(day) for day in range(1, 13)))
    declared = first_export(made)
    assert (declared["dates"], declared.get("locale")) == (form, locale)
    read = read_forms(pl.Series([written.format(9)]), form, locale=locale)
    assert read.dt.to_string("%Y-%m-%d").to_list() == ["2024-03-09"]


def test_the_first_of_a_month_is_an_ordinal_in_french():
    made = dated(*[f"{day} mars 2024" for day in ("1er", *range(2, 13))], "3 août 2024")
    assert first_export(made)["locale"] == "fr"
    read = read_forms(pl.Series(["1er mars 2024"]), first_export(made)["dates"], locale="fr")
    assert read.dt.to_string().to_list() == ["2024-03-01"]


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("{} Mar {:2} 10:22:33 2024", "%a %b %d %H:%M:%S %Y"),
        ("{}, {:02} Mar 2024 10:22:33 +0100", "%a, %d %b %Y %H:%M:%S %#z"),
        ("{}day, March {}, 2024", None),
    ],
)
def test_the_day_of_the_week_may_stand_before_a_date(written, form):
    week = ["Fri", "Sat", "Sun", "Mon"]
    if form is None:
        week, form = ["Fri", "Satur", "Sun", "Mon"], "%A, %B %d, %Y"
    values = [written.format(name, day) for day, name in enumerate(week, 1)]
    made = dated(*values)
    assert first_export(made)["dates"] == form
    # One that is of another day contradicts itself.
    odd = values[0].replace("Fri", "Sun")
    read = read_forms(pl.Series([*values, odd]), form)
    assert read.dt.day().to_list() == [1, 2, 3, 4, None]


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("2024年3月{}日", "%Y年%m月%d日"),
        ("2024年3月{}日 16:05", "%Y年%m月%d日 %H:%M"),
        ("2024년 3월 {}일", "%Y년 %m월 %d일"),
    ],
)
def test_a_sign_may_name_each_part_of_a_date(written, form):
    made = dated(*(written.format(day) for day in range(1, 13)))
    assert first_export(made)["dates"] == form
    read = read_forms(pl.Series([written.format(9)]), form)
    assert read.dt.to_string().to_list() == ["2024-03-09"]


def test_the_rest_of_a_column_may_be_written_in_another_form_that_is_sure():
    """A workbook's own dates beside those that somebody typed."""
    own = [f"2024-03-{day:02}" for day in range(1, 25)]
    made = dated(*own, "05.04.2024", "28.04.2024")
    assert first_export(made)["dates"] == ["%Y-%m-%d", "%d.%m.%Y"]
    assert 'the others are written as "%d.%m.%Y"' in made.toml
    assert "written otherwise" not in made.toml
    # Where nobody knows which part is the day, and of one alone, nothing is proposed.
    for odd in (["05/04/2024", "06/04/2024"], ["28.04.2024"]):
        made = dated(*own, *odd)
        assert first_export(made)["dates"] == "%Y-%m-%d"
        assert f"{len(odd)} values are written otherwise" in made.toml


def test_a_receipt_in_an_unknown_form_of_dates_is_told_as_one():
    made = dated(*[f"Sol {day}, cycle 7" for day in range(1, 13)])
    assert any('"Received" is called so, and is in no form' in q for q in made.questions)


def test_instants_of_which_some_say_no_offset_need_a_zone():
    own = [f"2024-03-{day:02}T10:00:00Z" for day in range(1, 25)]
    made = dated(*own, "2024-04-01T10:00:00", "2024-04-02T10:00:00")
    assert told(made)["time_zone"] == "?"


def test_another_word_before_a_number_and_a_year_is_no_month():
    made = drafted({**CASES, "Unit": ["Ward 12 2024", "Ward 14 2024"]})
    assert first_export(made)["columns"]["unit"] == "Unit"


def test_month_first_is_found_too():
    made = dated(*[f"3/{day}/2024 4:05 PM" for day in range(1, 21)])
    assert first_export(made)["dates"] == "%m/%d/%Y %I:%M %p"


def test_one_column_decides_for_all_that_are_written_alike():
    made = dated("01/02/2024", "03/04/2024", Closed=["05/06/2024", "31/12/2024"])
    assert first_export(made)["dates"] == "%d/%m/%Y"
    assert made.questions == ()


def test_where_nothing_decides_it_is_asked_and_nothing_can_be_loaded(tmp_path):
    made = dated("01/02/2024", "03/04/2024")
    assert first_export(made)["dates"] == "?"
    (tmp_path / "s.toml").write_text(made.toml, encoding="utf-8")
    with pytest.raises(SourceError):
        read_source(tmp_path / "s.toml")
    with pytest.raises(SourceError, match="is the day or the month first"):
        refuse_open("s.toml", made.toml)


def test_where_some_fit_one_way_and_some_the_other_it_is_asked():
    made = dated("13/02/2024", "03/25/2024", "14/02/2024")
    assert first_export(made)["dates"] == "?"
    assert any("written in both ways" in question for question in made.questions)


def test_dates_with_dots_are_day_first_and_it_is_said_where_nothing_decides():
    made = dated("01.02.2024", "03.04.2024")
    assert first_export(made)["dates"] == "%d.%m.%Y"
    assert "Nothing decides; read day first" in made.toml


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2024-02-03", "%Y-%m-%d"),
        ("2024-02-03T04:05:06Z", "%Y-%m-%dT%H:%M:%S%#z"),
        ("2024-02-03T04:05:06.123+0100", "%Y-%m-%dT%H:%M:%S%.f%#z"),
        ("2024-02-03 04:05", "%Y-%m-%d %H:%M"),
        ("2024/02/03 04:05:06+00", "%Y/%m/%d %H:%M:%S%#z"),
        ("25/Feb/26 10:17 PM", "%d/%b/%y %I:%M %p"),
        ("3 March 2024", "%d %B %Y"),
        ("23.02.2024, 14:05", "%d.%m.%Y, %H:%M"),
        ("2/23/24", "%m/%d/%y"),
    ],
)
def test_dates_are_known_however_they_are_written(value, form, tmp_path):
    made = dated(value)
    assert first_export(made)["dates"] == form
    # What is proposed is understood, once the zone and the order are told.
    answered = made.toml.replace('time_zone = "?"', 'time_zone = "UTC"')
    (tmp_path / "d.toml").write_text(answered, encoding="utf-8")
    assert read_source(tmp_path / "d.toml").exports[0].written.dates == (form,)


@pytest.mark.parametrize(
    "value", ["A-1", "12345", "2024", "1.5", "12:30", "1-2-3-4", "99-34-5678"]
)
def test_what_is_no_date_is_not_taken_for_one(value):
    assert dates_of(table(f"v\n{value}")["v"]) is None


def test_months_of_another_language_are_read_with_its_locale():
    made = dated("3. März 2024", "14. Oktober 2024", "5. Mai 2024")
    assert (first_export(made)["dates"], first_export(made)["locale"]) == ("%d. %B %Y", "de")


def test_an_unusual_name_of_an_english_month_is_read_as_english():
    made = dated("3 Sept 2024", "14 Oct 2024", "5 May 2024")
    assert first_export(made)["locale"] == "en"


def test_months_of_a_language_that_we_do_not_know_are_asked_about():
    made = dated("3 Xanthi 2024", "14 Oktyabr 2024")
    assert first_export(made)["locale"] == "?"


def test_months_that_two_languages_have_are_asked_about_unless_a_letter_tells_which():
    days = {"Received": ["03 maj 2024", "14 okt 2024"], "Case number": numbers(12)}
    made = drafted(days)
    assert first_export(made)["locale"] == "?"
    assert made.questions[0].endswith("these are so in sv and da and hu")
    made = drafted({**days, "Bekræftet": ["Ja", "Nej"]})
    assert (first_export(made)["locale"], made.questions) == ("da", ())
    for header, locale in (("Rückmeldung", "de"), ("Lezárás közlése", "hu")):
        october = {"Received": ["03 okt 2024"], "Case number": numbers(12), header: ["a"]}
        assert first_export(drafted(october))["locale"] == locale


def test_numbers_are_instants_since_1970_where_the_column_is_called_a_date(tmp_path):
    created = [f"17700{n:02}000000" for n in range(12)]
    times = {"createdAt": created, "doneAt": ["1770099000000", "0"], "amount": created[::-1]}
    made = drafted({"Case number": numbers(12), **times, "closed on": ["1770099000"]})
    export = first_export(made)
    assert (export["dates"], export["date_formats"]) == ("epoch ms", {"closed on": "epoch"})
    assert export["events"]["received"] == "createdAt"
    assert "amount" in export["ignored"]
    assert told(made)["time_zone"] == "Europe/Oslo"


def test_a_month_or_a_year_alone_stands_beside_the_days_where_the_day_is_not_known(tmp_path):
    days = ["45292", "45300", "2024-02", "2023", ""]
    made = drafted({**CASES, "Incident date": days})
    export = first_export(made)
    assert export["columns"]["incident_on"] == "Incident date"
    assert export["date_formats"] == {"Incident date": ["excel", "%Y-%m", "%Y"]}
    (tmp_path / "s.toml").write_text(made.toml, encoding="utf-8")
    assert read_source(tmp_path / "s.toml").exports[0].written.date_forms("Incident date")


def test_numbers_are_excels_days_where_the_column_is_called_a_date():
    made = dated("45292", "45300", Amount=["45292"])
    assert first_export(made)["dates"] == "excel"
    assert "Amount" in first_export(made)["ignored"]


def test_hours_without_a_zone_are_asked_about_and_days_are_not():
    assert told(dated("2024-02-03"))["time_zone"] == "Europe/Oslo"
    assert told(dated("2024-02-03 04:05"))["time_zone"] == "?"
    assert told(dated("2024-02-03T04:05:06Z"))["time_zone"] == "Europe/Oslo"


@pytest.mark.parametrize(
    "written",
    [" 00:00:00+00", "T00:00:00.000Z", " 12:00:00 AM", " 00:00", " 0.00", " 00:00 Uhr"],
)
def test_days_written_as_midnights_are_days_and_stay_on_theirs(written, tmp_path):
    days = [f"2024-02-{day:02}" for day in range(1, 29)]
    made = dated(*(day + written for day in days))
    assert first_export(made)["dates"] == "%Y-%m-%d" + written
    assert "each at midnight, so that they are days" in made.toml
    read = read_forms(pl.Series([day + written for day in days]), "%Y-%m-%d" + written)
    assert read.dt.to_string().to_list() == days


def test_a_few_midnights_are_days_where_another_column_s_are():
    days = [f"2024-02-{day:02}T00:00:00.000Z" for day in range(1, 29)]
    made = dated(*days, Escalated=["", *[""] * 26, "2024-03-04T00:00:00.000Z"])
    assert first_export(made)["dates"] == "%Y-%m-%dT00:00:00.000Z"
    assert "date_formats" not in first_export(made)


def test_a_zone_that_the_columns_are_named_after_is_not_asked_for():
    created = ["2024-02-03 04:05:06"]
    made = drafted({"Case no": numbers(20), "Created At (UTC)": created})
    assert told(made)["time_zone"] == "UTC"
    odd = drafted({"Case no": numbers(20), "Created At (UTC)": created, "Closed at": created})
    assert told(odd)["time_zone"] == "?"


def test_a_word_for_an_end_that_has_not_come_is_no_date():
    made = dated("2024-02-03", Closed=["2024-03-04", "ongoing", "Still open"])
    assert first_export(made)["events"]["closed"] == "Closed"
    assert set(first_export(made)["sentinels"]) == {"ongoing", "Still open"}


def test_one_value_that_is_not_at_midnight_makes_instants_of_all():
    made = dated(*["2024-02-03 00:00:00"] * 20, "2024-02-04 09:30:00")
    assert first_export(made)["dates"] == "%Y-%m-%d %H:%M:%S"


def test_days_that_mean_never_and_marks_that_mean_nothing_are_found():
    made = dated("2024-02-03", Closed=["1970-01-01", "2024-03-04", "n/a"])
    assert first_export(made)["sentinels"] == ["1970-01-01"]
    assert first_export(made)["nulls"] == ["", "n/a"]


@pytest.mark.parametrize("text", ["?", "-", "N/A", "k.A.", "None", "unbekannt", "NULL", r"\N"])
def test_what_is_written_for_nothing_is_known(text):
    assert is_nothing(text)


@pytest.mark.parametrize("text", ["No", "0", "Nantes", "A", "12"])
def test_what_says_something_is_not_taken_for_nothing(text):
    assert not is_nothing(text)


def test_a_step_before_the_receipt_is_told():
    made = dated("2024-02-03", Closed=["2024-01-01", "2024-03-04"])
    assert "in 6 of 12 rows it lies before the receipt" in made.toml


def test_the_language_of_months_is_one_for_a_file_and_stands_at_its_export():
    # "dez" alone would be German; with "fev" it is Portuguese, whatever the form of a column.
    made = dated("03 fev 2024", "14 fev 2024", Closed=["05/dez/24 10:00", "06/dez/24 11:00"])
    export = first_export(made)
    assert export["locale"] == "pt"
    assert export["date_formats"] == {"Closed": "%d/%b/%y %H:%M"}


def test_months_and_years_without_any_day_are_no_column_of_dates():
    assert dates_of(pl.Series(["2024-02", "2023"]), called_a_date=True) is None
