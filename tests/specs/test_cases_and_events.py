from datetime import date
from typing import Any

import pytest

from etl.store import Store

EVENTS = "case | kind | on\nA | received | 2024-01-01"


def the_case(store: Store) -> dict[str, Any]:
    frame = store.frame("select * from core.cases where case_key = 'A'")
    assert frame.height == 1
    return frame.row(0, named=True)


def steps(store: Store) -> list[tuple[str, str]]:
    frame = store.frame("select kind, occurred_on from core.events order by case_key, sequence")
    return [(kind, str(day)) for kind, day in frame.iter_rows()]


# Cases


def test_what_nobody_recorded_is_unknown_and_never_left_out(core):
    found = the_case(core(as_of="2024-03-01", events=EVENTS))
    coded = {name: found[name] for name in ("unit", "category", "channel", "severity")}
    assert coded == dict.fromkeys(coded, "unknown")
    assert (found["outcome"], found["status"], found["incident_on"]) == (None, None, None)


def test_a_case_received_after_the_as_of_day_is_not_known_yet(core):
    events = "case | kind | on\nA | received | 2024-03-01\nB | received | 2024-03-02"
    found = core(as_of="2024-03-01", events=events).frame("select case_key from core.cases")
    assert found["case_key"].to_list() == ["A"]


def test_a_case_without_a_day_of_receipt_is_kept(core):
    events = "case | kind | on\nA | triaged | 2024-01-01"
    assert the_case(core(as_of="2024-03-01", events=events))["received_on"] is None


def test_a_case_without_any_event_is_kept(core):
    store = core(as_of="2024-03-01", cases="case | unit\nA | north\nB | south", events=EVENTS)
    assert store.frame("select * from core.cases").height == 2


def test_the_last_of_several_rows_corrects_those_above_it(core):
    cases = """
        case | unit  | severity | line
        A    | north | low      | 2
        A    | north |          | 3
    """
    events = """
        case | kind         | on         | export | snapshot | line
        A    | received     | 2024-01-01 | cases  | 1        | 2
        A    | acknowledged | 2024-01-05 | cases  | 1        | 2
        A    | received     | 2024-01-02 | cases  | 1        | 3
    """
    store = core(as_of="2024-03-01", cases=cases, events=events)
    found = the_case(store)
    assert (found["unit"], found["severity"]) == ("north", "unknown")
    assert (found["line"], found["export_rows"], found["versions"]) == (3, 2, 2)
    assert steps(store) == [("received", "2024-01-02")]


PER_ALLEGATION = """
    snapshot | source | export      | grain      | as_of
    1        | desk   | allegations | allegation | 2024-03-01
    4        | desk   | allegations | allegation | 2024-03-01
"""


def test_the_first_allegation_stands_for_the_case(core):
    cases = """
        case | category | export      | line
        A    | fraud    | allegations | 5
        A    | bullying | allegations | 4
    """
    events = """
        case | kind     | on         | export      | snapshot | line
        A    | received | 2024-01-01 | allegations | 1        | 4
        A    | received | 2024-01-01 | allegations | 1        | 5
    """
    deliveries = "\n".join(PER_ALLEGATION.splitlines()[:3])
    store = core(as_of="2024-03-01", cases=cases, events=events, deliveries=deliveries)
    found = the_case(store)
    assert (found["category"], found["line"]) == ("bullying", 4)
    assert (found["export_rows"], found["versions"]) == (2, 1)
    assert steps(store) == [("received", "2024-01-01")]


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ("unsubstantiated", "substantiated", "substantiated"),
        ("partly", "unsubstantiated", "partly"),
        ("withdrawn", "insufficient", "insufficient"),
        ("", "referred", "referred"),
        ("", "", None),
    ],
)
def test_the_gravest_finding_is_the_outcome_of_the_case(core, first, second, outcome):
    findings = f"case | outcome\nA | {first}\nA | {second}"
    store = core(as_of="2024-03-01", events=EVENTS, findings=findings)
    assert the_case(store)["outcome"] == outcome


