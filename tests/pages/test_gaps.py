"""The page of process gaps, on a release made of cases: who skips triage, and who is small."""

import re
from pathlib import Path

import pytest

from metrics.disclosure.policy import Policy
from tests.pages.reading import charts, words
from tests.specs.measured import after, published

RULES = """
[[deadline]]
name = "triage"
title = "Triage within 5 days"
from = "received"
to = "triaged"
within = 5
unit = "calendar_days"
basis = "Policy, section 1"

[procedure]
steps = ["received", "triaged", "decided", "resolved"]
mandatory = ["triaged"]
four_eyes = [["triaged", "decided"]]
basis = "Policy, section 3"
"""
REFERENCE = re.compile(r"C-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}")
CASES = {"north": 40, "south": 40, "east": 40, "archive": 4}


def told(*, skipping: str) -> dict[str, str]:
    """Cases of one quarter in four units; half of those of `skipping` were never triaged."""
    cases, events = ["case | unit"], ["case | kind | on"]
    for unit, count in CASES.items():
        for number in range(count):
            name, day = f"{unit}{number}", after("2024-01-02", 2 * number)
            cases.append(f"{name} | {unit}")
            events.append(f"{name} | received | {day}")
            if unit != skipping or number % 2:
                events.append(f"{name} | triaged | {after(day, 3)}")
            if number != 39:
                events.append(f"{name} | decided | {after(day, 10)}")
                events.append(f"{name} | resolved | {after(day, 12)}")
    return {"cases": "\n".join(cases), "events": "\n".join(events)}


def shelf(folder: Path, *, skipping: str, policy: Policy | None = None) -> Path:
    policy = policy or Policy("committee", "identity", min_denominator=10)
    span = {"as_of": "2024-06-30", "coverage_from": "2024-01-01"}
    published(folder, **span, rules=RULES, policy=policy, **told(skipping=skipping))
    return folder / "releases"


@pytest.fixture(scope="module")
def skipped(tmp_path_factory) -> Path:
    return shelf(tmp_path_factory.mktemp("skipped"), skipping="north")


def test_the_headline_names_the_step_and_the_unit_that_chance_does_not_explain(opened, skipped):
    said = words(opened("20_gaps", folder=skipped, quarter="2024Q1"))
    assert "The largest gap in Q1 2024: the step “triaged” is skipped, north." in said
    assert "20 of 121 cases that could be judged have no record of this step." in said
    assert "north: 20 of 39, more than chance explains for its size." in said


def test_a_small_unit_that_skips_is_not_named(opened, tmp_path):
    # 2 of 4 is half of the archive's cases, as before it was of north's.
    folder = shelf(tmp_path, skipping="archive")
    said = words(opened("20_gaps", folder=folder, quarter="2024Q1"))
    assert "The largest gap in Q1 2024: the step “triaged” is skipped." in said
    assert "No single unit stands out" in said
    assert "fewer than 10 to judge" in said


def test_where_nothing_fails_the_page_says_so(opened, tmp_path):
    folder = shelf(tmp_path, skipping="")
    said = words(opened("20_gaps", folder=folder, quarter="2024Q1"))
    assert "No gap was found in the cases of Q1 2024." in said


def test_units_and_steps_stand_in_a_table_marked_by_chance(opened, skipped):
    said = words(opened("20_gaps", folder=skipped, quarter="2024Q1"))
    assert "Skipped, by unit and step" in said
    assert "■ 51% 20 of 39" in said
    # None of the others': less than chance explains, too.
    assert "▲ 0% 0 of 39" in said


def test_the_waits_stand_with_their_limit_and_the_cases_that_still_wait(opened, skipped):
    said = words(opened("20_gaps", folder=skipped, quarter="2024Q1"))
    assert "Received to triaged" in said
    assert "5 calendar days" in said
    assert "Half within 3 days" in said
    # Case 39 of each large unit was triaged and never decided.
    assert "Still waiting 3" in said


def test_what_is_not_recorded_is_said_and_is_no_zero(opened, skipped):
    said = words(opened("20_gaps", folder=skipped, quarter="2024Q1"))
    assert "Not assessable" in said
    assert "done by the same person (triaged and decided)" in said


def test_an_audience_of_rounded_counts_is_told_why_it_sees_no_gaps(opened, tmp_path):
    policy = Policy("public", "rounding", min_denominator=50, base=5)
    folder = shelf(tmp_path, skipping="north", policy=policy)
    test = opened("20_gaps", folder=folder, audiences="public", quarter="2024Q1")
    assert "is told to the committee" in words(test)
    assert charts(test) == []


def test_from_the_sentence_to_the_gap_to_its_cases_and_what_to_do_next(opened, skipped):
    test = opened("20_gaps", folder=skipped, quarter="2024Q1")
    said = words(test)
    assert "Triaged: skipped. Which cases?" in said
    assert "What to do next.** Ask whether the step was left out, or only not recorded" in said
    assert "Triaged: skipped, case by case" in said
    # A step that was skipped took no time, so no column and no order speaks of it.
    assert "not counted" not in said
    assert "took longest" not in said
    assert len(set(REFERENCE.findall(said))) == 20
    # No number of a case, and no more of its day than the month.
    assert "north0" not in said
    assert "2024-01-02" not in said


def test_fewer_than_five_cases_are_counted_and_not_listed(opened, tmp_path):
    folder = shelf(tmp_path, skipping="archive")
    said = words(opened("20_gaps", folder=folder, quarter="2024Q1"))
    assert "2 of 121 cases" in said
    assert "Fewer than five cases, or none: they are not listed" in said
    assert not REFERENCE.search(said)
