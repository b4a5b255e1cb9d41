"""What a reader is told of a release's protection, and where a figure is withheld."""

import io
import re
from dataclasses import replace
from datetime import date
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest

from dashboard import charts, grids, panels, protection, tables, wording
from dashboard.figure import quarterly
from dashboard.phrases import withheld_words
from dashboard.report import csv, html, pdf, xlsx
from dashboard.report.sheet import render as html_of_sheet
from dashboard.series import Subject, monthly
from dashboard.untold import untold_months
from metrics.release import Release
from tests import pdfs
from tests.releases import QUARTER, release

BEFORE = date(2026, 4, 1)
WHY = "In this quarter the counts of this rule, beside the others, could tell of single cases."
TRIAGE = Subject("deadline_compliance", "share_met", "triage")


def with_withheld(quarter: date = QUARTER, part: str = "triage") -> Release:
    """The public release without one rule in one quarter, as rounding leaves it out."""
    rows = release(base="10").table("figures").to_dicts()
    numbers = ("value", "low", "high", "numerator", "denominator", "missing", "worst", "best")
    hidden: dict[str, Any] = dict.fromkeys(numbers) | {"state": "withheld", "reason": WHY}
    months = [date(quarter.year, quarter.month + i, 1) for i in range(3)]
    figures = [
        row | hidden
        if row["part"] == part
        and (
            (row["period"] == "quarter" and row["period_start"] == quarter)
            or (row["period"] == "month" and row["period_start"] in months)
        )
        else row
        for row in rows
    ]
    gone = {"verdict": "withheld", "short_by": None}
    results = [
        row
        | (gone if (row["commitment"], row["period_start"]) == (part, quarter) else {})
        | ({"previous": None} if row["commitment"] == part else {})
        for row in release(base="10").table("results").to_dicts()
    ]
    return release(audience="public", base="10", figures=figures, results=results)


def words(made: str) -> str:
    """What a reader reads of HTML."""
    return " ".join(re.sub(r"<[^>]+>", " ", made).split())


def test_a_rule_that_is_withheld_says_so_in_the_scorecard_and_why_beneath():
    seen = words(tables.scorecard(with_withheld(), QUARTER))
    row = seen[seen.index("Triage") :]
    row = row[: row.index(WHY) + len(WHY)]
    assert "– Withheld" in row
    assert "withheld [c]" in row
    assert row.endswith(f"Withheld. {WHY}")
    assert "Too few" not in row
    assert WHY not in words(tables.scorecard(release(base="10"), QUARTER))


def test_a_quarter_after_one_that_is_withheld_says_that_it_was():
    made = with_withheld(BEFORE)
    seen = words(tables.scorecard(made, QUARTER))
    assert "withheld then [c]" in seen
    assert "no earlier figure" not in seen
    with ZipFile(io.BytesIO(xlsx.render(made, QUARTER))) as book:
        assert "withheld then [c]" in book.read("xl/sharedStrings.xml").decode()


def test_a_year_after_a_quarter_that_is_withheld_its_figure_is_withheld_too():
    made = with_withheld(date(2025, 7, 1))
    seen = words(tables.scorecard(made, QUARTER))
    assert "Q3 2025 withheld [c]" in seen


def test_why_a_figure_is_withheld_stands_beneath_its_table_by_unit():
    of = ("deadline_compliance", "share_met", "triage", QUARTER, "unit")
    assert f"[c]: withheld. {WHY}" in words(tables.breakdown(with_withheld(), *of))


def test_a_reason_that_says_it_itself_is_not_told_twice():
    said = withheld_words("Withheld to protect the people involved.", "[c]: withheld")
    assert said == "[c]: withheld to protect the people involved."
    assert withheld_words(WHY) == f"Withheld. {WHY}"
    assert withheld_words("") == "Withheld."


