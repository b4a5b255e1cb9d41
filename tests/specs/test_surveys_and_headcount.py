from typing import Any

EVENTS = "case | kind | on\nA | received | 2024-01-01"


# Surveys


def feedback(core, rows: str) -> list[tuple[Any, ...]]:
    text = f"case | offered_on | answered_on | score\n{rows}"
    store = core(as_of="2024-03-01", events=EVENTS, feedback=text)
    found = store.frame(
        "select offered_on::text, answered_on::text, score from core.feedback order by line"
    )
    return found.rows()


def test_every_survey_of_a_case_counts(core):
    rows = "A | 2024-02-01 | 2024-02-03 | 5\nA | 2024-02-10 | |"
    assert feedback(core, rows) == [("2024-02-01", "2024-02-03", 5), ("2024-02-10", None, None)]


def test_an_answer_after_the_as_of_day_is_not_given_yet(core):
    assert feedback(core, "A | 2024-02-20 | 2024-03-02 | 5") == [("2024-02-20", None, None)]


def test_a_survey_offered_after_the_as_of_day_is_not_known_yet(core):
    assert feedback(core, "A | 2024-03-02 | |") == []


def test_an_answer_whose_day_was_not_noted_keeps_its_score(core):
    assert feedback(core, "A | 2024-02-20 | | 5") == [("2024-02-20", None, 5)]


def test_an_answer_without_an_offer_is_kept_for_the_checks_to_find(core):
    assert feedback(core, "A | | 2024-02-20 | 5") == [(None, "2024-02-20", 5)]


# Headcount


def spans(core, headcount: str) -> list[tuple[Any, ...]]:
    store = core(as_of="2024-03-01", events=EVENTS, headcount=headcount)
    found = store.frame(
        "select unit, from_on::text, until_on::text, people from core.exposure order by all"
    )
    return found.rows()


def test_a_headcount_holds_until_the_unit_s_next_row(core):
    headcount = """
        unit  | from       | people
        north | 2024-01-01 | 40
        north | 2024-02-01 | 50
        south | 2024-01-15 | 7.5
    """
    assert spans(core, headcount) == [
        ("north", "2024-01-01", "2024-02-01", 40.0),
        ("north", "2024-02-01", "2024-03-02", 50.0),
        ("south", "2024-01-15", "2024-03-02", 7.5),
    ]


def test_a_headcount_of_0_ends_a_unit(core):
    headcount = "unit | from | people\nnorth | 2024-01-01 | 40\nnorth | 2024-02-01 | 0"
    assert spans(core, headcount) == [("north", "2024-01-01", "2024-02-01", 40.0)]


def test_a_headcount_after_the_as_of_day_does_not_count_yet(core):
    headcount = "unit | from | people\nnorth | 2024-01-01 | 40\nnorth | 2024-03-02 | 9"
    assert spans(core, headcount) == [("north", "2024-01-01", "2024-03-02", 40.0)]


def test_without_headcount_there_is_no_exposure(core):
    assert spans(core, "") == []
