from datetime import date
from typing import Any

import pytest

from etl.store import Store
from tests.rule_files import SERIOUS, rule


def results(store: Store) -> dict[str, str]:
    rows = store.frame("select case_key, result from core.deadlines order by case_key")
    assert rows["case_key"].n_unique() == rows.height, "one row per case"
    return dict(rows.iter_rows())


def only(store: Store, column: str) -> Any:
    frame = store.frame("select * from core.deadlines")
    assert frame.height == 1
    return frame[column][0]


def received(day: str) -> str:
    return f"case | kind | on\nA | received | {day}"


# Met, met late, missed, not yet due


ENDS_ON_THE_8TH = """
    case | kind         | on
    A    | received     | 2024-01-01
    X    | received     | 2023-01-01
    X    | acknowledged | 2023-01-01
"""


@pytest.mark.parametrize(
    ("as_of", "result"),
    [("2024-01-07", "not_due"), ("2024-01-08", "missed"), ("2024-01-09", "missed")],
)
def test_a_deadline_is_judged_from_its_due_day_on(core, as_of, result):
    store = core(as_of=as_of, rules=rule(), events=ENDS_ON_THE_8TH)
    assert results(store)["A"] == result


@pytest.mark.parametrize(
    ("done", "result"),
    [
        pytest.param("2024-01-01", "met", id="on the day it starts"),
        pytest.param("2024-01-08", "met", id="on the due day"),
        pytest.param("2024-01-09", "met_late", id="a day late"),
    ],
)
def test_what_was_done_is_met_or_met_late(core, done, result):
    events = f"""
        case | kind         | on
        A    | received     | 2024-01-01
        A    | acknowledged | {done}
    """
    store = core(as_of="2024-03-01", rules=rule(), events=events)
    assert results(store) == {"A": result}
    assert only(store, "done_on") == date.fromisoformat(done)


def test_what_is_done_before_the_due_day_comes_is_not_due_yet(core):
    # Else the quick ones of a young period would count before the slow ones can.
    events = """
        case | kind         | on
        A    | received     | 2024-01-01
        A    | acknowledged | 2024-01-02
    """
    store = core(as_of="2024-01-07", rules=rule(), events=events)
    assert results(store) == {"A": "not_due"}


def test_the_first_time_a_step_is_done_counts(core):
    events = """
        case | kind         | on
        A    | received     | 2024-01-01
        A    | acknowledged | 2024-01-20
        A    | acknowledged | 2024-01-05
    """
    store = core(as_of="2024-03-01", rules=rule(), events=events)
    assert (only(store, "done_on"), only(store, "result")) == (date(2024, 1, 5), "met")


def test_overdue_and_open_is_missed_until_it_is_done(core):
    store = core(as_of="2024-01-20", rules=rule(), events=ENDS_ON_THE_8TH)
    assert results(store)["A"] == "missed"


# Withdrawn


def withdrawn(core, day: str) -> Store:
    cases = """
        case | outcome
        A    | withdrawn
        X    |
    """
    events = f"""
        case | kind         | on
        A    | received     | 2024-01-01
        A    | resolved     | {day}
        X    | received     | 2023-01-01
        X    | acknowledged | 2023-01-01
    """
    return core(as_of="2024-03-01", rules=rule(), cases=cases, events=events)


@pytest.mark.parametrize(
    ("day", "result"),
    [
        ("2024-01-05", "not_applicable"),
        ("2024-01-08", "not_applicable"),
        ("2024-01-09", "missed"),
    ],
)
def test_a_case_withdrawn_before_the_due_day_owes_nothing(core, day, result):
    assert results(withdrawn(core, day))["A"] == result


def test_a_withdrawn_case_that_was_acknowledged_first_counts_as_met(core):
    cases = "case | outcome\nA | withdrawn"
    events = """
        case | kind         | on
        A    | received     | 2024-01-01
        A    | acknowledged | 2024-01-02
        A    | resolved     | 2024-01-03
    """
    store = core(as_of="2024-03-01", rules=rule(), cases=cases, events=events)
    assert results(store) == {"A": "met"}


# What cannot be assessed


def test_a_step_that_was_passed_without_a_date_has_lost_it(core):
    events = """
        case | kind         | on
        A    | received     | 2024-01-01
        A    | triaged      | 2024-01-09
        X    | received     | 2023-01-01
        X    | acknowledged | 2023-01-01
    """
    store = core(as_of="2024-03-01", rules=rule(passed_by='["triaged"]'), events=events)
    assert results(store)["A"] == "not_assessable"


def test_a_step_with_a_date_is_judged_by_it_although_later_steps_happened(core):
    events = """
        case | kind         | on
        A    | received     | 2024-01-01
        A    | acknowledged | 2024-01-20
        A    | triaged      | 2024-01-03
    """
    store = core(as_of="2024-03-01", rules=rule(passed_by='["triaged"]'), events=events)
    assert results(store) == {"A": "met_late"}


def test_a_source_that_never_records_the_step_is_not_judged_by_it(core):
    events = """
        source  | snapshot | case | kind         | on
        desk    | 2        | A    | received     | 2024-01-01
        desk    | 2        | B    | received     | 2024-01-01
        desk    | 2        | B    | acknowledged | 2024-01-03
        archive | 3        | C    | received     | 2024-01-01
    """
    deliveries = """
        snapshot | source  | export  | grain | as_of
        1        | desk    | cases   | case  | 2024-03-01
        2        | desk    | history | event | 2024-03-01
        3        | archive | history | event | 2024-03-01
    """
    cases = """
        source  | snapshot | case
        desk    | 1        | A
        desk    | 1        | B
        archive | 3        | C
    """
    store = core(
        as_of="2024-03-01", rules=rule(), cases=cases, events=events, deliveries=deliveries
    )
    assert results(store) == {"A": "missed", "B": "met", "C": "not_assessable"}