def test_an_allegation_s_outcome_does_not_hide_a_graver_one_below_it(core):
    cases = """
        case | outcome         | export      | line
        A    | unsubstantiated | allegations | 2
        A    | substantiated   | allegations | 3
    """
    events = """
        case | kind     | on         | export      | snapshot | line
        A    | received | 2024-01-01 | allegations | 1        | 2
    """
    findings = """
        case | outcome         | export      | snapshot | line
        A    | unsubstantiated | allegations | 1        | 2
        A    | substantiated   | allegations | 1        | 3
    """
    deliveries = "\n".join(PER_ALLEGATION.splitlines()[:3])
    store = core(
        as_of="2024-03-01",
        cases=cases,
        events=events,
        findings=findings,
        deliveries=deliveries,
    )
    assert the_case(store)["outcome"] == "substantiated"


def test_the_outcome_that_a_case_s_own_row_gives_wins_over_findings(core):
    store = core(
        as_of="2024-03-01",
        cases="case | outcome\nA | withdrawn",
        events=EVENTS,
        findings="case | outcome\nA | substantiated",
    )
    assert the_case(store)["outcome"] == "withdrawn"


# Events


def test_events_after_the_as_of_day_are_not_seen(core):
    events = EVENTS + "\nA | triaged | 2024-03-01\nA | decided | 2024-03-02"
    store = core(as_of="2024-03-01", events=events)
    assert steps(store) == [("received", "2024-01-01"), ("triaged", "2024-03-01")]


def test_an_event_told_by_two_exports_is_one_event(core):
    events = """
        case | kind     | on         | export  | snapshot
        A    | received | 2024-01-01 | cases   | 1
        A    | received | 2024-01-01 | history | 2
    """
    store = core(as_of="2024-03-01", events=events)
    assert steps(store) == [("received", "2024-01-01")]


BOTH_WAYS = """
    case | kind     | on         | at               | exactness | export  | snapshot | line
    A    | received | 2024-01-01 |                  | day       | cases   | 1        | 2
    A    | closed   | 2024-01-09 |                  | day       | {other} | 2
    A    | closed   | 2024-01-09 | 2024-01-09 10:30 | instant   | history | 2        | 3
    A    | closed   | 2024-01-10 | 2024-01-10 09:00 | instant   | history | 2        | 4
"""


@pytest.mark.parametrize(
    ("other", "hours"),
    [
        ("cases   | 1", [True, True]),
        # What one export tells twice it tells of two events.
        ("history | 2", [False, True, True]),
    ],
)
def test_an_event_told_by_the_day_and_elsewhere_by_the_hour_is_one_event(core, other, hours):
    store = core(as_of="2024-03-01", events=BOTH_WAYS.format(other=other))
    closed = store.frame(
        "select has_hours from core.events where kind = 'closed' order by sequence"
    )
    assert closed["has_hours"].to_list() == hours


def test_a_case_closed_and_reopened_and_closed_within_an_instant_was_closed_twice(core):
    events = EVENTS + "".join(
        f"\nA | {kind} | 2024-01-09" for kind in ("closed", "reopened", "closed", "closed")
    )
    store = core(as_of="2024-03-01", events=events)
    # The last row says what the one above it has said.
    assert [kind for kind, _ in steps(store)] == ["received", "closed", "reopened", "closed"]
    assert the_case(store)["resolved_on"] == date(2024, 1, 9)


def test_each_allegation_tells_the_same_reopening_and_not_another(core):
    rows = ("received | 2024-01-01", "closed | 2024-01-09", "reopened | 2024-01-09")
    events = "case | snapshot | kind | on" + "".join(f"\nA | 1 | {row}" for row in 2 * rows)
    store = core(
        as_of="2024-03-01",
        events=events,
        deliveries="snapshot | source | export | grain | as_of\n"
        "1 | desk | allegations | allegation | 2024-03-01",
    )
    assert [kind for kind, _ in steps(store)] == ["received", "closed", "reopened"]


