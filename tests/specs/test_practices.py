"""The catalogue of practices: what the exports record decides what can be assessed."""

from datetime import date

import polars as pl
import pytest

from etl.actions import SCHEMA
from etl.source import FIXED
from metrics.catalog import METRICS
from metrics.practices import FACTS, PRACTICES, coverage
from metrics.release import TABLES

EVENTS = """
    case | kind               | on
    A    | received           | 2024-01-01
    A    | safeguard_required | 2024-01-02
    A    | safeguard_applied  | 2024-01-03
    B    | received           | 2024-01-01
    B    | referral_made      | 2024-01-02
    B    | resolved           | 2024-02-01
"""


@pytest.fixture
def found(core):
    store = core(as_of="2024-06-30", events=EVENTS)
    return {each.practice.name: each for each in coverage(store)}


def test_a_practice_whose_events_are_all_recorded_can_be_assessed(found):
    assert found["Immediate safeguards"].state == "assessable"
    assert found["Time to resolution"].missing == ()


def test_a_practice_with_some_of_its_events_is_assessed_in_part_and_the_rest_is_named(found):
    referrals = found["Partner referrals"]
    assert referrals.state == "partly"
    assert referrals.missing == ("referral_accepted", "service_started", "party")


def test_a_practice_without_any_of_its_events_is_not_assessable(found):
    assert found["Case conference"].state == "not_assessable"
    assert found["Case conference"].missing == (
        "conference_required",
        "conference_held",
        "party",
    )


def test_a_fact_beside_the_events_must_be_recorded_too(core, found):
    assert found["Reported concerns"].missing == ("headcount",)
    assert found["Equal treatment"].missing == ("group", "triaged", "outcome")


def _actions(kind: str, accepted: date) -> pl.DataFrame:
    blank = dict.fromkeys(SCHEMA)
    return pl.DataFrame([blank | {"kind": kind, "accepted_on": accepted}], schema=SCHEMA)


def test_corrective_actions_tell_what_no_export_does(core):
    store = core(as_of="2024-06-30", events=EVENTS)
    training = _actions("training", date(2024, 6, 30))
    found = {each.practice.name: each for each in coverage(store, training)}
    assert found["Corrective actions"].state == "assessable"
    assert found["Training"].by_actions
    assert found["Policy update"].state == "not_assessable"


def test_an_action_accepted_after_the_as_of_day_tells_nothing_yet(core):
    store = core(as_of="2024-06-30", events=EVENTS)
    later = _actions("training", date(2024, 7, 1))
    found = {each.practice.name: each for each in coverage(store, later)}
    assert found["Training"].state == "not_assessable"
    assert not found["Corrective actions"].by_actions


def test_every_practice_of_the_catalogue_is_there_once_in_its_order():
    assert [practice.number for practice in PRACTICES] == list(range(1, 37))
    assert len({practice.name for practice in PRACTICES}) == 36


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.name)
def test_a_practice_needs_what_a_source_can_record_and_is_measured_by_a_metric(practice):
    assert practice.needs
    assert set(practice.needs) <= {*FIXED["kind"], *FACTS}
    assert practice.measured_by in {metric.name for metric in METRICS} | set(TABLES)
    assert practice.question.endswith("?")