def test_an_unknown_severity_where_the_rule_asks_for_it_cannot_be_assessed(core):
    cases = """
        case | severity
        A    | high
        B    |
        C    | low
        D    | critical
    """
    events = """
        case | kind         | on
        A    | received     | 2024-01-01
        B    | received     | 2024-01-01
        B    | acknowledged | 2024-01-02
        C    | received     | 2024-01-01
        D    | received     | 2024-01-01
        D    | acknowledged | 2024-01-02
    """
    store = core(as_of="2024-03-01", rules=rule(**SERIOUS), cases=cases, events=events)
    assert results(store) == {"A": "missed", "B": "not_assessable", "D": "met"}


def test_an_unknown_severity_does_not_matter_before_the_due_day(core):
    events = "case | kind | on\nA | received | 2024-01-01"
    store = core(as_of="2024-01-07", rules=rule(**SERIOUS), events=events)
    assert results(store) == {"A": "not_due"}


def test_a_rule_that_asks_nothing_of_the_severity_does_not_need_it(core):
    store = core(as_of="2024-03-01", rules=rule(), events=ENDS_ON_THE_8TH)
    assert results(store)["A"] == "missed"


@pytest.mark.parametrize("field", ["unit", "category", "channel"])
def test_a_rule_may_be_for_some_units_categories_or_channels(core, field):
    cases = f"case | {field}\nA | north\nB | south\nC |"
    events = """
        case | kind         | on
        A    | received     | 2024-01-01
        B    | received     | 2024-01-01
        C    | received     | 2024-01-01
        C    | acknowledged | 2024-01-02
    """
    rules = rule(applies_to=f'{{ {field} = ["north"] }}')
    store = core(as_of="2024-03-01", rules=rules, cases=cases, events=events)
    assert results(store) == {"A": "missed", "C": "not_assessable"}


def test_dates_out_of_order_cannot_be_assessed(core):
    events = """
        case | kind         | on
        A    | received     | 2024-01-10
        A    | acknowledged | 2024-01-09
    """
    store = core(as_of="2024-03-01", rules=rule(), events=events)
    assert results(store) == {"A": "not_assessable"}


def after_the_decision(core, events: str) -> Store:
    rules = rule(from_='"decided"', to='"informed"')
    return core(as_of="2024-03-01", rules=rules, events=events)


FIRST = """
    case | kind     | on
    X    | received | 2023-01-01
    X    | decided  | 2023-01-01
    X    | informed | 2023-01-01
    A    | received | 2024-01-01
"""


def test_a_step_whose_start_has_not_happened_does_not_apply(core):
    assert results(after_the_decision(core, FIRST))["A"] == "not_applicable"


def test_a_step_that_is_done_while_its_start_has_no_date_cannot_be_assessed(core):
    events = FIRST + "A | informed | 2024-01-03"
    assert results(after_the_decision(core, events))["A"] == "not_assessable"


def test_a_step_counts_its_days_from_the_event_that_starts_it(core):
    store = after_the_decision(core, FIRST + "A | decided | 2024-02-01")
    row = store.frame("select * from core.deadlines where case_key = 'A'").row(0, named=True)
    assert (row["started_on"], row["due_on"]) == (date(2024, 2, 1), date(2024, 2, 8))
    assert row["result"] == "missed"


# Rules in force


TWO_VERSIONS = (
    rule(in_force_until="2024-01-01", passed_by='["triaged"]')
    + rule(in_force_from="2024-01-01", within="3")
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "due"),
    [("2023-12-31", date(2024, 1, 7)), ("2024-01-01", date(2024, 1, 4))],
)
def test_the_version_in_force_on_the_day_of_receipt_counts(core, day, due):
    store = core(as_of="2024-03-01", rules=TWO_VERSIONS, events=received(day))
    assert only(store, "due_on") == due


def test_what_proves_a_lost_date_is_said_by_the_version_in_force(core):
    events = """
        case | kind         | on
        A    | received     | 2023-12-31
        A    | triaged      | 2024-01-20
        B    | received     | 2024-01-01
        B    | triaged      | 2024-01-20
        X    | received     | 2023-01-01
        X    | acknowledged | 2023-01-01
    """
    found = results(core(as_of="2024-03-01", rules=TWO_VERSIONS, events=events))
    assert (found["A"], found["B"]) == ("not_assessable", "missed")


@pytest.mark.parametrize(("day", "rows"), [("2023-12-31", 0), ("2024-01-01", 1)])
def test_a_case_received_before_a_rule_is_in_force_has_no_such_deadline(core, day, rows):
    rules = rule(in_force_from="2024-01-01")
    store = core(as_of="2024-03-01", rules=rules, events=received(day))
    assert store.frame("select * from core.deadlines").height == rows


def test_every_rule_makes_its_own_deadline(core):
    rules = rule() + rule(name='"triage"', to='"triaged"', within="5")
    store = core(as_of="2024-03-01", rules=rules, events=received("2024-01-01"))
    found = store.frame("select rule, due_on from core.deadlines order by rule")
    assert found.rows() == [("acknowledge", date(2024, 1, 8)), ("triage", date(2024, 1, 6))]


def test_without_rules_there_are_no_deadlines(core):
    store = core(as_of="2024-03-01", events=received("2024-01-01"))
    assert store.frame("select * from core.deadlines").is_empty()


def test_every_result_says_in_words_how_it_came_about(core):
    store = core(as_of="2024-03-01", rules=rule(), events=ENDS_ON_THE_8TH)
    branches = store.frame("select branch from core.deadlines order by case_key")
    assert branches["branch"].to_list() == ["not done", "done in time"]
