from datetime import date

import pytest

from metrics.estimate import NOBODY, NOT_DUE, NOT_JUDGED
from metrics.statistics.intervals import wilson
from tests.specs.measured import (
    ACKNOWLEDGE,
    counted,
    deadlines_judged,
    estimated,
    figures_of,
    one,
    spec,
)

METRIC = "deadline_compliance"
IN_TIME = """
    A    | received     | 2024-01-01
    A    | acknowledged | 2024-01-08
"""
LATE = """
    B    | received     | 2024-01-01
    B    | acknowledged | 2024-01-09
"""
OPEN = """
    C    | received     | 2024-01-01
"""
YOUNG = """
    D    | received     | 2024-01-25
"""
DATE_LOST = """
    E    | received     | 2024-01-01
    E    | triaged      | 2024-01-12
"""


def events(*told: str) -> str:
    return "case | kind | on\n" + "".join(told)


def test_done_on_the_last_day_is_in_time_and_a_day_later_is_not():
    spec(
        as_of="2024-01-31",
        events=events(IN_TIME, LATE),
        metric=METRIC,
        expect={"value": 0.5, "numerator": 1, "denominator": 2.0},
    )


def test_overdue_and_still_open_counts_as_missed():
    spec(
        as_of="2024-01-31",
        events=events(IN_TIME, OPEN),
        metric=METRIC,
        expect={"value": 0.5, "numerator": 1, "denominator": 2.0, "pending": 0},
    )


def test_what_is_not_due_yet_is_left_out_of_the_share_and_counted_beside_it():
    spec(
        as_of="2024-01-31",
        events=events(IN_TIME, YOUNG),
        metric=METRIC,
        expect={"value": 1.0, "numerator": 1, "denominator": 1.0, "pending": 1},
    )


def test_what_is_done_before_it_is_due_is_left_out_until_it_is_due():
    # Counting the early ones and not the open ones of the same days would flatter the share.
    early = "A | received | 2024-01-25\nA | acknowledged | 2024-01-26\n"
    spec(
        as_of="2024-01-31",
        events=events(early, OPEN),
        metric=METRIC,
        expect={"value": 0.0, "numerator": 0, "denominator": 1.0, "pending": 1},
    )


def test_due_on_the_as_of_day_itself_is_due():
    spec(
        as_of="2024-01-08",
        events=events(IN_TIME),
        metric=METRIC,
        expect={"value": 1.0, "denominator": 1.0, "pending": 0},
    )


def test_a_lost_date_is_printed_beside_the_share_with_what_it_could_change():
    spec(
        as_of="2024-01-31",
        events=events(IN_TIME, DATE_LOST),
        metric=METRIC,
        expect={"value": 1.0, "denominator": 1.0, "missing": 1, "worst": 0.5, "best": 1.0},
    )


def test_where_every_date_is_lost_nothing_can_be_judged():
    row = deadlines_judged(met=0, not_assessable=3)
    assert (row["value"], row["state"], row["reason"]) == (None, "not_assessable", NOT_JUDGED)
    assert row["missing"] == 3


def test_where_nothing_has_fallen_due_there_is_no_share_and_it_is_said_why():
    row = deadlines_judged(met=0, not_due=2)
    assert (row["value"], row["state"], row["reason"]) == (None, "no_data", NOT_DUE)
    assert row["pending"] == 2


def test_where_there_is_nothing_at_all_the_share_is_neither_0_nor_1():
    row = deadlines_judged(met=0)
    assert (row["value"], row["state"], row["reason"]) == (None, "no_data", NOBODY)


def test_none_in_time_is_0_and_not_no_data():
    row = deadlines_judged(met=0, missed=3)
    assert (row["value"], row["state"]) == (0, "ok")


def test_the_interval_is_wilsons_and_has_a_width_where_all_are_in_time():
    # Printed in tables: 10 of 10 gives 0.7225 to 1.
    row = deadlines_judged(met=10)
    assert (row["low"], row["high"]) == (pytest.approx(0.72246, abs=1e-5), 1)


@pytest.mark.parametrize(("met", "state"), [(9, "few"), (10, "ok")])
def test_a_share_of_fewer_than_the_audience_may_see_is_few(met, state):
    row = deadlines_judged(met=met, min_denominator=10)
    assert row["state"] == state
    assert (row["value"] is None) == (state == "few")
    assert row["numerator"] == met


