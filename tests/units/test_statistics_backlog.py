from datetime import date

import numpy as np
import pytest

from metrics.statistics.backlog import case_days, flow, open_ages, open_counts
from metrics.statistics.cohorts import day_numbers, period_cohort, received_cohort
from metrics.statistics.survival import kaplan_meier, share_open

NAN = float("nan")

# Four cases: closed on the day received, closed on day 10, open, and received on day 8.
RECEIVED = [0, 2, 5, 8]
CLOSED = [0, 10, NAN, 9]


# Cohorts


def test_open_cases_are_followed_to_the_as_of_day():
    found = received_cohort(RECEIVED, CLOSED, as_of=20)

    assert found.days.tolist() == [0, 8, 15, 1]
    assert found.ended.tolist() == [True, True, False, True]
    assert found.entered.tolist() == [-1] * 4


def test_what_happens_after_the_as_of_day_is_not_known_on_it():
    found = received_cohort(RECEIVED, CLOSED, as_of=7)

    assert found.rows.tolist() == [0, 1, 2]
    assert found.days.tolist() == [0, 5, 2]
    assert found.ended.tolist() == [True, False, False]
    assert received_cohort(RECEIVED, CLOSED, as_of=10).ended.tolist() == [True] * 2 + [
        False,
        True,
    ]


def test_a_period_watches_every_case_live_in_it_and_only_in_it():
    # Days 5 to 9: case 0 is over, case 1 was seen open at 2 days, cases 2 and 3 come in it.
    found = period_cohort(RECEIVED, CLOSED, start=5, end=10, resolution="day")

    assert found.rows.tolist() == [1, 2, 3]
    assert found.entered.tolist() == [2, -1, -1]
    assert found.days.tolist() == [7, 4, 1]
    assert found.ended.tolist() == [False, False, True]


def test_a_closing_on_the_first_day_of_a_period_counts_in_it():
    found = period_cohort([0], [5], start=5, end=10, resolution="day")
    curve = kaplan_meier(found.days, found.ended, entered=found.entered)

    assert (curve.day.tolist(), curve.at_risk.tolist()) == ([5], [1])


def test_instants_enter_at_their_age_at_the_start_and_leave_at_the_end():
    found = period_cohort(
        [1.5, 4.0, 12.25], [6.25, NAN, NAN], start=5, end=10.5, resolution="instant"
    )

    assert found.entered.tolist() == [3.5, 1.0]
    assert found.days.tolist() == [4.75, 6.5]
    assert found.ended.tolist() == [True, False]


def test_clearing_a_backlog_does_not_make_a_period_look_slow():
    # One case a day ends after 10 days; 20 cases of 200 days are cleared on day 205.
    received = [*range(300), *[5] * 20]
    closed = [*range(10, 310), *[205] * 20]
    found = period_cohort(received, closed, start=200, end=210, resolution="day")
    curve = kaplan_meier(found.days, found.ended, entered=found.entered)

    ended = found.days[found.ended]
    assert ended.mean() > 100
    assert share_open(curve, 9).value == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([0], [1, 2]), "one length"),
        (([NAN], [1]), "receipt"),
        (([2], [1]), "1 cases are closed"),
    ],
)
def test_impossible_cases_are_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        received_cohort(*columns, as_of=9)


def test_a_period_has_days():
    with pytest.raises(ValueError, match="no days"):
        period_cohort([0], [1], start=5, end=5, resolution="day")
    with pytest.raises(ValueError, match="no days"):
        flow([0], [1], start=5, end=5)
    with pytest.raises(ValueError, match="before it starts"):
        case_days([0], [1], start=5, end=4)


def test_dates_are_days_since_1970_and_an_absent_one_is_not_a_number():
    numbers = day_numbers(np.array(["1970-01-03", "NaT"], dtype="datetime64[D]"))

    assert numbers[0] == 2
    assert np.isnan(numbers[1])
    assert day_numbers([date(1970, 1, 2)]).tolist() == [1]
    assert day_numbers(np.array(["1970-01-01T12"], dtype="datetime64[h]")).tolist() == [0.5]


# Backlog


def test_a_case_is_open_from_its_receipt_to_the_day_before_its_closing():
    days = [-1, 0, 2, 8, 9, 10, 99]

    assert open_counts(RECEIVED, CLOSED, days).tolist() == [0, 0, 1, 3, 2, 1, 1]


def test_case_days_are_the_open_counts_added_up():
    inside = case_days(RECEIVED, CLOSED, start=3, end=11)

    # Case 1 on days 3 to 9, case 2 on days 5 to 10, case 3 on day 8.
    assert inside == 7 + 6 + 1
    assert inside == open_counts(RECEIVED, CLOSED, range(3, 11)).sum()
    assert case_days(RECEIVED, CLOSED, start=3, end=3) == 0


def test_what_is_open_changes_by_what_comes_and_goes():
    found = flow(RECEIVED, CLOSED, start=5, end=10)

    assert (found.opening, found.received, found.closed, found.closing) == (1, 2, 1, 2)
    assert found.case_days == 5 + 5 + 1
    assert found.mean_open == 11 / 5
    assert found.days_per_case == 11 / 2
    assert flow([0], [NAN], start=5, end=10).days_per_case is None


def test_a_closing_on_the_first_day_is_in_the_period_and_one_on_its_end_is_not():
    found = flow([0, 0], [5, 10], start=5, end=10)

    assert (found.opening, found.closed, found.closing) == (2, 1, 1)


def test_ages_fall_into_buckets_closed_on_the_left():
    # Ages of 0, 29, 30, 59, 60 and 400 days.
    received = [400, 371, 370, 341, 340, 0]
    found = open_ages(received, [NAN] * 6, as_of=400, edges=[0, 30, 60])

    assert found.counts.tolist() == [2, 2, 2]
    assert found.oldest == 400


def test_only_what_is_open_on_the_day_has_an_age():
    found = open_ages(RECEIVED, CLOSED, as_of=8)

    assert found.counts.tolist() == [3, 0, 0, 0, 0, 0]
    nothing = open_ages([5], [6], as_of=6)
    assert (nothing.counts.sum(), nothing.oldest) == (0, None)


@pytest.mark.parametrize("edges", [[], [1, 2], [0, 5, 5], [[0]]])
def test_edges_of_buckets_rise_from_0(edges):
    with pytest.raises(ValueError, match="rise"):
        open_ages([0], [NAN], as_of=1, edges=edges)
