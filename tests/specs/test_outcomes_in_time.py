import pytest

from tests.specs.measured import figures_of, one

CASES = """
    case | outcome
    A    | substantiated
    B    | unsubstantiated
    C    | withdrawn
    D    |
"""
EVENTS = """
    case | kind     | on
    A    | received | 2024-01-01
    A    | resolved | 2024-01-31
    B    | received | 2024-01-01
    B    | resolved | 2024-02-10
    C    | received | 2024-01-01
    C    | resolved | 2024-03-01
    D    | received | 2024-01-01
"""


@pytest.mark.parametrize("outcome", ["substantiated", "unsubstantiated", "without_finding"])
def test_each_of_four_cases_came_to_another_end_and_one_is_open(outcome):
    figures = figures_of(as_of="2024-12-31", cases=CASES, events=EVENTS)
    row = one(figures, metric="outcomes_in_time", measure=f"{outcome}_90")
    assert row["value"] == pytest.approx(0.25)
    assert (row["numerator"], row["denominator"], row["pending"]) == (1, 4, 1)


def test_an_outcome_is_not_overstated_by_taking_the_others_for_open_cases():
    # One less Kaplan-Meier for each outcome alone would give 1/4, 1/3 and 1/2: more than all.
    events = EVENTS.replace("2024-03-01", "2024-04-20")
    figures = figures_of(as_of="2024-12-31", cases=CASES, events=events)
    shares = [
        one(figures, metric="outcomes_in_time", measure=f"{outcome}_180")["value"]
        for outcome in ("substantiated", "unsubstantiated", "without_finding")
    ]
    assert sum(shares) == pytest.approx(0.75)  # and a quarter is still open


def test_nothing_is_told_of_days_that_nobody_has_been_watched_for():
    figures = figures_of(as_of="2024-03-01", cases=CASES, events=EVENTS)
    row = one(figures, metric="outcomes_in_time", measure="substantiated_180")
    assert (row["state"], row["value"]) == ("not_reached", None)


def test_one_early_outcome_says_nothing_of_cases_that_are_younger():
    events = """
        case | kind     | on
        A    | received | 2024-01-01
        A    | resolved | 2024-01-31
        B    | received | 2024-04-20
        C    | received | 2024-04-20
        D    | received | 2024-01-01
        E    | received | 2024-04-20
    """
    cases = CASES + "    E    |"
    told = [
        one(
            figures_of(as_of="2024-05-01", cases=cases, events=events, min_denominator=fewest),
            metric="outcomes_in_time",
            measure="substantiated_90",
        )["state"]
        for fewest in (1, 2)
    ]
    assert told == ["ok", "not_reached"]
