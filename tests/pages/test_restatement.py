"""What the audit page says of figures that are told otherwise than in the last release."""

from datetime import date

from dashboard import restatement
from tests.pages.reading import words
from tests.releases import release

COMPARED = {"restated_from": "0001-2026-07-31-committee-abc", "restated_as_of": "2026-07-31"}
MOVED = {
    "metric": "deadline_compliance",
    "measure": "share_met",
    "part": "triage",
    "breakdown": "all",
    "level": "all",
    "period": "quarter",
    "period_start": date(2026, 1, 1),
    "cause": "late",
    "before": 0.8,
    "now": 0.75,
    "by": -0.02,
    "count_before": 80,
    "count_now": 81,
    "count_by": 3,
    "of_before": 100.0,
    "of_now": 108.0,
    "of_by": 8.0,
}
CORRECTED = MOVED | {"cause": "corrected", "by": -0.03, "count_by": -2, "of_by": 0.0}
OLDER = MOVED | {"period_start": date(2025, 10, 1), "cause": "happened_since"}


def test_a_first_release_says_that_it_restates_nothing():
    said = restatement.sentence(release(restated_from="", restated_as_of=""))
    assert said == "Nothing was told before, so this release restates nothing."


def test_a_release_that_moves_nothing_says_since_when():
    said = restatement.sentence(release(**COMPARED))
    assert said == (
        "Since the release with data to 31 July 2026, no figure of a past quarter is told"
        " otherwise."
    )


def test_a_rounded_release_says_where_late_cases_are_told():
    said = restatement.sentence(release(**COMPARED, audience="public", base="10"))
    assert said.endswith(
        " A quarter keeps the counts that it was told with; concerns that come late are"
        " counted in the quarter that is told next."
    )


def test_the_sentence_counts_figures_and_their_causes():
    moved = release(**COMPARED, restatements=[MOVED, CORRECTED, OLDER])
    assert restatement.sentence(moved) == (
        "Since the release with data to 31 July 2026, one figure of a past quarter is told"
        " otherwise: late cases (1) and corrections (1)."
    )
    assert restatement.matured(moved) == (
        "One more figure moved only by what has happened to concerns since."
    )


def test_the_table_says_then_now_and_how_much_for_which_cause():
    said = restatement.table(release(**COMPARED, restatements=[MOVED, CORRECTED, OLDER]))
    for part in (
        "Triage within 7 days, Q1 2026",
        "80% (80 of 100)",
        "75% (81 of 108)",
        "late cases: +3 of +8; corrections: −2 of 0",
    ):
        assert part in said
    assert "Q4 2025" not in said


def test_a_share_that_allows_for_open_cases_is_told_without_counts_that_are_not_its_own():
    still_open = MOVED | {"metric": "time_to_resolution", "measure": "open_60", "part": ""}
    said = restatement.table(release(**COMPARED, restatements=[still_open | {"of_now": 200.0}]))
    assert "late cases: −2 points" in said
    assert "81 of 200" not in said


def test_causes_that_cannot_be_told_apart_are_told_together():
    both = MOVED | {"cause": "rule+definition"}
    said = restatement.table(release(**COMPARED, restatements=[both]))
    assert "another rule or another definition: +3 of +8" in said


def test_the_audit_page_says_it(opened):
    said = words(opened())
    assert "What is told otherwise than last time" in said
    assert "Nothing was told before, so this release restates nothing." in said
