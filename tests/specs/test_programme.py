"""What is done beside the cases: meetings, reviews of protocols, consent forms, guidance."""

import pytest

from etl.errors import WorkspaceError
from metrics.disclosure.policy import Policy
from tests.specs.measured import COMMITTEE, figures_of, one, published

BOARD = Policy("board", "rounding", base=5, min_denominator=20)

EVENTS = """
    case | kind     | on
    A    | received | 2024-01-10
"""
RULES = """
[practices]
basis = "Policy, section 9"

[practices.duties]
liaison_meeting = 7
"""
PLANNED = """
    kind            | name    | due        | done
    liaison_meeting | housing | 2024-01-10 | 2024-01-17
    liaison_meeting | legal   | 2024-01-10 | 2024-01-18
    liaison_meeting | medical | 2024-01-10 |
    liaison_meeting | housing | 2024-06-23 |
    liaison_meeting | legal   | 2024-06-24 | 2024-07-01
    protocol_review | intake  | 2024-01-10 |
"""


def held(duties: str = PLANNED, rules: str = RULES):
    figures = figures_of(as_of="2024-06-30", events=EVENTS, duties=duties, rules=rules)
    return one(figures, metric="duties", measure="share", part="liaison_meeting")


def test_a_meeting_is_kept_in_the_days_left_and_pending_until_they_are_over():
    # The legal partner's came a day too late, the medical one's never. On 30 June the last of
    # seven days has come for one planned on the 23rd, and what is noted for July is not known.
    # Nothing is promised of protocols.
    row = held()
    assert (row["numerator"], row["denominator"], row["pending"]) == (2, 3, 2)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("meeting | housing | 2024-01-10 | ", "line 2: kind 'meeting' is none of liaison_"),
        ("liaison_meeting | | 2024-01-10 | ", "line 2: name is blank; say with which partner"),
        ("liaison_meeting | housing | 10.1.24 | ", "line 2: "),
        (
            "liaison_meeting | a | 2024-01-10 | \n liaison_meeting | a | 2024-01-10 | ",
            "line 3: it stands on line 2 already",
        ),
    ],
)
def test_a_duty_that_cannot_be_read_is_named_by_its_line(row, problem):
    with pytest.raises(WorkspaceError, match=f"duties.csv {problem}"):
        held(f"kind | name | due | done\n {row}")


@pytest.mark.parametrize(("policy", "is_told"), [(COMMITTEE, True), (BOARD, False)])
def test_only_who_is_told_of_duties_and_forms_gets_a_hash_of_their_files(
    policy, is_told, tmp_path
):
    """Whoever knows all duties but one finds its day by trying days."""
    release = published(
        tmp_path, as_of="2024-06-30", events=EVENTS, coverage_from="2024-01-01", policy=policy
    )
    kinds = set(release.table("versions")["kind"])
    assert ("duties" in kinds, "engagements" in kinds) == (is_told, is_told)
    assert {"metric", "procedure", "rule"} <= kinds


FORMS = """
    unit  | month      | engagements | consent_forms
    north | 2024-01-01 | 300         | 270
    south | 2024-01-01 | 200         |
    north | 2024-02-01 | 100         | 100
"""


def signed(engagements: str):
    figures = figures_of(as_of="2024-03-31", events=EVENTS, engagements=engagements)
    return one(figures, metric="consent_forms", measure="without", period="whole")


def test_engagements_without_a_form_are_a_share_of_those_of_which_forms_are_told():
    row = signed(FORMS)
    assert (row["numerator"], row["denominator"]) == (30, 400)


def test_a_file_that_tells_of_no_forms_says_nothing_of_them():
    assert signed(FORMS.replace("consent_forms", "other"))["state"] == "no_data"


def test_there_are_never_more_forms_than_engagements():
    with pytest.raises(WorkspaceError, match="line 4: 101 consent forms for 100 engagements"):
        signed(FORMS.replace("100         | 100", "100         | 101"))


def test_questions_stand_beside_allegations_where_the_source_records_questions():
    asked = EVENTS + "    A | guidance_sought | 2024-01-10\n    B | received | 2024-01-11\n"
    row = one(
        figures_of(as_of="2024-03-31", events=asked),
        metric="guidance", measure="guidance", period="whole",
    )  # fmt: skip
    assert (row["numerator"], row["denominator"]) == (1, 2)
    silent = one(
        figures_of(as_of="2024-03-31", events=EVENTS),
        metric="guidance", measure="guidance", period="whole",
    )  # fmt: skip
    assert silent["state"] == "not_assessable"
