from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from dashboard import wording
from dashboard.figure import Standing, quarterly, standings
from metrics.release import TABLES, Release
from tests.releases import QUARTER, release


@pytest.fixture(scope="module")
def exact() -> Release:
    return release()


@pytest.fixture(scope="module")
def rounded() -> Release:
    return release(audience="public", base="10")


def standing(known: Release, commitment: str, level: str = "all") -> Standing:
    return next(s for s in standings(known, QUARTER, level) if s.commitment == commitment)


def sentences(known: Release, commitment: str) -> list[str]:
    found = wording.exceptions(known, QUARTER)
    return [f.sentence for f in found if f.commitment == commitment]


@pytest.mark.parametrize(
    ("as_of", "name"),
    [("2026-09-30", "Q3 2026"), ("2026-09-29", "Q3 2026 so far"), ("2026-10-31", "Q3 2026")],
)
def test_a_running_quarter_is_said_to_be_running(as_of: str, name: str):
    assert wording.quarter_in_words(release(as_of=as_of), QUARTER) == name


def test_the_subtitle_speaks_the_organisations_own_word(exact: Release):
    assert wording.subtitle(exact, QUARTER) == (
        "All units · 1 July to 30 September 2026 · 202 concerns received"
        " · data to 31 October 2026"
    )


# The verdict sentence


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ("not_met just_missed just_missed met met met",
         "One of six commitments was not met in Q3, and two were just missed."),
        ("not_met not_met met", "Two of three commitments were not met in Q3."),
        ("just_missed met", "One of two commitments was just missed in Q3."),
        ("met met met", "All three commitments were met in Q3."),
        ("met met", "Both commitments were met in Q3."),
        ("met", "The only commitment was met in Q3."),
        ("met_narrowly", "The only commitment was narrowly met in Q3."),
        ("met met_narrowly met_narrowly",
         "All three commitments were met in Q3, two of them narrowly."),
        ("met_narrowly met_narrowly met_narrowly",
         "All three commitments were met in Q3, all of them narrowly."),
        ("not_met not_met not_met", "None of the three commitments was met in Q3."),
        ("not_met not_met", "Neither of the two commitments was met in Q3."),
        ("not_met", "The only commitment was not met in Q3."),
        ("just_missed just_missed", "Both commitments were just missed in Q3."),
        ("too_few cannot_say", "Neither of the two commitments can be judged in Q3."),
        ("met withheld",
         "One of two commitments was met in Q3; one could not be judged."),
        ("no_data", "The only commitment cannot be judged in Q3."),
        ("met met too_few",
         "Two of three commitments were met in Q3; one could not be judged."),
        ("not_met just_missed too_few met",
         "One of four commitments was not met in Q3, one was just missed, and one could not be"
         " judged."),
        ("", "No commitment has been declared, so none is judged in Q3."),
    ],
)  # fmt: skip
def test_the_headline_counts_commitments_in_words(verdicts: str, sentence: str):
    assert wording.verdict_sentence(verdicts.split(), "Q3") == sentence


def test_the_headline_is_about_the_quarter_asked_for(exact: Release):
    assert wording.headline(exact, QUARTER) == (
        "One of six commitments was not met in Q3 2026, and one was just missed."
    )
    assert wording.headline(exact, date(2025, 7, 1)).startswith(
        "One of six commitments was just"
    )


def test_the_headline_of_a_unit_names_it(exact: Release):
    assert wording.headline(exact, QUARTER, "legal") == (
        "Legal: none of the six commitments can be judged in Q3 2026."
    )


def test_every_verdict_has_a_word_and_a_symbol():
    codes = "met met_narrowly just_missed not_met too_few cannot_say not_assessable no_data"
    for code in [*codes.split(), "withheld"]:
        assert wording.verdict_word(code)
        assert wording.verdict_symbol(code)


# What needs attention


