"""How a case is worked: who decides, what follows, on what evidence, and by whom."""

import pytest

PRACTICES = """
[practices]
own_decision = 10
consequence = 30
evidence_sources = 2
notes_within = 3
coaching_holds = 60
cases_per_handler = 2
assigned_within = 5
basis = "Policy, section 8"

[practices.follow_up]
waiting_for_resource = 14
"""


@pytest.fixture
def gaps(core):
    """The result of every case of one promise: {part: {case: result}}."""

    def results(gap: str, events: str, *, cases: str = "", as_of: str = "2024-06-30"):
        told = {"cases": cases} if cases else {}
        store = core(as_of=as_of, events=events, rules=PRACTICES, **told)
        found = store.frame(
            "select part, case_key, result from core.step_gaps where gap = $gap", {"gap": gap}
        )
        return {
            part: dict(rows.select("case_key", "result").sort("case_key").iter_rows())
            for (part,), rows in found.group_by("part")
        }

    return results


def test_a_review_from_outside_takes_no_decision_away(gaps):
    events = """
        case | kind              | on
        A    | received          | 2024-01-01
        A    | internal_decision | 2024-02-01
        A    | review_completed  | 2024-03-01
        B    | received          | 2024-01-01
        B    | review_completed  | 2024-03-01
        B    | internal_decision | 2024-03-11
        C    | received          | 2024-01-01
        C    | review_completed  | 2024-03-01
        C    | internal_decision | 2024-03-12
        D    | received          | 2024-01-01
        D    | review_completed  | 2024-03-01
        E    | received          | 2024-01-01
        E    | review_completed  | 2024-06-20
        F    | received          | 2024-01-01
    """
    # E has its tenth day on the as-of day; F was never reviewed.
    assert gaps("left_to_others", events) == {
        "review_completed": {"A": "kept", "B": "kept", "C": "gap", "D": "gap", "E": "pending"}
    }


def test_where_no_decision_of_our_own_is_ever_recorded_nobody_can_say_who_decided(gaps):
    events = """
        case | kind             | on
        A    | received         | 2024-01-01
        A    | review_completed | 2024-03-01
    """
    assert gaps("left_to_others", events)["review_completed"] == {"A": "not_assessable"}


UPHELD = """
    case | outcome
    A    | substantiated
    B    | partly
    C    | substantiated
    D    | unsubstantiated
    E    |
"""


def test_something_follows_from_what_is_found_true_and_only_from_that(gaps):
    events = """
        case | kind        | on
        A    | received    | 2024-01-01
        A    | decided     | 2024-02-01
        A    | consequence | 2024-03-02
        B    | received    | 2024-01-01
        B    | decided     | 2024-02-01
        B    | consequence | 2024-03-03
        C    | received    | 2024-01-01
        C    | decided     | 2024-05-31
        D    | received    | 2024-01-01
        D    | decided     | 2024-02-01
        E    | received    | 2024-01-01
        E    | decided     | 2024-02-01
    """
    # A's came on the thirtieth day, B's a day later; C has its thirtieth day today.
    assert gaps("no_consequence", events, cases=UPHELD) == {
        "upheld": {"A": "kept", "B": "gap", "C": "pending"}
    }


def test_a_case_closed_without_a_decision_was_decided_when_it_was_closed(gaps):
    events = """
        case | kind        | on
        A    | received    | 2024-01-01
        A    | resolved    | 2024-02-01
        B    | received    | 2024-01-01
        B    | consequence | 2024-02-01
    """
    # Of B nobody told when it was found true.
    assert gaps("no_consequence", events, cases=UPHELD)["upheld"] == {
        "A": "gap",
        "B": "not_assessable",
    }


def test_two_pieces_of_evidence_from_one_source_are_one_source(gaps):
    events = """
        case | kind           | on         | party
        A    | received       | 2024-01-01 |
        A    | evidence_added | 2024-01-05 | witness
        A    | evidence_added | 2024-01-06 | document
        A    | decided        | 2024-02-01 |
        B    | received       | 2024-01-01 |
        B    | evidence_added | 2024-01-05 | witness
        B    | evidence_added | 2024-01-06 | witness
        B    | decided        | 2024-02-01 |
        C    | received       | 2024-01-01 |
        C    | evidence_added | 2024-01-05 | witness
        C    | evidence_added | 2024-02-02 | document
        C    | decided        | 2024-02-01 |
        D    | received       | 2024-01-01 |
        D    | evidence_added | 2024-01-05 | witness
        D    | evidence_added | 2024-01-06 |
        D    | decided        | 2024-02-01 |
        E    | received       | 2024-01-01 |
        E    | evidence_added | 2024-01-05 | witness
    """
    # C's second came after the decision; of D's second nobody noted the source; E is open.
    assert gaps("thin_evidence", events) == {
        "decided": {"A": "kept", "B": "gap", "C": "gap", "D": "not_assessable"}
    }