def test_a_deadline_counts_in_the_quarter_in_which_it_falls_due():
    figures = figures_of(
        as_of="2024-04-30",
        events=events("A | received | 2024-03-28\nA | acknowledged | 2024-03-29\n"),
        coverage_from="2024-01-01",
    )
    asked = {"metric": METRIC, "period": "quarter"}
    assert one(figures, start="2024-01-01", **asked)["denominator"] == 0
    assert one(figures, start="2024-04-01", **asked)["denominator"] == 1


def test_each_rule_is_a_part_with_a_share_of_its_own():
    second = ACKNOWLEDGE.replace('"acknowledge"', '"resolve"').replace(
        '"acknowledged"', '"resolved"'
    )
    figures = figures_of(
        as_of="2024-01-31",
        events=events(IN_TIME, "A | resolved | 2024-01-30\n"),
        rules=ACKNOWLEDGE + second,
    )
    assert one(figures, metric=METRIC, part="acknowledge")["value"] == 1
    assert one(figures, metric=METRIC, part="resolve")["value"] == 0


def test_what_was_withdrawn_before_its_day_is_in_no_share():
    spec(
        as_of="2024-01-31",
        events=events(IN_TIME, "B | received | 2024-01-01\nB | resolved | 2024-01-03\n"),
        cases="case | outcome\nA |\nB | withdrawn",
        metric=METRIC,
        expect={"value": 1.0, "denominator": 1.0, "missing": 0, "pending": 0},
    )


# To an audience of rounded counts


def test_rounded_to_0_of_many_is_a_share_of_0():
    row = deadlines_judged(met=0, missed=40, base=5, min_denominator=20)
    assert (row["value"], row["state"]) == (0, "ok")


def test_a_rounded_0_is_never_called_no_data_since_it_may_be_a_few():
    row = deadlines_judged(met=0, base=5, min_denominator=20)
    assert (row["value"], row["state"]) == (None, "few")


def test_a_rounded_0_of_deadlines_is_not_called_not_due_either():
    row = deadlines_judged(met=0, not_due=5, base=5, min_denominator=20)
    assert row["state"] == "few"


@pytest.mark.parametrize(("lost", "state"), [(15, "few"), (20, "not_assessable")])
def test_a_rounded_0_with_a_few_lost_dates_is_few_since_some_may_have_been_judged(lost, state):
    row = deadlines_judged(met=0, not_assessable=lost, base=5, min_denominator=20)
    assert (row["value"], row["state"]) == (None, state)


@pytest.mark.parametrize("metric", ["satisfaction", "time_to_resolution"])
def test_a_rounded_0_of_any_metric_is_never_called_no_data(metric):
    outcomes = {
        "satisfaction": {"satisfied": 0, "other": 0, "unanswered": 0, "unusable": 0},
        "time_to_resolution": {"ended": 0, "open": 0},
    }[metric]
    row = counted(metric, outcomes, base=5, min_denominator=20)
    assert (row["value"], row["state"]) == (None, "few")


def test_the_interval_of_rounded_counts_holds_that_of_every_true_count():
    # 130 of 175, rounded to fives: anything from 126 to 134 met of 171 to 179.
    row = deadlines_judged(met=130, missed=45, base=5)
    for met, due in ((126, 171), (126, 179), (130, 175), (134, 171), (134, 179)):
        true = deadlines_judged(met=met, missed=due - met)
        assert row["low"] <= true["low"]
        assert true["high"] <= row["high"]
    assert row["value"] == 130 / 175


def test_rounded_counts_of_a_longer_span_may_be_further_off():
    told = [
        ("deadline_compliance", "acknowledge", "all", "all", date(2023, month, 1), ended, -1, n)
        for month in (2, 12)
        for ended, n in (("met", 200), ("missed", 100))
    ]
    figures = estimated(told, until="2023-12-31", part="acknowledge", base=5)
    asked = {"metric": METRIC, "start": "2023-01-01"}
    quarter, year = (one(figures, period=name, **asked) for name in ("quarter", "year"))
    assert quarter["low"] == pytest.approx(wilson(196, 304).low)
    assert year["low"] == pytest.approx(wilson(384, 616).low)