def test_an_event_without_a_day_is_no_event_yet(core):
    store = core(as_of="2024-03-01", events=EVENTS + "\nA | triaged |")
    assert steps(store) == [("received", "2024-01-01")]


def test_escalations_to_different_levels_are_different_events(core):
    events = """
        case | kind      | on         | level
        A    | received  | 2024-01-01 |
        A    | escalated | 2024-01-02 | board
        A    | escalated | 2024-01-02 | director
    """
    store = core(as_of="2024-03-01", events=events)
    levels = store.frame("select level from core.events where kind = 'escalated' order by 1")
    assert levels["level"].to_list() == ["board", "director"]


def test_events_stand_in_their_order_within_their_case(core):
    events = EVENTS + "\nB | received | 2023-01-01\nA | triaged | 2024-01-03"
    store = core(as_of="2024-03-01", events=events)
    found = store.frame(
        "select case_key, kind, row_number() over (partition by case_key order by sequence)"
        " as place from core.events order by all"
    )
    assert found.rows() == [("A", "received", 1), ("A", "triaged", 2), ("B", "received", 1)]


# Several deliveries


TWO_DELIVERIES = """
    snapshot | source | export  | grain | as_of
    1        | desk   | cases   | case  | 2024-02-01
    2        | desk   | history | event | 2024-02-01
    3        | desk   | cases   | case  | 2024-03-01
    4        | desk   | history | event | 2024-03-01
"""
CORRECTED = """
    case | unit  | snapshot
    A    | north | 1
    B    | north | 1
    A    | south | 3
"""
HISTORY = """
    case | kind     | on         | snapshot
    A    | received | 2024-01-01 | 2
    A    | triaged  | 2024-01-05 | 2
    B    | received | 2024-01-02 | 2
    A    | received | 2024-01-03 | 4
"""


def test_a_later_delivery_corrects_an_earlier_one(core):
    store = core(as_of="2024-03-01", cases=CORRECTED, events=HISTORY, deliveries=TWO_DELIVERIES)
    found = the_case(store)
    assert (found["unit"], found["received_on"]) == ("south", date(2024, 1, 3))
    triaged = store.frame("select * from core.events where kind = 'triaged'")
    assert triaged.is_empty(), "the correction has taken it back"


def test_a_case_that_a_later_delivery_leaves_out_stays(core):
    store = core(as_of="2024-03-01", cases=CORRECTED, events=HISTORY, deliveries=TWO_DELIVERIES)
    assert store.frame("select unit from core.cases where case_key = 'B'").item() == "north"


def test_as_of_an_earlier_day_the_later_delivery_is_not_known(core):
    store = core(
        as_of="2024-03-01",
        seen_on="2024-02-15",
        cases=CORRECTED,
        events=HISTORY,
        deliveries=TWO_DELIVERIES,
    )
    found = the_case(store)
    assert (found["unit"], found["received_on"]) == ("north", date(2024, 1, 1))
    assert store.frame("select snapshot from core.snapshots order by 1")[
        "snapshot"
    ].to_list() == [1, 2]
    told = store.frame("select as_of, coverage_until from staging.parameters").row(0)
    assert told == (date(2024, 2, 15), date(2024, 2, 1))


def test_an_older_export_that_is_loaded_late_corrects_nothing(core):
    deliveries = TWO_DELIVERIES.replace("2024-02-01", "2024-03-31")
    store = core(as_of="2024-03-01", cases=CORRECTED, events=HISTORY, deliveries=deliveries)
    assert the_case(store)["unit"] == "north"


