"""What a verdict says, from counts alone."""

from datetime import date

import pytest

from checks.verdict import Allowance, Check, blocking, counted, digest, judge

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
    assert counted(PLAIN).count("true as violated") == 1
    assert counted(PLAIN).count("from examined") == 1
