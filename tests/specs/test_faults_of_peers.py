"""Faults that other programs print, each with the answer that is right.

Read in the statistics of GlobaLeaks (handlers/analyst, commit 14826069) and in the key
performance indicators of Primero (KeyPerformanceIndicatorsController).
"""

import polars as pl
import pytest

from metrics.statistics.backlog import open_ages
from tests.specs.measured import figures_of, one

# Of the first quarter: A is reopened and closed again; B is opened late; C and D stay open; E
# is closed in the second quarter. F is of the second, G says that it is closed and not when.
EVENTS = """
    case | kind         | on
    A    | received     | 2024-01-01
    A    | acknowledged | 2024-01-03
    A    | resolved     | 2024-01-11
    A    | reopened     | 2024-01-20
    A    | resolved     | 2024-03-01
    B    | received     | 2024-01-01
    B    | acknowledged | 2024-01-21
    B    | resolved     | 2024-01-31
    C    | received     | 2024-01-01
    D    | received     | 2024-02-01
    E    | received     | 2024-03-21
    E    | resolved     | 2024-04-10
    F    | received     | 2024-04-01
    F    | resolved     | 2024-04-02
    G    | received     | 2024-01-01
"""
CASES = """
    case | status | unit  | anonymity
    A    | closed | north | anonymous
    B    | closed | north | anonymous
    C    | open   | north | anonymous
    D    | open   | south | named
    E    | closed | south | named
    F    | closed | south | named
    G    | closed | south | named
"""
CONTACTS = EVENTS + "    A    | contacted    | 2024-01-05\n    A | contacted | 2024-01-06\n"
FEEDBACK = """
    case | offered_on | answered_on | score
    A    | 2024-03-02 | 2024-03-03  | 5
    B    | 2024-02-01 |             |
    E    | 2024-03-30 |             |
"""
PEOPLE = "unit | from | people\nnorth | 2024-01-01 | 7\nsouth | 2024-01-01 | 7"
B_ALONE = """
    case | kind         | on
    B    | received     | 2024-01-01
    B    | acknowledged | 2024-01-21
    B    | resolved     | 2024-01-31
"""
FIRST, SECOND = "2024-01-01", "2024-04-01"


@pytest.fixture(scope="module")
def figures():
    return figures_of(
        as_of="2024-06-30", events=CONTACTS, cases=CASES, feedback=FEEDBACK, headcount=PEOPLE
    )


@pytest.fixture
def of(figures):
    """A figure of the first quarter, or of another period."""

    def found(metric, measure=None, *, start=FIRST, **where):
        where = {"period": "quarter", "start": start} | where
        return one(figures, metric=metric, measure=measure, **where)

    return found


# GlobaLeaks


def test_a_reopened_case_does_not_keep_its_first_closing_for_ever(of):
    # Of A 60 days and not 10: by day 30 it is open, like C, D and G; B and E have ended.
    assert of("time_to_resolution", "open_30")["value"] == pytest.approx(4 / 6)
    # By its first closing A has ended after 10 days, and E after 20: two of six by then.
    assert of("time_to_first_closure", "q25")["value"] == 20


def test_every_clock_starts_with_the_receipt_and_none_with_the_first_look():
    # B was looked at after 20 days and closed 10 later: it took 30 days, and is open on day 29.
    alone = figures_of(as_of="2024-06-30", events=B_ALONE)
    assert one(alone, metric="time_to_resolution", measure="median")["value"] == 30


def test_where_there_is_no_case_there_is_no_length_of_0_days(of):
    empty = of("time_to_resolution", "median", breakdown="unit", level="north", start=SECOND)
    assert (empty["value"], empty["state"]) == (None, "no_data")


def test_open_cases_are_not_absent_from_a_length_of_time(of):
    # Of the three that are closed the mean is 36.7 days; half of the six have not ended by 60.
    told = of("time_to_resolution", "q75")
    assert (told["state"], told["pending"], told["denominator"]) == ("not_reached", 3, 6)


