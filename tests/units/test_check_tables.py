"""What the page about data quality says of figures and of checks, and of nobody's case."""

import re
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import unquote

import polars as pl
import pytest

from dashboard import (
    check_tables,
    doubt_places,
    grids,
    other_figures,
    quality_tables,
    wording,
)
from dashboard.figure import standings
from metrics.release import Release
from tests.releases import QUARTER, release

CHECK = "acknowledged_has_date"


def words(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "|", html)))


def consequence(**changed: Any) -> dict[str, Any]:
    """What the checks mean for 'acknowledge' in the quarter."""
    return {
        "metric": "deadline_compliance",
        "measure": "share_met",
        "part": "acknowledge",
        "breakdown": "all",
        "level": "all",
        "period": "quarter",
        "period_start": QUARTER,
        "affected": 14,
        "absent": 0,
        "low": 0.91,
        "high": 0.98,
        "use": "caution",
        "checks": [CHECK],
        "reason": "Rows in doubt could move it further than chance would.",
    } | changed


def incident(**changed: Any) -> dict[str, Any]:
    return {
        "cause": CHECK,
        "title": "Every acknowledged concern has its date",
        "severity": "warning",
        "owner": "Intake desk",
        "status": "open",
        "first_seen": date(2026, 6, 9),
        "last_seen": date(2026, 10, 31),
        "runs": 3,
    } | changed


def history(*failing: int | None) -> list[dict[str, Any]]:
    return [
        {
            "name": CHECK,
            "run": run,
            "as_of": date(2026, run, 28),
            "outcome": "passed" if n == 0 else "failed",
            "failing": n,
        }
        for run, n in enumerate(failing, start=1)
    ]


def acknowledge(known):
    return next(row for row in standings(known, QUARTER) if row.commitment == "acknowledge")


def test_a_figure_in_doubt_is_named_in_the_first_sentence():
    known = release(consequences=[consequence()], incidents=[incident()])
    said = words(grids.trust_panel(known, QUARTER))
    name = acknowledge(known).title
    assert f"“{name}”" in wording.trust_headline(known, QUARTER)
    assert "Owner: Intake desk." in said
    assert "Seen since the data of 9 June 2026." in said


def test_the_range_of_a_figure_is_the_one_that_the_checks_allow():
    known = release(consequences=[consequence()])
    figure = acknowledge(known).figure
    assert quality_tables.range_text(known, figure) == "91% to 98%"


@pytest.mark.parametrize(
    ("use", "badge"), [("fit", "Safe"), ("caution", "Caution"), ("not_fit", "Not fit")]
)
def test_a_figure_is_safe_or_used_with_caution_or_not_fit(use, badge):
    known = release(consequences=[consequence(use=use)])
    assert badge in words(quality_tables.use_cell(known, acknowledge(known)).html)


def test_each_kind_of_check_says_what_it_found_for_each_figure():
    said = words(quality_tables.trust(release(), QUARTER))
    assert "Dates in order|" in said
    assert "264 rows" in said


def test_counts_of_rows_that_are_withheld_are_not_told_beside_a_figure():
    hidden = [
        row | {"failing": None, "examined": None}
        for row in release().table("verdicts").to_dicts()
    ]
    known = release(verdicts=hidden)
    # The same word as in the list of checks.
    assert "Warning" in words(quality_tables.trust(known, QUARTER))
    assert "264" not in quality_tables.trust(known, QUARTER)


def test_the_last_runs_of_a_check_are_drawn_and_told_in_words():
    html = check_tables.bars_cell(release(check_history=history(0, 200, 264)), CHECK).html
    assert (
        'alt="Failed in two of the last three runs; rows failing, oldest first: 0, 200, 264"'
        in html
    )
    drawing = unquote(html.split('src="data:image/svg+xml,')[1].split('"')[0])
    assert drawing.count("<rect") == 2


def test_no_more_than_twelve_runs_are_shown():
    rows = [row | {"run": run} for run, row in enumerate(history(*[5] * 9) * 2)]
    html = check_tables.bars_cell(release(check_history=rows), CHECK).html
    assert "of the last 12 runs" in html


def protected() -> Release:
    """A release of which two checks are told, and nothing of the others."""
    rows = [
        row
        | {"failing": None, "examined": None}
        | ({} if row["outcome"] == "failed" else {"outcome": "untold"})
        for row in release().table("verdicts").to_dicts()
    ]
    return release(verdicts=rows, check_history=[])


def test_where_little_is_told_of_the_checks_the_page_says_so():
    said = words(check_tables.checks(protected()))
    assert (
        "Two of five checks found something wrong in many cases. Faults of few cases, and what"
        " other checks found, are told only where counts are exact." in said
    )
    assert "Three checks of which nothing is told" in said
    assert "Passed" not in said
    assert "no run on record" not in said
    assert "[c]" not in said
    assert "So is how many rows are at fault, since when" in said


def test_a_figure_whose_checks_are_not_told_has_not_passed_them():
    rows = protected().table("verdicts").with_columns(outcome=pl.lit("untold")).to_dicts()
    said = words(quality_tables.trust(release(verdicts=rows), QUARTER))
    assert "Pass" not in said
    # A column of nothing but "[c]" is a sentence.
    assert "[c]" not in said
    assert "What checks of these kinds found (dates in order): told only where" in said
    assert "no range and no caution here allows for them" in said


