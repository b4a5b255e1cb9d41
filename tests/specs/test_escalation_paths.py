from tests.specs.measured import figures_of, one

RULES = """
ladder = ["desk", "ethics", "board"]

[[deadline]]
name = "escalate"
title = "Escalate high cases within 3 days"
from = "received"
to = "escalated"
within = 3
unit = "calendar_days"
applies_to = { severity = ["high"] }
basis = "Policy, section 2"
"""
ROUTE = """
[[route]]
name = "investigate_serious"
title = "Investigate serious cases formally"
demands = ["investigated"]
instead_of = ["coached"]
applies_to = { severity = ["high"] }
basis = "Policy, section 3"
"""
CASES = """
    case | severity
    A    | high
    B    | low
    C    | low
"""
EVENTS = """
    case | kind         | on         | level
    A    | received     | 2024-01-01 |
    A    | escalated    | 2024-01-02 | ethics
    B    | received     | 2024-01-01 |
    B    | escalated    | 2024-01-05 | board
    B    | de_escalated | 2024-01-09 | ethics
    C    | received     | 2024-01-01 |
"""


def row(metric: str, measure: str | None = None):
    figures = figures_of(as_of="2024-03-31", cases=CASES, events=EVENTS, rules=RULES)
    return one(figures, metric=metric, measure=measure)


def test_a_case_passed_up_without_a_rule_that_asks_for_it_is_unprompted():
    found = row("escalations", "unprompted")
    assert (found["value"], found["numerator"], found["denominator"]) == (0.5, 1, 2)
    assert row("escalations", "passed_up")["value"] == 2
    assert row("escalations", "passed_down")["numerator"] == 1


def test_from_the_desk_to_the_board_the_ethics_office_was_passed_over():
    found = row("skipped_levels")
    assert (found["value"], found["denominator"], found["missing"]) == (0.5, 2, 0)


def test_a_case_passed_up_and_down_again_was_sent_to_and_fro():
    found = row("ping_pong")
    assert (found["value"], found["denominator"]) == (0.5, 2)


def test_coaching_alone_is_the_wrong_route_for_a_serious_case():
    figures = figures_of(
        as_of="2024-03-31",
        cases="""
            case | severity
            A    | high
            B    | high
            C    | high
            D    | low
        """,
        events="""
            case | kind         | on
            A    | received     | 2024-01-01
            A    | investigated | 2024-01-20
            B    | received     | 2024-01-01
            B    | coached      | 2024-01-20
            C    | received     | 2024-01-01
            D    | received     | 2024-01-01
            D    | coached      | 2024-01-20
        """,
        rules=ROUTE,
    )
    found = one(figures, metric="right_route", part="investigate_serious")
    assert (found["value"], found["denominator"], found["pending"]) == (0.5, 2, 1)


def test_each_stay_on_a_level_counts_and_open_ones_are_watched_up_to_the_as_of_day():
    # On the desk: A 1 day, B 4, C 59 so far. Ethics: A 58 and B 51, both still there.
    figures = figures_of(as_of="2024-02-29", events=EVENTS, cases=CASES, rules=RULES)

    def at(level, measure):
        found = one(figures, metric="days_at_level", part=level, measure=measure)
        return found["value"], found["numerator"], found["denominator"]

    assert at("desk", "q25") == (1, 2, 3)
    assert at("desk", "median") == (4, 2, 3)
    assert at("ethics", "median") == (None, 0, 2)
    assert at("board", "median") == (4, 1, 1)