def test_a_note_is_late_when_it_was_written_days_after_what_it_tells(gaps):
    events = """
        case | kind         | on         | until_on
        A    | received     | 2024-01-01 |
        A    | note_written | 2024-01-02 | 2024-01-05
        B    | received     | 2024-01-01 |
        B    | note_written | 2024-01-02 | 2024-01-06
        B    | note_written | 2024-01-02 |
        C    | received     | 2024-01-01 |
        C    | note_written | 2024-01-02 | 2024-01-02
        C    | note_written | 2024-01-03 |
        D    | received     | 2024-01-01 |
    """
    # One late note is enough; of C's second nobody knows when it was written.
    assert gaps("noted_late", events) == {
        "note_written": {"A": "kept", "B": "gap", "C": "not_assessable"}
    }


COACHED = """
    case | kind     | on
    A    | received | 2024-01-01
    A    | coached  | 2024-01-10
    B    | received | 2024-03-10
    C    | received | 2024-01-01
    C    | mediated | 2024-01-10
    D    | received | 2024-03-11
    E    | received | 2024-01-01
    E    | coached  | 2024-01-10
    F    | received | 2024-05-10
    F    | coached  | 2024-05-10
    G    | received | 2024-05-11
"""
ABOUT = """
    case | subject_key
    A    | one
    B    | one
    C    | two
    D    | two
    E    |
    F    | three
    G    | three
"""


def test_coaching_holds_where_nobody_reports_the_same_person_again_in_its_days(gaps):
    # B came on A's sixtieth day, D a day after C's. E does not say whom it is about. F's
    # subject was reported again at once, and F waits all the same until its days are over.
    assert gaps("came_again", COACHED, cases=ABOUT) == {
        "settled_early": {"A": "gap", "C": "kept", "E": "not_assessable", "F": "pending"}
    }


OPEN = """
    case | kind     | on
    A    | received | 2024-06-01
    B    | received | 2024-06-01
    C    | received | 2024-06-01
    D    | received | 2024-06-01
    E    | received | 2024-06-01
    F    | received | 2024-06-25
    G    | received | 2024-06-24
    H    | received | 2024-06-01
    H    | resolved | 2024-06-02
"""
WHOSE = """
    case | assignee_key
    A    | busy
    B    | busy
    C    | busy
    D    | calm
    E    | calm
    F    |
    G    |
    H    | calm
"""


def test_open_cases_are_short_of_hands_where_somebody_has_too_many_or_nobody_has_them(gaps):
    # Closed cases weigh on nobody; F's fifth day is today.
    assert gaps("short_handed", OPEN, cases=WHOSE) == {
        "overloaded_handler": {"A": "gap", "B": "gap", "C": "gap", "D": "kept", "E": "kept"},
        "nobody_assigned": {
            "A": "kept", "B": "kept", "C": "kept", "D": "kept", "E": "kept",
            "F": "pending", "G": "gap",
        },
    }  # fmt: skip


def test_where_nobody_records_who_has_a_case_nobody_can_say_if_hands_are_short(gaps):
    found = gaps("short_handed", OPEN)
    assert {result for part in found.values() for result in part.values()} == {"not_assessable"}


def test_a_wait_for_resources_ends_when_somebody_works_on_the_case_again(gaps):
    events = """
        case | kind                 | on
        A    | received             | 2024-01-01
        A    | waiting_for_resource | 2024-01-02
        A    | investigated         | 2024-01-16
        B    | received             | 2024-01-01
        B    | waiting_for_resource | 2024-01-02
        B    | contacted            | 2024-01-05
        B    | resumed              | 2024-01-17
        C    | received             | 2024-06-20
        C    | waiting_for_resource | 2024-06-21
    """
    assert gaps("not_followed_up", events) == {
        "waiting_for_resource": {"A": "kept", "B": "gap", "C": "pending"}
    }
