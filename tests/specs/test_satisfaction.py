import pytest

from metrics.estimate import NOBODY, NOBODY_ANSWERED
from tests.specs.measured import counted, figures_of, one, spec

METRIC = "satisfaction"
CASES = """
    case | kind     | on
    A    | received | 2024-01-01
    B    | received | 2024-01-01
    C    | received | 2024-01-01
    D    | received | 2024-01-01
"""
TOLD = {"as_of": "2024-03-31", "events": CASES, "metric": METRIC}


def test_the_two_best_grades_are_satisfied():
    spec(
        **TOLD,
        feedback="""
            case | offered_on | answered_on | score
            A    | 2024-02-01 | 2024-02-03  | 5
            B    | 2024-02-01 | 2024-02-03  | 4
            C    | 2024-02-01 | 2024-02-03  | 3
            D    | 2024-02-01 | 2024-02-03  | 1
        """,
        expect={"value": 0.5, "numerator": 2, "denominator": 4.0, "missing": 0},
    )


@pytest.mark.parametrize(("high", "satisfied"), [(10, 0.0), (5, 1.0)])
def test_the_two_best_grades_depend_on_the_scale_of_the_survey(high, satisfied):
    spec(
        **TOLD,
        feedback=f"""
            case | offered_on | answered_on | score | scale_low | scale_high
            A    | 2024-02-01 | 2024-02-03  | 5     | 1         | {high}
        """,
        expect={"value": satisfied, "denominator": 1.0},
    )


SILENT = """
    case | offered_on | answered_on | score
    A    | 2024-02-01 | 2024-02-03  | 5
    B    | 2024-02-01 |             |
    C    | 2024-02-01 |             |
    D    | 2024-02-01 |             |
"""


def test_who_did_not_answer_is_not_dissatisfied_but_could_be():
    spec(
        **TOLD,
        feedback=SILENT,
        expect={"value": 1.0, "denominator": 1.0, "missing": 3, "worst": 0.25, "best": 1.0},
    )


def test_the_response_rate_is_the_share_of_those_asked_who_answered():
    spec(
        **TOLD,
        measure="response_rate",
        feedback=SILENT,
        expect={"value": 0.25, "numerator": 1, "denominator": 4.0},
    )


def test_one_in_four_answering_of_whom_three_in_four_are_satisfied_says_18_to_94_percent():
    # 100 asked, 24 answered, 18 satisfied: whatever the others think lies between.
    row = counted(METRIC, {"satisfied": 18, "other": 6, "unanswered": 76})
    assert row["value"] == 0.75
    assert (row["worst"], row["best"]) == (0.18, 0.94)


def test_a_score_off_the_scale_is_unusable_and_counts_like_no_answer():
    spec(
        **TOLD,
        feedback="""
            case | offered_on | answered_on | score
            A    | 2024-02-01 | 2024-02-03  | 5
            B    | 2024-02-01 | 2024-02-03  | 7
        """,
        expect={"value": 1.0, "denominator": 1.0, "missing": 1, "worst": 0.5},
    )


def test_a_score_below_the_scale_is_unusable_too():
    spec(
        **TOLD,
        feedback="""
            case | offered_on | answered_on | score
            A    | 2024-02-01 | 2024-02-03  | 0
            B    | 2024-02-01 | 2024-02-03  | 1
        """,
        expect={"value": 0.0, "denominator": 1.0, "missing": 1},
    )


def test_an_answer_to_a_survey_that_nobody_offered_is_not_used():
    spec(
        **TOLD,
        feedback="""
            case | offered_on | answered_on | score
            A    | 2024-02-01 | 2024-02-03  | 2
            B    |            | 2024-02-03  | 5
        """,
        expect={"value": 0.0, "denominator": 1.0, "missing": 1},
    )


def test_an_answer_without_a_score_is_not_used():
    spec(
        **TOLD,
        feedback="""
            case | offered_on | answered_on | score
            A    | 2024-02-01 | 2024-02-03  | 4
            B    | 2024-02-01 | 2024-02-03  |
        """,
        expect={"value": 1.0, "denominator": 1.0, "missing": 1},
    )


def test_an_answer_after_the_as_of_day_has_not_been_given():
    spec(
        **{**TOLD, "as_of": "2024-02-02"},
        feedback="""
            case | offered_on | answered_on | score
            A    | 2024-02-01 | 2024-02-03  | 5
        """,
        expect={"value": None, "state": "no_data", "reason": NOBODY_ANSWERED, "missing": 1},
    )


def test_a_survey_counts_in_the_quarter_in_which_it_was_offered():
    figures = figures_of(
        as_of="2024-04-30",
        events=CASES,
        feedback="""
            case | offered_on | answered_on | score
            A    | 2024-03-31 | 2024-04-02  | 5
        """,
    )
    asked = {"metric": METRIC, "period": "quarter"}
    assert one(figures, start="2024-01-01", **asked)["numerator"] == 1
    assert one(figures, start="2024-04-01", **asked)["numerator"] == 0


def test_where_nobody_was_asked_there_is_no_data_on_either_measure():
    for measure in ("top_two", "response_rate"):
        row = counted(METRIC, {}, measure=measure)
        assert (row["value"], row["state"], row["reason"]) == (None, "no_data", NOBODY)


def test_where_nobody_answered_the_response_rate_is_0_and_satisfaction_is_not():
    row = counted(METRIC, {"unanswered": 8}, measure="response_rate")
    assert (row["value"], row["state"]) == (0, "ok")
    row = counted(METRIC, {"unanswered": 8}, measure="top_two")
    assert (row["value"], row["state"], row["missing"]) == (None, "no_data", 8)


def test_satisfaction_of_a_few_is_few_though_many_were_asked():
    row = counted(METRIC, {"satisfied": 9, "unanswered": 90}, min_denominator=10)
    assert (row["value"], row["state"]) == (None, "few")
    rate = counted(
        METRIC, {"satisfied": 9, "unanswered": 90}, measure="response_rate", min_denominator=10
    )
    assert rate["state"] == "ok"
