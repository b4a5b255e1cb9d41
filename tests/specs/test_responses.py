"""Who answers a survey, and what all would have said: by how the case ended."""

import pytest

from etl.store import Store
from metrics.periods import periods
from metrics.responses import NOBODY, SILENT, responses
from tests.specs.measured import filled


def told(groups):
    """Responses of one quarter: groups are (outcome, satisfied, other, silent)."""
    cases, events, feedback = ["case | outcome"], ["case | kind | on"], []
    feedback = ["case | offered_on | answered_on | score"]
    for outcome, satisfied, other, silent in groups:
        marks = [5] * satisfied + [1] * other + [None] * silent
        for number, score in enumerate(marks):
            key = f"{outcome}{number}"
            cases.append(f"{key} | {outcome}")
            events.append(f"{key} | received | 2024-01-02")
            answer = "2024-02-10" if score else ""
            feedback.append(f"{key} | 2024-02-01 | {answer} | {score or ''}")
    return cases, events, feedback


@pytest.fixture
def asked(store: Store, tmp_path):
    def made(*groups):
        cases, events, feedback = ("\n".join(rows) for rows in told(groups))
        filled(
            store, tmp_path, as_of="2024-03-31", cases=cases, events=events, feedback=feedback
        )
        span = store.frame("select * from staging.parameters").row(0, named=True)
        calendar = periods(span["coverage_from"], span["coverage_until"], year_starts=1)
        rows = responses(store, calendar)
        return rows.filter(rows["period"] == "quarter").row(0, named=True)

    return made


def test_answers_are_weighed_by_what_the_cases_came_to(asked):
    # Of 40 substantiated cases 20 answered, 18 of them satisfied; of 60 others 10, and 4 of
    # them. Raw it is 22 of 30; weighed 0.4 * 0.9 + 0.6 * 0.4.
    row = asked(("substantiated", 18, 2, 20), ("unsubstantiated", 4, 6, 50))
    assert row["raw"] == pytest.approx(22 / 30)
    assert row["weighed"] == pytest.approx(0.4 * 0.9 + 0.6 * 0.4)
    assert row["low"] < row["weighed"] < row["high"]
    assert row["response_rate"] == pytest.approx(0.3)
    assert row["p_value"] < 0.01
    assert row["caution"]


def test_where_all_answer_alike_nothing_is_weighed_and_nobody_warned(asked):
    row = asked(("substantiated", 12, 6, 12), ("unsubstantiated", 12, 6, 12))
    assert row["weighed"] == pytest.approx(row["raw"])
    assert row["p_value"] == 1
    assert not row["caution"]


def test_an_outcome_of_which_nobody_answered_cannot_be_weighed(asked):
    row = asked(("substantiated", 5, 5, 0), ("unsubstantiated", 0, 0, 10))
    assert (row["raw"], row["weighed"]) == (0.5, None)
    assert (row["state"], row["reason"], row["caution"]) == ("not_assessable", SILENT, True)


def test_where_nobody_answered_there_is_no_share(asked):
    row = asked(("substantiated", 0, 0, 3))
    assert (row["state"], row["reason"], row["raw"]) == ("no_data", NOBODY, None)
    assert row["p_value"] is None
