import pytest

from metrics.disclosure.policy import Policy
from tests.specs.measured import ACKNOWLEDGE, one, published

METRIC = "escalation_compliance"
ESCALATE = """
[[deadline]]
name = "escalate"
title = "Escalate high and critical within 2 days"
from = "received"
to = "escalated"
within = 2
unit = "calendar_days"
applies_to = { severity = ["high", "critical"] }
basis = "Policy, section 2"
"""
APPEAL = ESCALATE.replace('"escalate"', '"escalate_to_board"').replace(
    "within = 2", "within = 9"
)
CASES = """
    case | severity
    A    | high
    B    | critical
    C    | low
    D    | high
    E    |
"""
EVENTS = """
    case | kind         | on
    A    | received     | 2024-01-01
    A    | escalated    | 2024-01-03
    B    | received     | 2024-01-01
    C    | received     | 2024-01-01
    C    | acknowledged | 2024-01-02
    D    | received     | 2024-01-30
"""
TOLD = {"as_of": "2024-01-31", "events": EVENTS, "cases": CASES}


def escalations(folder, *, rules=ACKNOWLEDGE + ESCALATE, **where):
    release = published(folder, **TOLD, rules=rules)
    return one(release.table("figures"), metric=METRIC, **where)


def test_a_serious_case_that_nobody_escalated_in_time_is_missed(tmp_path):
    row = escalations(tmp_path)
    assert (row["value"], row["numerator"], row["denominator"]) == (0.5, 1, 2)


def test_a_serious_case_of_yesterday_is_not_due(tmp_path):
    assert escalations(tmp_path)["pending"] == 1


def test_a_low_case_owes_no_escalation(tmp_path):
    row = escalations(tmp_path, breakdown="severity", level="low")
    assert (row["state"], row["denominator"]) == ("no_data", 0)


def test_a_case_whose_severity_nobody_recorded_cannot_be_judged(tmp_path):
    events = EVENTS + "E | received | 2024-01-01\n"
    release = published(tmp_path, **{**TOLD, "events": events}, rules=ESCALATE)
    row = one(release.table("figures"), metric=METRIC)
    assert (row["missing"], row["denominator"]) == (1, 2)


def test_only_deadlines_that_end_in_an_escalation_count(tmp_path):
    release = published(tmp_path, **TOLD, rules=ACKNOWLEDGE)
    row = one(release.table("figures"), metric=METRIC)
    assert (row["state"], row["denominator"]) == ("no_data", 0)


def test_several_rules_of_escalation_are_added_up(tmp_path):
    row = escalations(tmp_path, rules=ESCALATE + APPEAL)
    assert (row["numerator"], row["denominator"], row["pending"]) == (2, 4, 2)


def test_the_share_is_that_of_the_rule_where_there_is_one(tmp_path):
    figures = published(tmp_path, **TOLD, rules=ESCALATE).table("figures")
    rule = one(figures, metric="deadline_compliance", part="escalate")
    told = ("value", "low", "high", "numerator", "denominator", "pending", "missing", "state")
    row = one(figures, metric=METRIC)
    assert [row[name] for name in told] == [rule[name] for name in told]


@pytest.mark.parametrize("base", [5, 10])
def test_rounded_escalations_say_the_same_as_the_rounded_rule(tmp_path, base):
    # Rounded a second time they would be a second look at the same counts.
    policy = Policy("board", "rounding", base=base, min_denominator=20)
    told = {**TOLD, "as_of": "2024-03-31"}  # rounded counts are told of whole quarters
    release = published(tmp_path, **told, rules=ESCALATE, policy=policy)
    cells = release.table("cubes")
    columns = ("breakdown", "level", "month", "outcome", "band", "n")
    rule, added = (
        cells.filter(cells["metric"] == metric).select(*columns).sort(columns)
        for metric in ("deadline_compliance", METRIC)
    )
    assert rule.equals(added)
    assert rule.height > 0