def test_what_is_not_shown_is_not_called_safe_to_report():
    said = wording.trust_headline(with_withheld(), QUARTER)
    assert said.startswith("Four of six commitments are safe to report; one has no figure. Use")
    nothing = {"state": "few", "value": None, "worst": None, "best": None}
    rows = [row | nothing for row in release().table("figures").to_dicts()]
    none = release(figures=rows)
    said = wording.trust_headline(none, QUARTER)
    assert said == "None of the six commitments has a figure to report."


def test_months_without_a_figure_are_told_together_with_why():
    rows = monthly(with_withheld(), TRIAGE, until=date(2026, 10, 1))
    assert untold_months(rows) == "No figure: withheld [c] in Jul to Sep 2026."
    assert untold_months(rows.head(20)) == ""


def test_a_run_of_months_may_cross_a_year_and_ends_where_the_reason_does():
    rows = monthly(with_withheld(), TRIAGE, until=date(2026, 10, 1)).with_columns(
        pl.Series("state", [*["ok"] * 12, *["few"] * 7, "ok", "few", *["withheld"] * 2, "ok"])
    )
    assert untold_months(rows) == (
        "No figure: too few to show in Oct 2025 to Apr 2026 and Jun 2026;"
        " withheld [c] in Jul to Aug 2026."
    )


def test_the_chart_of_a_report_says_which_months_it_does_not_show():
    made = with_withheld(BEFORE, "investigate")
    assert "No figure: withheld [c] in Apr to Jun 2026." in html.render(made, QUARTER)
    assert "No figure: withheld [c] in Apr to Jun 2026." in pdfs.words(
        pdf.render(made, QUARTER)
    )


def test_the_audience_reads_what_was_done_to_protect_people():
    told = release(audience="public", base="10")
    assert protection.audience_sentence(told) == (
        "Made for the public. Every count is rounded to a multiple of 10."
    )
    told.manifest["method_in_brief"] = "In brief."
    assert protection.audience_sentence(told) == "Made for the public. In brief."


def test_only_rounded_counts_are_called_approximate():
    assert protection.base_sentence(release()) == ""
    told = release(base="10")
    assert protection.base_sentence(told) == (
        "Counts are rounded to multiples of 10, so they are approximate."
    )
    told.manifest["loose"] = "deadline_compliance:2026-07-01:1"
    assert "In some quarters totals are further off" in protection.base_sentence(told)


def test_what_is_handed_over_alone_says_that_totals_may_be_further_off():
    told = release(base="10", audience="public")
    further = "In some quarters totals are further off than single counts."
    assert further not in html_of_sheet(told, QUARTER) + csv.readme(told)
    told.manifest["loose"] = "deadline_compliance:2026-07-01:1/0"
    assert further in html_of_sheet(told, QUARTER)
    assert further in csv.readme(told)


def test_a_report_says_on_request_how_far_each_count_may_be_off():
    told = release(base="10")
    told.manifest["loose"] = "deadline_compliance:2026-07-01:1"
    page = html.render(told, QUARTER)
    folded = page[page.index(f"<summary>{protection.BOUNDS}") :]
    said = words(folded[: folded.index("</details>")])
    assert "Q3 2026 and its months" in said
    row = said[said.index("Q3 2026 and its months") : said.index("Q2 2026 and its months")]
    assert "19" in row
    assert " 9 " in row
    assert protection.BOUNDS not in html.render(release(), QUARTER)


def test_months_that_are_further_off_than_their_quarter_have_a_row_of_their_own():
    told = release(base="10")
    told.manifest["loose"] = "deadline_compliance:2026-07-01:1/0"
    assert ("Months of Q3 2026", 19) in [
        told_for
        for bound in protection.bounds_of(told)
        for told_for in protection.told_of(told, bound, apart=not bound.is_alike)
    ]
    said = words(protection.bounds(told))
    quarter = said[said.index("Q3 2026") : said.index("Months of Q3 2026")]
    months = said[said.index("Months of Q3 2026") : said.index("Q2 2026 and its months")]
    assert "19" in months
    assert "19" not in quarter
    assert "Q3 2026 and its months" not in said


