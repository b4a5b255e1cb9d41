"""The feedback loop: what everybody may know of what was raised, found, changed and is open."""

from datetime import date

import pytest

from dashboard import loop
from dashboard.report import sheet
from tests.pages.reading import words
from tests.releases import QUARTER, release

DONE = {
    "action": "letters",
    "finding": "Every third letter came late.",
    "change": "Letters are drafted with the decision",
    "kind": "workflow",
    "owner": "Ethics office",
    "metric": "deadline_compliance",
    "measure": "share_met",
    "part": "inform",
    "breakdown": "all",
    "level": "all",
    "accepted_on": date(2025, 2, 3),
    "due_on": date(2025, 4, 30),
    "done_on": date(2025, 4, 20),
    "timing": "on_time",
    "effect": "better",
    "reason": "",
    "before_from": date(2024, 2, 1),
    "before_until": date(2025, 4, 1),
    "before": 0.7,
    "before_count": 500,
    "before_of": 710.0,
    "after_from": date(2025, 5, 1),
    "after_until": date(2026, 5, 1),
    "after": 0.95,
    "after_count": 630,
    "after_of": 660.0,
    "change_low": 0.1,
    "change_high": 0.3,
    "recurrence": "not_recurred",
}
LATE = DONE | {
    "action": "posts",
    "finding": "Investigations take too long",
    "change": "The vacant posts are filled",
    "owner": "Investigations lead",
    "due_on": date(2026, 8, 31),
    "done_on": None,
    "timing": "overdue",
    "effect": "not_done",
}


def told(**changes):
    """The sentences of each part of a public release."""
    changes = {"audience": "public", "base": "10", "actions": [DONE, LATE]} | changes
    return {part.title: part.sentences for part in loop.loop(release(**changes), QUARTER)}


def test_what_was_raised_is_rounded_and_says_so():
    assert told()["What was raised"][0] == "About 202 concerns were raised in Q3 2026."


def test_what_was_found_says_which_promises_were_kept_and_what_the_committee_found():
    found = told()["What was found"]
    missed = "missed, about 63% against the 80% that we promise."
    assert f"Finish investigation within 60 days: {missed}" in found
    assert any("missed, as far as rounded numbers tell, about 89%" in each for each in found)
    assert "The committee looked into this: every third letter came late." in found


def test_promises_of_which_nothing_is_said_are_named_with_why():
    assert not any("is not said of" in each for each in told()["What was found"])
    kinds = {"triage": "withheld", "inform": "too_few"}
    rows = [
        row | {"verdict": kinds.get(row["commitment"], row["verdict"])}
        for row in release(base="10").table("results").to_dicts()
    ]
    found = told(results=rows)["What was found"]
    titles = {
        row["commitment"]: row["title"] for row in release().table("commitments").to_dicts()
    }
    assert (
        f"Whether it was kept is not said of: {titles['triage']} (withheld to protect people)"
        f" and {titles['inform']} (too few)."
    ) in found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "It worked: about 70% before, about 95% since."),
        (
            {"recurrence": "recurred"},
            "It worked: about 70% before, about 95% since. It has fallen back since.",
        ),
        ({"effect": "too_early"}, "It is too early to say whether it helped."),
        (
            {"effect": "no_change", "after": 0.7},
            "It has not helped so far: about 70% before, about 70% since."
            " We will try something else.",
        ),
        (
            {"effect": "too_rough"},
            "About 70% before, about 95% since. The numbers here are rounded, and rounding"
            " alone could make that difference: this sheet cannot say whether it helped.",
        ),
        (
            {"effect": "too_few", "before": None},
            "Too few people are concerned to say here whether it helped.",
        ),
    ],
)
def test_what_changed_says_since_when_and_whether_it_helped(changes, said):
    changed = told(actions=[DONE | changes])["What changed because of it"]
    assert changed == (f"Letters are drafted with the decision (since April 2025). {said}",)


def test_what_is_open_names_the_owner_of_what_is_late():
    still_open = told()["What is still open"]
    assert (
        "The vacant posts are filled: promised by 31 August 2026, now late"
        " (Investigations lead)." in still_open
    )


def test_without_an_action_that_may_be_told_it_says_so():
    assert told(actions=[])["What changed because of it"] == (
        "No change that can be told of has been finished yet.",
    )


def test_the_sheet_is_made_of_the_public_release_alone():
    with pytest.raises(ValueError, match="made of the public release alone"):
        sheet.render(release(actions=[DONE]), QUARTER)


def test_the_sheet_loads_nothing_and_says_whom_to_ask():
    page = sheet.render(release(audience="public", base="10", actions=[DONE, LATE]), QUARTER)
    assert "What changed because of it" in page
    assert "Questions: Ethics office." in page
    assert "http" not in page.replace("http-equiv", "")
    assert page == sheet.render(
        release(audience="public", base="10", actions=[DONE, LATE]), QUARTER
    )


def test_the_page_is_made_of_the_public_release_whoever_looks(opened):
    said = words(opened("27_what_came_of_it", audiences="committee,public"))
    assert "What was raised About" in said
    assert "this server shows none" in words(opened("27_what_came_of_it"))


def test_the_page_of_actions_says_why_there_are_none(opened):
    assert "No corrective action has been written down." in words(opened("25_actions"))
