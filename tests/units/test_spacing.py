"""By the end of which months cases have come to a deadline, by the calendar."""

from datetime import date

import numpy as np
import pytest

from metrics.disclosure.following import Follower, Link
from metrics.disclosure.following_room import narrowed
from metrics.disclosure.lengths import Length, Lengths
from metrics.disclosure.spacing import BEFORE, NEVER, Spacing
from metrics.periods import months_between

MONTHS = months_between(date(2024, 1, 1), date(2024, 6, 30))


def test_what_is_due_within_thirty_days_by_the_end_of_april_was_received_in_march():
    """31 March and 30 days are 30 April; 1 April and 30 days are 1 May."""
    thirty = Spacing.of(Lengths.always(30, 30), 2, MONTHS)
    january, april = MONTHS.index(date(2024, 1, 1)), MONTHS.index(date(2024, 4, 1))
    march = april - 1
    assert thirty.at(april) == (march, march)
    # 1 January is due on the 31st, and so is what came before.
    assert thirty.at(january) == (BEFORE, january)
    assert thirty.by_month.at(april) == (april - 2, april)


def test_of_sixty_days_some_of_march_are_due_by_the_end_of_april():
    """29 February is due on 29 April, 1 March on the 30th."""
    sixty = Spacing.of(Lengths.always(60, 60), 3, MONTHS)
    february, april = 1, 3
    assert sixty.at(april) == (february, april - 1)
    assert sixty.at(0) == (NEVER, BEFORE)  # what came in November may not be due by then


def changed(day: date, before: int, since: int) -> Spacing:
    """A rule of so many days until a day, and of others from that day on."""
    on = day.toordinal()
    lengths = Lengths((Length(before, before, last=on - 1), Length(since, since, on)))
    return Spacing.of(lengths, 3, MONTHS)


def test_a_shorter_rule_counts_from_the_day_on_which_it_comes_into_force():
    """60 days until March, 14 since: of 17 March it is due in March, of 1 February in April."""
    january, march, april, may = 0, 2, 3, 4
    shorter = changed(date(2024, 3, 1), 60, 14)
    assert shorter.at(march) == (january, march)
    assert shorter.at(april) == (march, april)
    assert shorter.at(may) == (april, may)


def test_two_rules_are_so_far_apart_as_the_versions_that_a_case_may_have_of_both():
    before, since = date(2024, 3, 1).toordinal() - 1, date(2024, 3, 1).toordinal()
    changed = Lengths((Length(30, 30, last=before), Length(14, 14, since)))
    apart = changed.until(Lengths.always(60, 60))
    assert apart.versions[0].fewest == apart.versions[0].most == 30
    assert apart.versions[1].fewest == apart.versions[1].most == 46
    # By the day on which the first rule falls due: of 1 March that is the 15th.
    assert apart.versions[1].first == date(2024, 3, 15).toordinal()
    assert changed.until(Lengths.always(20, 20)) is None


def test_a_rule_in_months_falls_due_in_that_month_whatever_its_length():
    two = Spacing.lagged(2, 2, len(MONTHS))
    assert two.at(3) == (1, 1)
    assert two.at(1) == (BEFORE, BEFORE)


def test_links_by_the_day_are_eased_where_cases_came_too_late_for_them():
    thirty = Spacing.of(Lengths.always(30, 30), 2, MONTHS)
    led = np.array([2, 4, 6, 8, 10, 12])
    assert thirty.eased(led, np.array([1, 2, 5, 6, 9, 10])) == thirty
    # Seven due by April where six were received by March: one came too late to be among them.
    eased = thirty.eased(led, np.array([1, 2, 5, 7, 9, 10]))
    assert eased.at(3) == (2, 3)
    # Five due where six were received by March: all that one knows is of two months before.
    assert thirty.eased(led, np.array([1, 2, 5, 5, 9, 10])).at(3) == (1, 2)


@pytest.mark.parametrize(("due", "is_less"), [(5, False), (0, True)])
def test_one_number_told_twice_leaves_less_room_to_who_knows_the_day(due, is_less):
    """What was received in April and May is due in May and June.

    5 of May (1 to 9) beside none due in the whole quarter (0 to 4) prove 1 to 4 of both.
    """
    told, led = np.zeros((1, 6, 1), dtype=np.int64), np.zeros((1, 6), dtype=np.int64)
    led[0, MONTHS.index(date(2024, 5, 1))] = 5
    told[0, MONTHS.index(date(2024, 6, 1)), 0] = due
    by_day = Link({0: Spacing.of(Lengths.always(30, 30), 2, MONTHS)}, ())
    found = [
        narrowed(led, [Follower(told, range(6), [], link)], [(0, 3), (3, 6)], 5, [{}, {}])
        for link in (by_day.by_month, by_day)
    ]
    assert [n > 0 for n in found] == [False, is_less]