PARTS = """
    snapshot | loading | source | export  | grain    | as_of
    1        | 1       | desk   | cases   | case     | 2024-03-01
    2        | 1       | desk   | history | event    | 2024-03-01
    3        | {}       | desk   | history | event    | 2024-03-01
    4        | 1       | desk   | surveys | feedback | 2024-03-01
    5        | {}       | desk   | surveys | feedback | 2024-03-01
"""
CUT_IN_TWO = {
    "events": """
        case | kind     | on         | snapshot
        A    | received | 2024-01-01 | 2
        A    | resolved | 2024-01-05 | 3
    """,
    "feedback": """
        case | offered_on | answered_on | score | export  | snapshot
        A    | 2024-02-01 | 2024-02-02  | 4     | surveys | 4
        A    | 2024-02-10 |             |       | surveys | 5
    """,
}


def test_files_loaded_together_are_parts_of_one_delivery(core):
    store = core(as_of="2024-03-01", deliveries=PARTS.format(1, 1), **CUT_IN_TWO)
    assert steps(store) == [("received", "2024-01-01"), ("resolved", "2024-01-05")]
    assert store.frame("select * from core.feedback").height == 2


def test_a_file_loaded_later_for_the_same_day_corrects_what_it_speaks_of(core):
    store = core(as_of="2024-03-01", deliveries=PARTS.format(3, 3), **CUT_IN_TWO)
    assert steps(store) == [("resolved", "2024-01-05")]
    assert store.frame("select offered_on from core.feedback").item() == date(2024, 2, 10)


def test_the_last_row_corrects_across_the_parts_of_a_delivery(core):
    cases = """
        case | unit  | snapshot | line
        A    | north | 1        | 9
        A    | south | 2        | 2
    """
    events = """
        case | kind     | on         | export | snapshot | line
        A    | received | 2024-01-01 | cases  | 1        | 9
        A    | received | 2024-01-02 | cases  | 2        | 2
    """
    deliveries = """
        snapshot | loading | source | export | grain | as_of
        1        | 1       | desk   | cases  | case  | 2024-03-01
        2        | 1       | desk   | cases  | case  | 2024-03-01
    """
    store = core(as_of="2024-03-01", cases=cases, events=events, deliveries=deliveries)
    found = the_case(store)
    assert (found["unit"], found["export_rows"]) == ("south", 2)
    assert steps(store) == [("received", "2024-01-02")]


def test_the_newest_of_two_exports_that_hold_a_case_speaks_for_it(core):
    cases = """
        case | unit  | export | snapshot | line
        A    | north | closed | 1        | 90
        A    | south | open   | 2        | 2
    """
    deliveries = """
        snapshot | source | export  | grain | as_of
        1        | desk   | closed  | case  | 2024-03-01
        2        | desk   | open    | case  | 2024-02-01
        3        | desk   | history | event | 2024-03-01
    """
    events = "case | kind | on | snapshot\nA | received | 2024-01-01 | 3"
    store = core(as_of="2024-03-01", cases=cases, events=events, deliveries=deliveries)
    assert the_case(store)["unit"] == "north"


# Coverage


def test_figures_cover_the_days_that_all_sources_cover(core):
    deliveries = """
        snapshot | source | export | grain | as_of      | coverage_from
        1        | desk   | cases  | case  | 2024-03-01 | 2023-10-01
        2        | file   | cases  | case  | 2024-02-01 | 2023-12-01
    """
    cases = "case | source | snapshot\nA | desk | 1\nB | file | 2"
    events = """
        case | kind     | on         | source | export | snapshot
        A    | received | 2024-01-01 | desk   | cases  | 1
        B    | received | 2024-01-05 | file   | cases  | 2
    """
    store = core(as_of="2024-03-01", cases=cases, events=events, deliveries=deliveries)
    told = store.frame("select as_of, coverage_from, coverage_until from staging.parameters")
    assert told.row(0) == (date(2024, 3, 1), date(2023, 12, 1), date(2024, 2, 1))