def test_who_never_came_back_stays_in_the_share_of_those_who_did(of):
    # A came back, twice; B and C never: one of three, and not two contacts of one case.
    told = of("follow_up")
    assert (told["numerator"], told["denominator"]) == (1, 3)


def test_a_length_counts_where_the_case_was_received_and_a_closing_where_it_was_closed(of):
    # E was received in the first quarter and closed in the second.
    assert of("time_to_resolution", "median")["denominator"] == 6
    assert of("closed_cases")["numerator"] == 2
    assert of("closed_cases", start=SECOND)["numerator"] == 2


def test_a_few_cases_are_no_figure():
    told = one(
        figures_of(as_of="2024-06-30", events=EVENTS, min_denominator=10),
        metric="time_to_resolution",
        measure="median",
    )
    assert (told["value"], told["state"]) == (None, "few")


# Primero


def test_a_numerator_counts_cases_and_not_the_rows_of_a_table(of):
    # A and B, of them and C, D and G; E ended without one and is printed beside them.
    told = of("time_to_acknowledgement", "open_7")
    assert (told["numerator"], told["denominator"], told["missing"]) == (2, 5, 1)


def test_a_case_that_ends_without_a_step_does_not_drop_out_of_its_deadline(of):
    # E ended without an acknowledgement; C, D and G are open without one. A alone was in time.
    told = of("deadline_compliance", part="acknowledge")
    assert (told["numerator"], told["denominator"], told["value"]) == (1, 6, 1 / 6)


def test_a_closure_rate_is_closed_for_each_received_and_not_a_number_a_month(of):
    told = of("backlog", "clearance", period="month", start="2024-01-01")
    assert (told["numerator"], told["denominator"], told["value"]) == (1, 4, 0.25)


@pytest.mark.parametrize("age", [0, 1, 29, 30, 31, 89, 90, 179, 180, 364, 365, 5000])
def test_every_age_is_in_one_bucket_and_in_no_other(age):
    found = open_ages([10_000 - age], [float("nan")], as_of=10_000)
    assert found.counts.sum() == 1
    at = int(found.counts.argmax())
    above = [*found.edges[1:], float("inf")]
    assert found.edges[at] <= age < above[at]


def test_what_is_called_open_is_open(of):
    # C, D and G of seven; G says that it is closed, and no closing proves it.
    assert of("backlog", "open_cases", start=SECOND)["value"] == 3


def test_nothing_of_nothing_is_no_0_percent_and_none_of_some_is(of, figures):
    nothing = of("satisfaction", "top_two", start=SECOND)
    assert (nothing["value"], nothing["state"]) == (None, "no_data")
    none = of("deadline_compliance", part="acknowledge", breakdown="unit", level="south")
    assert (none["value"], none["state"], none["denominator"]) == (0, "ok", 3)
    assert figures.filter(
        (pl.col("denominator") == 0) & pl.col("value").is_not_null()
    ).is_empty()


def test_a_case_without_a_closing_date_is_in_no_shortest_bucket(of):
    # G: nothing is known of its end, so that it counts as open for as long as it was watched.
    told = of("time_to_resolution", "open_90", breakdown="unit", level="south")
    assert (told["numerator"], told["denominator"], told["value"]) == (1, 3, 2 / 3)


def test_a_ratio_is_not_divided_in_whole_numbers(of):
    assert of("report_frequency", "rate")["value"] == pytest.approx(100 * 6 / 14)
    assert of("backlog", "clearance", start=SECOND)["value"] == 2
    assert of("backlog", "clearance")["value"] == pytest.approx(2 / 6)


def test_who_did_not_answer_is_told_beside_satisfaction_and_what_it_could_change(of):
    told = of("satisfaction", "top_two")
    assert (told["value"], told["numerator"], told["denominator"]) == (1, 1, 1)
    assert (told["missing"], told["worst"], told["best"]) == (2, 1 / 3, 1)
    assert of("satisfaction", "response_rate")["value"] == pytest.approx(1 / 3)