def test_a_check_that_never_ran_before_says_so():
    assert "no run on record" in check_tables.bars_cell(release(), CHECK).html


def test_an_opened_check_says_what_it_claims_why_and_how():
    said = words(check_tables.opened(release(incidents=[incident()]), CHECK))
    for part in (
        "Every acknowledged concern has its date",
        "A deadline without its date cannot be judged.",
        "not so for 264 of 4,012",
        "counted beside the figures",
        "Owner|",
        "Intake desk",
        "Open since the data of 9 June 2026, seen in three runs.",
        "select snapshot, line from core.deadlines",
    ):
        assert part in said


ROWS = [
    {"name": CHECK, "source": "beacon", "export": "cases", "snapshot": 1, "line": line,
     "happened_on": QUARTER}
    for line in (120, 121)
]  # fmt: skip
PLACES = [
    {"name": CHECK, "breakdown": "channel", "level": level, "failing": n}
    for level, n in (("web_form", 200), ("telephone", 64))
]


def test_the_committee_sees_where_the_rows_stand():
    said = words(check_tables.opened(release(row_places=ROWS, fault_places=PLACES), CHECK))
    assert "Channel|" in said
    assert "web_form|" in said
    assert "200 of 264" in said
    assert "beacon, cases|" in said
    assert "|120|" in said


def test_nobody_else_sees_where_the_rows_stand():
    known = release(audience="public", base="10", row_places=ROWS, fault_places=PLACES)
    html = check_tables.opened(known, CHECK)
    assert "[c]: where its rows stand is told only to who may see the cases." in words(html)
    assert "120" not in html
    assert "200" not in html


def test_what_failed_stands_first_among_the_checks_to_open():
    names = list(check_tables.choices(release()))
    assert set(names[:2]) == {"acknowledged_has_date", "dates_in_order"}


def test_rows_in_doubt_are_placed_where_more_than_half_of_them_are():
    cells = [
        {"metric": "deadline_compliance", "part": "acknowledge", "breakdown": breakdown,
         "level": level, "month": QUARTER, "outcome": outcome, "band": -1, "n": n}
        for breakdown, level, outcome, n in (
            ("all", "all", "not_assessable", 8), ("all", "all", "met_unsure", 2),
            ("all", "all", "met", 90),
            ("unit", "customer_service", "not_assessable", 8),
            ("unit", "legal", "met_unsure", 2),
        )
    ]  # fmt: skip
    said = words(doubt_places.where(release(cubes=cells), QUARTER))
    assert "|10|" in said
    assert "Customer service (8)" in said
    assert "July 2026 (10)" in said


def test_without_a_row_in_doubt_nothing_is_placed():
    assert doubt_places.where(release(), QUARTER) == ""


def test_each_delivery_is_reconciled_in_a_sentence():
    (row,) = release().table("deliveries").to_dicts()
    known = release(deliveries=[row, row | {"export": "surveys", "rows_repeated": 1}])
    said = words(quality_tables.deliveries(known))
    assert (
        "Beacon, cases: 2,110 rows received = 2,100 used + 3 unreadable + 7 exact repeats."
        in said
    )
    assert "+ 1 exact repeat." in said
    assert "left out" not in said.lower()


def test_where_counts_of_rows_are_withheld_deliveries_are_named():
    (row,) = release().table("deliveries").to_dicts()
    hidden = row | dict.fromkeys(
        ("rows_in", "rows_loaded", "rows_rejected", "rows_repeated", "fingerprint")
    )
    known = release(deliveries=[hidden, hidden | {"export": "surveys"}])
    said = words(quality_tables.deliveries(known))
    assert "[c]" not in said
    assert "|cases and surveys|" in said
    assert said.count("|beacon|") == 1


def test_rows_that_a_source_declares_to_be_no_cases_are_counted():
    (row,) = release().table("deliveries").to_dicts()
    others = row | {"export": "issues", "rows_in": 2_160, "rows_left_out": 50}
    said = words(quality_tables.deliveries(release(deliveries=[row, others])))
    assert "7 exact repeats + 50 left out." in said
    assert "14 exact repeats, 50 left out as no cases." in said
    assert "accounted for." not in said
    assert "|Left out|" in said


# Figures that are no commitment


def median(**changed: Any) -> dict[str, Any]:
    """What the checks mean for the median time to resolution of the quarter."""
    place = {"metric": "time_to_resolution", "measure": "median", "part": ""}
    return consequence(**place, **{"low": 40.0, "high": None, "affected": 3} | changed)


def test_other_figures_are_counted_by_use_and_those_that_need_care_are_listed():
    told = words(other_figures.others(release(consequences=[consequence(), median()]), QUARTER))
    assert "Of 1 other figure of the quarter 0 are safe, one to be used with caution." in told
    assert "40 days or more" in told


def test_a_figure_whose_fault_nobody_can_bound_says_so():
    unbounded = median(low=None, high=None)
    told = words(other_figures.others(release(consequences=[unbounded]), QUARTER))
    assert "nobody can say" in told


def test_figures_that_no_row_in_doubt_could_move_are_not_listed():
    fit = median(use="fit", low=None, high=None, affected=0)
    told = other_figures.others(release(consequences=[fit]), QUARTER)
    assert "The one other figure of the quarter is safe." in told
    assert "<table" not in told


def test_without_other_figures_nothing_is_said():
    assert other_figures.others(release(consequences=[]), QUARTER) == ""
