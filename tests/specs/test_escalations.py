"""Levels, and the routes that cases take."""

import pytest

from tests.rule_files import rule

LADDER = 'ladder = ["team", "manager", "director", "board"]\n'
HISTORY = """
    case | kind         | on         | level
    A    | received     | 2024-01-01 |
    A    | escalated    | 2024-01-03 | manager
    A    | escalated    | 2024-01-10 | board
    A    | de_escalated | 2024-01-15 | manager
    A    | escalated    | 2024-01-20 | director
    A    | resolved     | 2024-02-01 |
    B    | received     | 2024-01-05 |
    B    | escalated    | 2024-01-06 |
    C    | received     | 2024-01-01 |
"""


def rows(store, select):
    return store.frame(select).rows()


def test_an_escalation_says_between_which_levels_it_went(core):
    store = core(as_of="2024-03-01", rules=LADDER, events=HISTORY)
    assert rows(
        store,
        "select from_level, to_level, direction, skipped_levels, turned from core.escalations"
        " where case_key = 'A' order by place",
    ) == [
        ("team", "manager", "up", 0, False),
        ("manager", "board", "up", 1, False),
        ("board", "manager", "down", 1, True),
        ("manager", "director", "up", 0, True),
    ]


def test_where_the_level_is_not_told_the_system_s_own_word_counts(core):
    store = core(as_of="2024-03-01", rules=LADDER, events=HISTORY)
    assert rows(
        store,
        "select from_level, to_level, direction, skipped_levels from core.escalations"
        " where case_key = 'B'",
    ) == [("team", None, "up", None)]


def test_a_move_that_is_called_an_escalation_and_goes_down_goes_down(core):
    events = HISTORY + "A | escalated | 2024-01-25 | team\n"
    store = core(as_of="2024-03-01", rules=LADDER, events=events)
    last = "select direction from core.escalations where case_key = 'A' and place = 5"
    assert rows(store, last) == [("down",)]


def test_the_time_on_each_level_adds_up_to_the_time_of_the_case(core):
    store = core(as_of="2024-03-01", rules=LADDER, events=HISTORY)
    spans = (
        "select level, days, ended from core.level_spans where case_key = $case order by place"
    )
    assert store.frame(spans, {"case": "A"}).rows() == [
        ("team", 2, True),
        ("manager", 7, True),
        ("board", 5, True),
        ("manager", 5, True),
        ("director", 12, True),
    ]
    assert store.frame(spans, {"case": "B"}).rows() == [
        ("team", 1, True),
        ("unknown", 56, False),
    ]
    assert store.frame(spans, {"case": "C"}).rows() == [("team", 61, False)]


def test_an_escalation_that_no_rule_demanded_was_done_unprompted(core):
    cases = "case | severity\nA | high\nB | low\nC | high"
    rules = LADDER + rule(
        name='"escalate"', to='"escalated"', applies_to='{ severity = ["high"] }'
    )
    store = core(as_of="2024-03-01", rules=rules, events=HISTORY, cases=cases)
    demanded = "select distinct case_key, demanded from core.escalations order by all"
    assert rows(store, demanded) == [("A", True), ("B", False)]


# To which level, and when


def results(store, rule="escalate"):
    found = store.frame(
        "select case_key, result, branch from core.deadlines where rule = $rule"
        " order by case_key",
        {"rule": rule},
    )
    return {case: (result, branch) for case, result, branch in found.iter_rows()}


def escalate(**more):
    return LADDER + rule(name='"escalate"', to='"escalated"', **more)


def test_only_the_level_that_is_demanded_or_a_higher_one_fulfils_the_demand(core):
    rules = escalate(to_level='"director"', within="8")
    events = (
        HISTORY
        + """
        D    | received     | 2024-01-01 |
        D    | escalated    | 2024-01-02 | director
        E    | received     | 2024-01-01 |
        E    | escalated    | 2024-01-02 | manager
    """
    )
    assert results(core(as_of="2024-03-01", rules=rules, events=events)) == {
        "A": ("met_late", "done after the day"),
        "B": ("not_assessable", "the level that it was passed to is not recorded"),
        "C": ("missed", "not done"),
        "D": ("met", "done in time"),
        "E": ("missed", "not done"),
    }


WAITED = """
    case | kind      | on
    A    | received  | 2024-01-01
    A    | resolved  | 2024-01-31
    B    | received  | 2024-01-01
    B    | resolved  | 2024-02-10
    C    | received  | 2024-01-01
    C    | escalated | 2024-02-05
    D    | received  | 2024-01-01
    D    | escalated | 2024-01-10
"""