def test_a_miss_says_by_how_much_and_whose_it_is(exact: Release):
    assert sentences(exact, "investigate") == [
        "63% against a target of 80%. 33 more on time would have met it."
        " Owner: Investigations lead."
    ]


def test_one_more_is_singular_and_a_word(exact: Release):
    assert sentences(exact, "inform") == [
        "89.6% against a target of 90%. One more on time would have met it."
        " Owner: Ethics office."
    ]


def test_satisfaction_is_short_of_answers_and_not_of_time(exact: Release):
    row = replace(standing(exact, "satisfaction"), short_by=1)
    assert "One more satisfied answer would have met it." in wording.miss_sentence(exact, row)
    row = replace(row, short_by=2)
    assert "Two more satisfied answers would have met it." in wording.miss_sentence(exact, row)


def test_a_commitment_without_an_owner_names_none(exact: Release):
    row = replace(standing(exact, "inform"), owner="")
    assert "Owner" not in wording.miss_sentence(exact, row)


def test_the_worst_is_said_first_and_cautions_last(exact: Release):
    found = [(f.kind, f.commitment) for f in wording.exceptions(exact, QUARTER)]
    assert found == [
        ("missed", "investigate"),
        ("missed", "inform"),
        ("caution", "satisfaction"),
        ("note", "acknowledge"),
    ]


def test_rounded_counts_never_say_exactly_how_many_more(rounded: Release):
    (sentence,) = sentences(rounded, "investigate")
    assert "About 30 more on time would have met it." in sentence
    (sentence,) = sentences(rounded, "inform")
    assert "The gap is smaller than the rounding of these counts." in sentence


def judged(known: Release, value: float, worst: float, best: float, missing: int) -> str:
    row = standing(known, "acknowledge")
    figure = replace(row.figure, value=value, worst=worst, best=best, missing=missing)
    return wording.caution_of(known, replace(row, target=0.9, figure=figure))


def test_unknown_dates_are_counted_and_their_worst_case_is_told(exact: Release):
    assert judged(exact, 0.96, 0.71, 0.97, 121) == (
        "121 deadlines cannot be judged because a date they need is missing. If all of them"
        " had been late, the result would be 71%, below the target of 90%."
    )


def test_unknown_dates_that_could_not_turn_the_result_say_so(exact: Release):
    assert judged(exact, 0.96, 0.91, 0.97, 20).endswith("would be 91%, still on target.")
    assert judged(exact, 0.5, 0.4, 0.6, 20).endswith("would be 60%, still below target.")


def test_unknown_dates_could_also_have_been_met(exact: Release):
    assert judged(exact, 0.88, 0.85, 0.92, 9).endswith(
        "If all of them had been on time, the result would be 92%, which meets the target."
    )


@pytest.mark.parametrize(
    ("worst", "best", "flips"),
    [(0.9, 0.95, False), (0.89, 0.95, True), (0.8, 0.9, True), (0.8, 0.89, False)],
)
def test_a_result_could_flip_if_the_target_lies_above_its_worst_and_within_its_best(
    exact: Release, worst: float, best: float, flips: object
):
    row = standing(exact, "acknowledge")
    figure = replace(row.figure, worst=worst, best=best)
    assert wording.could_flip(replace(row, target=0.9, figure=figure)) == flips


def test_one_unknown_date_is_singular(exact: Release):
    assert judged(exact, 0.9, 0.895, 0.91, 1) == (
        "One deadline cannot be judged because a date it needs is missing. If it had been"
        " late, the result would be 89.5%, below the target of 90%."
    )


def test_a_few_unknown_dates_that_change_nothing_are_not_worth_saying(exact: Release):
    assert judged(exact, 0.96, 0.95, 0.97, 1) == ""


def test_unknown_dates_are_rounded_for_rounded_audiences(rounded: Release):
    assert judged(rounded, 0.96, 0.71, 0.97, 120).startswith("About 120 deadlines cannot")


