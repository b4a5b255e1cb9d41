from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import links


@given(
    first=st.integers(min_value=0, max_value=1200),
    second=st.integers(min_value=0, max_value=1200),
    begins=st.integers(min_value=1, max_value=12),
)
def test_two_quarters_never_share_a_code(first, second, begins):
    codes = []
    for number in (first, second):
        months = begins - 1 + 3 * number
        start = date(1900 + months // 12, months % 12 + 1, 1)
        codes.append(links.quarter_code(start, fiscal_year_start_month=begins))
    assert (codes[0] == codes[1]) == (first == second)


@pytest.mark.parametrize(
    ("start", "begins", "code"),
    [
        (date(2026, 7, 1), 1, "2026Q3"),
        (date(2026, 7, 1), 4, "2026Q2"),
        (date(2026, 1, 1), 4, "2025Q4"),
    ],
)
def test_a_quarter_is_named_after_the_year_in_which_the_organisations_year_begins(
    start, begins, code
):
    assert links.quarter_code(start, fiscal_year_start_month=begins) == code


@given(asked=st.text())
def test_whatever_a_link_asks_for_only_what_is_published_is_chosen(asked):
    chosen = links.choose(
        {"unit": asked}, "unit", among=("all", "legal"), otherwise="all", words="unit"
    )
    assert chosen.code in {"all", "legal"}
    assert (chosen.notice is None) == (asked in {"all", "legal"})


def test_a_link_that_asks_for_nothing_gets_the_usual_without_a_notice():
    chosen = links.choose({}, "unit", among=("all",), otherwise="all", words="unit")
    assert chosen == links.Chosen("all")


def test_months_and_years_have_codes_too():
    assert links.period_code("month", date(2026, 7, 1)) == "2026-07"
    assert links.period_code("quarter", date(2026, 7, 1)) == "2026Q3"
    assert links.period_code("year", date(2026, 4, 1), fiscal_year_start_month=4) == "2026"