@pytest.mark.parametrize("made", [release(), release(base="10")], ids=["exact", "rounded"])
def test_the_pdf_points_to_where_bounds_are_told_where_there_are_any(made):
    said = pdfs.words(pdf.render(made, QUARTER))
    assert ("how far each count may be from the truth" in said) == (made.manifest["base"] > "1")


def test_a_count_that_was_rounded_to_nothing_is_not_told_as_none():
    told = release(base="10")
    figure = quarterly(told, QUARTER, "all", "deadline_compliance", "share_met", "triage")
    few = replace(figure, numerator=0)
    assert wording.counts_text(told, few).startswith("few or none of ")
    assert wording.counts_text(release(), few).startswith("0 of ")


@pytest.mark.parametrize(
    ("measure", "value", "exact"),
    [("share_met", 0.0, "0%"), ("share_met", 1.0, "100%"), ("rate", 0.0, "0.00")],
)
def test_none_and_all_of_rounded_counts_are_only_about_that(measure, value, exact):
    figure = quarterly(release(base="10"), QUARTER, "all", "deadline_compliance", "share_met")
    end = replace(figure, state="ok", measure=measure, value=value)
    assert wording.figure_text(end) == f"about {exact}"
    assert wording.figure_text(replace(end, base=1)) == exact
    assert wording.figure_text(replace(end, value=0.5)) in {"50%", "0.50"}


def test_a_chart_says_so_too():
    share = charts.Axis("share", "On time", base=10)
    assert [share.words(value) for value in (0.0, 0.4, 1.0)] == [
        "about 0%",
        "40%",
        "about 100%",
    ]
    assert charts.Axis("cases", "Received", base=10).words(0.0) == "0"


def test_a_miss_of_which_nothing_can_be_drawn_is_one_line():
    few = {"state": "few", "value": None}
    figures = [
        row | (few if row["breakdown"] == "unit" or row["period"] == "month" else {})
        for row in release().table("figures").to_dicts()
    ]
    section = html.attention(release(figures=figures), QUARTER)
    assert section.count("too few for a chart by month or a table by unit") == 2
    assert "By unit there are too few to show." not in section


@pytest.mark.parametrize(("base", "why"), [("1", "chance"), ("10", "rounding")])
def test_a_month_outside_its_range_of_which_nothing_is_made_is_not_called_usual(base, why):
    said = f"outside, but {why} may be why"
    rows = release(base=base).table("signals").to_dicts()
    low = {"value": 0.1, "signal": "usual"}
    last = [
        row | (low if row["period_start"] == date(2026, 8, 1) else {})
        for row in rows
        if row["against"] == "history"
    ]
    made = release(base=base, signals=last)
    missed = html.attention(made, QUARTER)
    assert missed.count(said) == missed.count("<section>")  # of each one month
    figures = [
        row | ({"value": 0.1} if row["period_start"] == date(2026, 8, 1) else {})
        for row in release(base=base).table("figures").to_dicts()
    ]
    made = release(base=base, signals=last, figures=figures)
    months = monthly(made, TRIAGE, until=date(2026, 10, 1))
    axis = charts.Axis("share", "On time", 0.9, "deadline_compliance")
    assert panels.period_table(made, months, axis).count(said) == 1
    before = monthly(release(base=base), TRIAGE, until=date(2026, 10, 1))
    assert said not in panels.period_table(release(base=base), before, axis)


def test_the_key_of_levels_names_a_target_only_where_there_is_one():
    assert "Dashed line: target" in grids.key_of_levels(target=0.8)
    assert "Dashed line" not in grids.key_of_levels(target=None)


def test_the_sheet_for_everybody_tells_protection_in_brief():
    told = release(audience="public", base="10")
    told.manifest["method_in_brief"] = "In brief."
    page = html_of_sheet(told, QUARTER)
    assert "In brief." in page
    assert told.manifest["method_sentence"] not in page