def test_silence_is_named_as_silence(exact: Release):
    assert sentences(exact, "satisfaction") == [
        "40% of those asked answered. Had everybody answered, the result could be anywhere"
        " from 27% to 87%."
    ]


def test_a_verdict_that_cannot_be_given_points_at_the_checks(exact: Release):
    row = replace(standing(exact, "triage"), verdict="cannot_say")
    assert "failed data check" in wording.caution_of(exact, row)


# Units


def test_a_unit_is_named_only_where_the_signals_name_it(exact: Release):
    row = standing(exact, "investigate")
    assert wording.unit_headline(exact, QUARTER, row) == (
        "Finish investigation within 60 days: Field operations stands out at 40%"
    )
    row = standing(exact, "inform")
    assert wording.unit_headline(exact, QUARTER, row).endswith("no single unit stands out")


def with_signals(**signals: str) -> Release:
    rows = [
        dict.fromkeys(TABLES["signals"]) | {
            "metric": "deadline_compliance", "measure": "share_met", "part": "inform",
            "breakdown": "unit", "level": level, "period": "quarter", "period_start": QUARTER,
            "against": "units", "value": 0.5, "signal": signal,
        }
        for level, signal in signals.items()
    ]  # fmt: skip
    return release(signals=rows)


def test_several_units_may_stand_out():
    known = with_signals(field_operations="worse", legal="worse", customer_service="better")
    assert wording.unit_headline(known, QUARTER, standing(known, "inform")).endswith(
        "Field operations (50%) and Legal (50%) stand out"
    )


def test_a_unit_that_does_better_is_said_to_do_better():
    known = with_signals(field_operations="better", legal="usual")
    assert wording.unit_headline(known, QUARTER, standing(known, "inform")).endswith(
        "Field operations stands out as better, at 50%"
    )


def test_units_that_were_not_compared_are_not_said_to_be_alike():
    known = with_signals()
    assert wording.unit_headline(known, QUARTER, standing(known, "inform")).endswith(
        "too few concerns to compare units"
    )


# Counts, trust, checks and method


def test_counts_are_about_where_they_are_rounded(exact: Release, rounded: Release):
    assert wording.counts_text(exact, standing(exact, "acknowledge").figure) == "189 of 197"
    text = wording.counts_text(rounded, standing(rounded, "acknowledge").figure)
    assert text == "about 190 of 200"


def test_counts_name_what_they_count(exact: Release):
    rate = quarterly(exact, QUARTER, "all", "report_frequency", "rate")
    assert wording.counts_text(exact, rate) == "202 concerns, 1,500 people"
    median = quarterly(exact, QUARTER, "all", "time_to_resolution", "median")
    assert wording.counts_text(exact, median) == "156 of 198 resolved"


def test_counts_of_a_figure_that_is_not_shown_are_not_shown(exact: Release):
    few = quarterly(exact, QUARTER, "legal", "satisfaction", "top_two")
    assert few.numerator is not None
    assert wording.counts_text(exact, few) == ""


def test_only_what_could_turn_a_result_is_unsafe_to_report(exact: Release):
    assert wording.trust_headline(exact, QUARTER) == (
        "Five of six commitments are safe to report."
        " Use “Satisfied with how it was handled” with caution."
    )


def test_the_checks_are_counted():
    assert wording.checks_sentence(release()) == (
        "Two of five data checks passed, two found something wrong and one had nothing to"
        " examine."
    )
    assert wording.checks_sentence(release(verdicts=[])) == "No data check was run."


def test_checks_that_all_passed_are_one_sentence():
    rows = release().table("verdicts").with_columns(outcome=pl.lit("passed")).to_dicts()
    assert wording.checks_sentence(release(verdicts=rows)) == "All five data checks passed."
    assert wording.checks_sentence(release(verdicts=rows[:1])) == "The one data check passed."


def test_the_method_says_that_overdue_cases_count_as_late(exact: Release):
    assert "overdue open concerns count as late" in wording.method_note(exact)