def test_a_case_that_waits_too_long_must_be_escalated(core):
    rules = escalate(
        within="5", waiting='{ for = ["resolved"], within = 30, unit = "calendar_days" }'
    )
    assert results(core(as_of="2024-03-01", rules=rules, events=WAITED)) == {
        "A": ("not_applicable", "it did not wait so long"),
        "B": ("missed", "not done"),
        "C": ("met", "done in time"),
        "D": ("met", "done in time"),
    }


def test_a_wait_that_is_not_over_demands_nothing_yet(core):
    rules = escalate(
        within="5", waiting='{ for = ["resolved"], within = 30, unit = "calendar_days" }'
    )
    events = "case | kind | on\nA | received | 2024-01-01"
    found = results(core(as_of="2024-02-04", rules=rules, events=events))
    assert found["A"][0] == "not_due"


LAPSED = """
    case | kind         | on
    A    | received     | 2024-01-01
    A    | acknowledged | 2024-01-05
    B    | received     | 2024-01-01
    B    | acknowledged | 2024-01-20
    B    | triaged      | 2024-01-05
    C    | received     | 2024-01-01
    D    | received     | 2024-01-01
    D    | escalated    | 2024-01-18
    E    | received     | 2024-01-01
    E    | escalated    | 2024-01-19
"""


def test_repeated_lapses_of_other_deadlines_demand_an_escalation(core):
    # Acknowledge by the 8th, triage by the 15th: the second lapse sets three days, to the 18th.
    rules = (
        escalate(within="3", lapses='{ rules = ["acknowledge", "triage"], times = 2 }')
        + rule()
        + rule(name='"triage"', to='"triaged"', within="14")
    )
    assert results(core(as_of="2024-03-01", rules=rules, events=LAPSED)) == {
        "A": ("not_applicable", "fewer deadlines have lapsed"),
        "B": ("not_applicable", "fewer deadlines have lapsed"),
        "C": ("missed", "not done"),
        "D": ("met", "done in time"),
        "E": ("met_late", "done after the day"),
    }


def test_one_lapse_may_be_enough(core):
    rules = escalate(within="3", lapses='{ rules = ["acknowledge"] }') + rule()
    found = results(core(as_of="2024-03-01", rules=rules, events=LAPSED))
    assert {case: result for case, (result, _) in found.items()} == {
        "A": "not_applicable", "B": "missed", "C": "missed", "D": "met_late", "E": "met_late",
    }  # fmt: skip


# Routes


ROUTE = """
[[route]]
name = "formal"
title = "Formal investigation for serious allegations"
demands = ["investigated"]
instead_of = ["coached", "mediated"]
applies_to = { severity = ["high"] }
basis = "Policy, section 9"
"""


@pytest.mark.parametrize(
    ("severity", "events", "expected"),
    [
        ("high", "investigated 2024-01-20", ("met", "took the route")),
        ("high", "coached 2024-01-05, investigated 2024-01-20", ("met", "took the route")),
        ("high", "coached 2024-01-05", ("missed", "took another route, coached")),
        ("high", "resolved 2024-01-20", ("missed", "closed without the route")),
        ("high", "", ("not_due", "still open, and no route was taken")),
        (
            "",
            "resolved 2024-01-20",
            ("not_assessable", "what the rule depends on is not recorded"),
        ),
        ("low", "coached 2024-01-05", None),
    ],
)
def test_a_serious_case_must_take_the_formal_route(core, severity, events, expected):
    lines = ["A | received | 2024-01-01", "X | received | 2023-01-01"]
    lines += ["X | investigated | 2023-02-01"]
    lines += [f"A | {one.strip().replace(' ', ' | ')}" for one in events.split(",") if one]
    store = core(
        as_of="2024-03-01",
        rules=ROUTE,
        cases=f"case | severity\nA | {severity}\nX | high",
        events="\n".join(["case | kind | on", *lines]),
    )
    found = {
        case: (result, branch)
        for case, result, branch in rows(
            store, "select case_key, result, branch from core.routes"
        )
    }
    assert found.get("A") == expected


def test_a_route_that_the_exports_never_record_cannot_be_judged(core):
    store = core(
        as_of="2024-03-01",
        rules=ROUTE,
        cases="case | severity\nA | high",
        events="case | kind | on\nA | received | 2024-01-01\nA | coached | 2024-01-02",
    )
    assert rows(store, "select result from core.routes") == [("not_assessable",)]
