import pytest

from tests.specs.measured import figures_of, one, spec

OUTCOMES = """
    case | outcome
    A    | substantiated
    B    | partly
    C    | unsubstantiated
    D    | insufficient
    E    | withdrawn
    F    |
    G    |
"""
CLOSED = """
    case | kind     | on
    A    | received | 2023-11-01
    A    | resolved | 2024-01-02
    B    | received | 2024-01-01
    B    | resolved | 2024-01-02
    C    | received | 2024-01-01
    C    | resolved | 2024-01-02
    D    | received | 2024-01-01
    D    | resolved | 2024-01-02
    E    | received | 2024-01-01
    E    | resolved | 2024-01-02
    F    | received | 2024-01-01
    F    | resolved | 2024-01-02
    G    | received | 2024-01-01
"""


def figures(**told):
    return figures_of(as_of="2024-01-31", cases=OUTCOMES, events=CLOSED, **told)


def test_of_cases_closed_with_a_finding_the_share_substantiated_is_told():
    # A and B of A, B and C; F could be anything, D and E found nothing, G is open.
    row = one(figures(), metric="substantiation", measure="substantiated")
    assert (row["value"], row["numerator"], row["denominator"]) == (2 / 3, 2, 3)
    assert (row["missing"], row["worst"], row["best"]) == (1, 0.5, 0.75)


def test_every_closed_case_is_counted_in_the_period_of_its_closing():
    # A was received in November and is closed in January.
    row = one(
        figures(), metric="substantiation", measure="closed", period="month", start="2024-01-01"
    )
    assert row["value"] == 6


@pytest.mark.parametrize(
    ("reopened_on", "as_of", "expect"),
    [
        ("2024-02-10", "2024-12-31", {"value": 1.0, "pending": 0}),
        ("2024-12-01", "2024-12-31", {"value": 0.0, "pending": 0}),  # after the 90 days
        (None, "2024-12-31", {"value": 0.0, "pending": 0}),
        (None, "2024-03-31", {"state": "no_data", "pending": 1}),  # may still be reopened
        ("2024-02-10", "2024-03-31", {"state": "no_data", "pending": 1}),  # nor this one
    ],
)
def test_a_case_reopened_within_90_days_did_not_stay_closed(reopened_on, as_of, expect):
    again = f"A | reopened | {reopened_on}" if reopened_on else ""
    events = f"""
        case | kind     | on
        A    | received | 2024-01-01
        A    | resolved | 2024-01-11
        {again}
    """
    spec(as_of=as_of, events=events, metric="reopening", expect=expect)


FLOWS = """
    case | kind     | on
    A    | received | 2023-06-01
    B    | received | 2024-01-05
    B    | resolved | 2024-02-05
    C    | received | 2024-01-06
    C    | resolved | 2024-01-20
    D    | received | 2023-06-01
    D    | resolved | 2023-07-01
    E    | received | 2023-06-01
    E    | resolved | 2024-02-10
"""


@pytest.mark.parametrize(
    ("month", "still_open", "clearance"),
    [
        ("2024-01-01", 3, 0.5),  # A, B and E; C came and went
        ("2024-02-01", 1, None),  # A alone; nothing came in
    ],
)
def test_open_at_the_end_is_what_was_carried_in_and_came_less_what_went(
    month, still_open, clearance
):
    made = figures_of(as_of="2024-02-29", events=FLOWS, coverage_from="2024-01-01")
    where = {"metric": "backlog", "period": "month", "start": month}
    assert one(made, measure="open_cases", **where)["value"] == still_open
    assert one(made, measure="clearance", **where)["value"] == clearance


def test_the_age_of_open_cases_is_that_of_the_as_of_day():
    made = figures_of(as_of="2024-02-29", events=FLOWS, coverage_from="2024-01-01")
    row = one(made, metric="age_of_open_cases", measure="older_180")
    assert (row["value"], row["denominator"]) == (1.0, 1)
    assert one(made, metric="age_of_open_cases", measure="older_365")["value"] == 0.0
