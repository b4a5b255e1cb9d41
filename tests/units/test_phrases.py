from datetime import date
from typing import Any

import pytest

from dashboard import wording
from dashboard.figure import Figure, find_figure
from dashboard.phrases import (
    MEASURE_UNITS,
    in_words,
    interval_text,
    listed,
    moved_by,
    span_text,
)
from metrics.catalog import METRICS
from metrics.release import Release
from tests.releases import QUARTER, release


@pytest.fixture(scope="module")
def exact() -> Release:
    return release()


# Numbers


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_figure_is_told_in_the_unit_of_its_measure(metric):
    told = {each.name: MEASURE_UNITS.get(each.name, "share") for each in metric.measures}
    assert told == {each.name: each.unit for each in metric.measures}


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.68, "68%"), (0.685, "69%"), (1, "100%"), (0, "0%"), (0.996, "99.6%"), (0.004, "0.4%"),
     (0.99999, "over 99.9%"), (0.00001, "under 0.1%")],
)  # fmt: skip
def test_a_share_is_never_rounded_to_all_or_none(value: float, words: str):
    assert wording.share(value) == words


@pytest.mark.parametrize(
    ("value", "goal", "words"),
    [(0.896, 0.9, "89.6%"), (0.8999, 0.9, "just under 90%"), (0.884, 0.9, "88%"),
     (0.9, 0.9, "90%"), (0.9243, 0.924, "92.4%"), (0.92, 0.925, "92%")],
)  # fmt: skip
def test_a_share_never_reads_as_its_target_while_it_is_below_it(
    value: float, goal: float, words: str
):
    assert wording.share(value, beside=goal) == words


@pytest.mark.parametrize(
    ("value", "words"), [(41, "41 days"), (1, "1 day"), (41.5, "41.5 days")]
)
def test_days_have_a_singular(value: float, words: str):
    assert wording.days(value) == words


@pytest.mark.parametrize(("value", "words"), [(1.567, "1.57"), (13.46, "13.5"), (0, "0.00")])
def test_a_rate_has_three_digits(value: float, words: str):
    assert wording.rate(value) == words


def test_a_count_has_its_thousands_apart():
    assert wording.count(2163) == "2,163"


def test_numbers_are_words_up_to_ten():
    assert [in_words(n) for n in (0, 1, 10, 11, 1200)] == ["no", "one", "ten", "11", "1,200"]


def test_a_list_ends_with_and():
    assert [listed(list("abc"[:n])) for n in (0, 1, 2, 3)] == ["", "a", "a and b", "a, b and c"]


# States


@pytest.mark.parametrize(
    ("state", "words"),
    [("few", "too few to show"), ("withheld", "withheld [c]"), ("not_reached", "not reached"),
     ("no_data", "no data"), ("not_assessable", "not assessable"),
     ("not_comparable", "not comparable")],
)  # fmt: skip
def test_a_figure_without_a_value_says_why(state: str, words: str):
    assert wording.figure_text({"measure": "share_met", "state": state, "value": None}) == words


@pytest.mark.parametrize(
    ("measure", "value", "words"),
    [("share_met", 0.68, "68%"), ("median", 48, "48 days"), ("rate", 1.5, "1.50"),
     ("reports", 1202, "1,202")],
)  # fmt: skip
def test_a_figure_is_printed_in_its_unit(measure: str, value: float, words: str):
    assert wording.figure_text({"measure": measure, "state": "ok", "value": value}) == words


def test_a_figure_that_is_not_in_the_release_is_no_data(exact: Release):
    nothing = find_figure(exact, metric="luck", measure="share_met", period="quarter")
    assert wording.figure_text(nothing) == "no data"


def interval(measure: str, low: float | None, high: float | None) -> str:
    row: dict[str, Any] = {"measure": measure, "state": "ok", "low": low, "high": high}
    return interval_text(Figure.of(row))


def test_an_interval_without_an_end_says_or_more():
    assert interval("median", 43, None) == "43 days or more"


def test_an_interval_names_its_unit_once():
    assert interval("median", 43, 54) == "43 to 54 days"
    assert interval("share_met", 0.62, 0.71) == "62% to 71%"
    assert interval("reports", None, None) == ""


# Periods


@pytest.mark.parametrize(
    ("begins", "start", "name"),
    [(1, date(2026, 7, 1), "Q3 2026"), (4, date(2026, 10, 1), "Q3 2026/27"),
     (4, date(2026, 1, 1), "Q4 2025/26"), (10, date(1999, 10, 1), "Q1 1999/00")],
)  # fmt: skip
def test_a_quarter_is_named_in_the_organisations_year(begins: int, start: date, name: str):
    known = release(fiscal_year_start_month=str(begins))
    assert wording.quarter_name(known, start) == name


@pytest.mark.parametrize(
    ("period", "name"),
    [("month", "July 2026"), ("quarter", "Q3 2026"), ("year", "2026"),
     ("whole", "1 July to 30 September 2026")],
)  # fmt: skip
def test_every_period_has_a_name(exact: Release, period: str, name: str):
    assert wording.period_name(exact, period, QUARTER, date(2026, 10, 1)) == name


def test_the_days_of_a_period_end_before_its_end():
    assert span_text(date(2025, 12, 1), date(2026, 1, 1)) == "1 December to 31 December 2025"
    assert (
        span_text(date(2025, 12, 1), date(2026, 2, 1)) == "1 December 2025 to 31 January 2026"
    )


# Changes


@pytest.mark.parametrize(
    ("previous", "value", "signal", "words"),
    [
        (0.78, 0.68, "worse", ("down 10 pts", "worse than usual")),
        (0.94, 0.95, "usual", ("up 1 pt", "within usual variation")),
        (0.944, 0.9449, "usual", ("unchanged", "within usual variation")),
        (0.68, 0.73, "worse", ("up 5 pts", "still worse than usual")),
        (0.73, 0.73, "worse", ("unchanged", "still worse than usual")),
        (0.97, 0.94, "better", ("down 3 pts", "still better than usual")),
        (0.5, 0.9, "", ("up 40 pts", "")),
        (None, 0.9, "usual", ("no earlier figure", "")),
        (0.9, None, "usual", ("", "")),
    ],
)
def test_a_change_has_a_trend_word_only_with_a_signal(
    previous: float | None, value: float | None, signal: str, words: tuple[str, str]
):
    assert wording.change_text(previous, value, signal) == words


def test_more_days_are_worse_where_fewer_are_better():
    worse = wording.change_text(41, 48, "worse", unit="days", better="lower")
    assert worse == ("up 7 days", "worse than usual")


def test_changes_are_in_the_unit_of_the_figure():
    assert moved_by(41, 48, "days") == "up 7 days"
    assert moved_by(41, 40, "days") == "down 1 day"
    assert moved_by(1.5, 1.75, "per_100_people") == "up 0.25"
