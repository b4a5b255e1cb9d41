"""What a verdict says, from counts alone."""

import dataclasses
from datetime import date

import pytest

from checks.known_defects import KnownDefect, in_force, read_known_defects, read_owners
from checks.verdict import (
    OWNERS,
    Allowance,
    Check,
    Rows,
    batches,
    blocking,
    counted,
    digest,
    judge,
)
from etl.errors import WorkspaceError

PLAIN = Check(
    name="closed_not_before_received",
    title="No case was closed before it was received",
    why="Its duration is negative.",
    about="core.cases",
    severity="warning",
    examines="select 1 as snapshot, 1 as line, null::date as happened_on, true as violated",
    affects=("time_to_resolution",),
    remedy="Correct the date.",
)
CRITICAL = Check(
    name="one_row_per_case",
    title="Every case stands in the audit once",
    why="It is counted twice.",
    about="core.cases",
    severity="critical",
    examines=PLAIN.examines,
    affects=("report_frequency",),
    remedy="Check the column.",
    allowed=Allowance(share=0.05, reason="few do no harm"),
)


def found(check, failing, examined, since=None):
    return judge(check, failing=failing, examined=examined, since=since)


@pytest.mark.parametrize(
    ("check", "failing", "examined", "outcome"),
    [
        (PLAIN, 0, 10, "passed"),
        (PLAIN, 1, 10, "failed"),
        (PLAIN, 0, 0, "empty"),
        (CRITICAL, 5, 100, "passed"),
        (CRITICAL, 6, 100, "failed"),
    ],
)
def test_a_check_fails_beyond_what_is_allowed(check, failing, examined, outcome):
    assert found(check, failing, examined).outcome == outcome


def test_an_allowance_says_how_much_and_why():
    assert found(CRITICAL, 0, 1).allowed == "Up to 5 % is allowed: few do no harm."
    assert found(PLAIN, 0, 1).allowed == ""


def test_only_a_critical_failure_blocks():
    verdicts = (found(PLAIN, 1, 1), found(CRITICAL, 1, 1), found(CRITICAL, 0, 0))
    assert blocking(verdicts) == (verdicts[1],)


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (
            (found(CRITICAL, 0, 9), found(PLAIN, 1, 9), found(PLAIN, 0, 0)),
            "1 of 3 checks passed; 1 warning; 1 had nothing to examine;"
            " nothing blocks publication.",
        ),
        (
            (found(CRITICAL, 9, 9), found(PLAIN, 2, 9), found(PLAIN, 2, 9)),
            "0 of 3 checks passed; 2 warnings; 1 critical finding blocks publication.",
        ),
        (
            (found(CRITICAL, 9, 9), found(CRITICAL, 9, 9)),
            "0 of 2 checks passed; 2 critical findings block publication.",
        ),
        ((found(PLAIN, 0, 9),), "1 of 1 check passed; nothing blocks publication."),
    ],
)
def test_the_digest_begins_with_one_sentence(verdicts, sentence):
    assert digest(verdicts)[0] == sentence


def test_the_digest_names_what_to_look_at_the_gravest_first():
    verdicts = (
        found(PLAIN, 5, 2000, date(2024, 12, 1)),
        found(PLAIN, 0, 0),
        found(CRITICAL, 9, 9),
    )
    assert digest(verdicts)[1:] == (
        "Critical: Every case stands in the audit once. Not so for 9 of 9. Check the column.",
        "Warning: No case was closed before it was received."
        " Not so for 5 of 2,000, since December 2024. Correct the date.",
        "Nothing to examine: No case was closed before it was received.",
    )


def test_a_check_counts_what_it_examines_once_and_asks_for_nothing_else():
    assert counted((PLAIN,)).count("true as violated") == 1
    assert counted((PLAIN,)).count("from (") == 1


def test_claims_about_the_same_rows_are_counted_in_one_pass():
    rows = Rows("core.cases", "resolved_on < received_on", among="resolved_on is not null")
    dated, undated = (
        dataclasses.replace(
            PLAIN, name=name, examines=dataclasses.replace(rows, violated=claim)
        )
        for name, claim in (("dated", "resolved_on is null"), ("undated", "line < 0"))
    )
    assert batches((dated, PLAIN, undated)) == [(dated, undated), (PLAIN,)]
    statement = counted((dated, undated))
    assert statement.count("from core.cases") == 1
    assert {"failing_dated", "failing_undated"} <= set(statement.replace(",", "").split())


KNOWN = KnownDefect(
    check=PLAIN.name,
    at_most=3,
    reason="the move of March lost them",
    owner="Intake desk",
    expires_on=date(2026, 12, 31),
)


def test_a_known_defect_within_its_budget_is_neither_passed_nor_failed():
    verdict = judge(PLAIN, failing=3, examined=10, since=None, known=KNOWN)
    assert (verdict.outcome, verdict.owner) == ("known", "Intake desk")
    assert verdict.allowed == (
        "Known, and up to 3 allowed until 2026-12-31: the move of March lost them."
        " Owner: Intake desk."
    )
    assert digest((verdict,))[0] == (
        "0 of 1 check passed; 1 known defect; nothing blocks publication."
    )
    assert digest((verdict,))[1].startswith("Known defect: No case was closed before")


def test_past_its_budget_a_known_defect_fails():
    assert judge(PLAIN, failing=4, examined=10, since=None, known=KNOWN).outcome == "failed"


def test_a_known_defect_of_which_nothing_is_left_has_passed():
    assert judge(PLAIN, failing=0, examined=10, since=None, known=KNOWN).outcome == "passed"
    assert judge(PLAIN, failing=0, examined=0, since=None, known=KNOWN).outcome == "empty"


@pytest.mark.parametrize(
    ("as_of", "held"), [(date(2026, 12, 31), {PLAIN.name}), (date(2027, 1, 1), set())]
)
def test_a_known_defect_is_in_force_up_to_its_day(as_of, held):
    assert set(in_force((KNOWN,), as_of=as_of)) == held


ENTRY = {
    "check": PLAIN.name,
    "at_most": 3,
    "reason": KNOWN.reason,
    "owner": KNOWN.owner,
    "expires_on": KNOWN.expires_on,
}


def test_known_defects_are_read_as_they_were_declared():
    assert read_known_defects([ENTRY], checks=[PLAIN.name], file="f") == (KNOWN,)


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ([{**ENTRY, "check": "no_such"}], "no check is called 'no_such'"),
        ([{**ENTRY, "at_most": "3"}], "at_most must be a whole number"),
        ([{**ENTRY, "expires_on": "soon"}], "expires_on must be a date"),
        ([{**ENTRY, "at_most": 0}], "a budget of 1 or more"),
        ([{**ENTRY, "reason": " "}], "a reason and an owner"),
        ([{**ENTRY, "budget": 3}], "budget is not known"),
        ([{key: ENTRY[key] for key in ENTRY if key != "owner"}], "owner is missing"),
        ([ENTRY, ENTRY], "stands there twice"),
    ],
)
def test_a_known_defect_that_cannot_be_read_is_refused_with_its_remedy(entries, complaint):
    with pytest.raises(WorkspaceError, match=complaint):
        read_known_defects(entries, checks=[PLAIN.name], file="case-audit.toml")


def test_the_workspace_says_who_mends_what():
    names = read_owners({"surveys": "Field desk"}, default=OWNERS, file="f")
    assert found_by(names, "surveys") == "Field desk"
    assert found_by(names, "headcount") == OWNERS["headcount"]
    with pytest.raises(WorkspaceError, match="give a name in quotes"):
        read_owners({"survey": "Field desk"}, default=OWNERS, file="f")


def found_by(owners, place):
    check = dataclasses.replace(PLAIN, mended_in=place)
    return judge(check, failing=1, examined=1, since=None, owners=owners).owner
