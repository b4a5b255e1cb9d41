"""What a change of a field amounts to, told by a history or seen between two states."""

import pytest

RECEIVED = "case | kind | on\nA | received | 2024-01-01"


@pytest.fixture
def told(core):
    """Kind and day of month of case A's events in January, in their order, but its receipt."""

    def found(changes: str, *, as_of: str = "2024-01-31", events: str = RECEIVED) -> list[str]:
        store = core(as_of=as_of, events=events, changes=changes)
        rows = store.frame("select kind, occurred_on from core.events order by sequence")
        return [f"{kind} {on.day}" for kind, on in rows.rows() if kind != "received"]

    return found


def status(*states: str, field: str = "status", meaning: str = "progress") -> str:
    """States of case A, one a day from the 2nd on."""
    rows = [
        f"A | {field} | {meaning} | {state} | 2024-01-{day:02}"
        for day, state in enumerate(states, start=2)
    ]
    return "\n".join(["case | field | meaning | after | on", *rows])


def test_a_state_that_stays_the_same_is_no_event(told):
    assert told(status("open", "open", "open")) == []


def test_leaving_new_is_the_acknowledgement(told):
    assert told(status("new", "new", "open")) == ["acknowledged 4"]


def test_a_case_that_is_cancelled_while_new_was_never_acknowledged(told):
    assert told(status("new", "cancelled")) == ["cancelled 3", "resolved 3"]


def test_a_wait_is_a_pause_until_it_ends(told):
    assert told(status("open", "waiting", "waiting", "open")) == ["paused 3", "resumed 5"]


def test_closing_what_was_resolved_resolves_nothing_again(told):
    assert told(status("open", "resolved", "closed")) == ["resolved 3", "closed 4"]


def test_closing_at_once_resolves_too(told):
    assert told(status("open", "closed")) == ["closed 3", "resolved 3"]


def test_leaving_an_ended_state_reopens(told):
    states = status("open", "resolved", "open", "resolved", "closed", "waiting")
    assert told(states) == [
        "resolved 3", "reopened 4", "resolved 5", "closed 6", "paused 7", "reopened 7",
    ]  # fmt: skip


def test_a_first_state_that_is_ended_is_the_end(told):
    assert told(status("closed", "closed")) == ["closed 2", "resolved 2"]


def test_a_higher_rank_escalates_and_a_lower_one_goes_back(told):
    changes = """
        case | field    | meaning    | after  | after_rank | on
        A    | severity | escalation | low    | 1          | 2024-01-02
        A    | severity | escalation | high   | 3          | 2024-01-03
        A    | severity | escalation | medium | 2          | 2024-01-04
        """
    assert told(changes) == ["escalated 3", "de_escalated 4"]


def test_the_first_person_is_an_assignment_and_each_other_one_a_reassignment(told):
    assert told(status("p", "p", "q", "p", field="assignee", meaning="assignment")) == [
        "assigned 2", "reassigned 4", "reassigned 5",
    ]  # fmt: skip


def test_a_history_that_tells_what_was_before_needs_no_row_before(told):
    changes = """
        case | field  | meaning  | before | after | on
        A    | status | progress | closed | open  | 2024-01-09
        """
    assert told(changes) == ["reopened 9"]


def test_a_declared_order_decides_where_instants_tie(told):
    changes = """
        case | field  | meaning  | after    | ordinal | on
        A    | status | progress | resolved | 3       | 2024-01-05
        A    | status | progress | open     | 2       | 2024-01-05
        A    | status | progress | closed   | 4       | 2024-01-05
        """
    assert told(changes) == ["resolved 5", "closed 5"]


def test_without_a_declared_order_the_lines_decide(told):
    changes = """
        case | field  | meaning  | after    | on
        A    | status | progress | resolved | 2024-01-05
        A    | status | progress | open     | 2024-01-05
        """
    assert told(changes) == ["resolved 5", "reopened 5"]


def test_a_change_after_the_as_of_day_is_not_known_yet(told):
    assert told(status("open", "resolved", "open"), as_of="2024-01-03") == ["resolved 3"]


CASES = """
    case | status | outcome       | stated_on  | ordinal | export | snapshot
    A    | open   |               | 2024-01-02 | 0       | states | 5
    A    | closed | substantiated | 2024-01-04 | 1       | states | 5
    A    | open   |               | 2024-01-04 | 2       | states | 5
    """
DELIVERED = """
    snapshot | source | export  | grain    | as_of
    5        | desk   | states  | snapshot | 2024-01-31
    """


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2024-01-02", ("open", None)),
        ("2024-01-03", ("open", None)),
        ("2024-01-04", ("open", None)),
        ("2024-01-01", None),
    ],
)
def test_a_case_is_what_its_last_state_up_to_the_as_of_day_says(core, day, known):
    events = "case | kind | on | snapshot | export\nA | received | 2024-01-01 | 5 | states"
    delivered = DELIVERED.replace("2024-01-31", day)
    store = core(as_of=day, cases=CASES, events=events, deliveries=delivered)
    rows = store.frame("select status, outcome from core.cases").rows()
    assert rows == ([known] if known else [])


def test_a_log_of_states_begins_with_the_case(core):
    store = core(as_of="2024-01-31", cases=CASES, deliveries=DELIVERED)
    (received,) = store.frame("select received_on from core.cases")["received_on"]
    assert received.isoformat() == "2024-01-02"


def test_a_count_of_reopenings_tells_that_a_case_was_reopened(core):
    store = core(
        as_of="2024-01-31",
        cases="case | source_reopens\nA | 2\nB | 0\nC |",
        events="case | kind | on\n" + "\n".join(f"{c} | received | 2024-01-01" for c in "ABC"),
    )
    assert store.frame("select reopened from core.cases order by case_key").rows() == [
        (True,), (False,), (False,),
    ]  # fmt: skip


def test_what_a_source_says_of_its_deadline_later_is_not_known_yet(core):
    store = core(
        as_of="2024-01-10",
        events=RECEIVED,
        source_deadlines="""
            case | clock | started_on | stopped_on | due_on     | verdict
            A    | reply | 2024-01-02 | 2024-01-05 | 2024-01-06 | met
            A    | end   | 2024-01-02 | 2024-01-20 | 2024-01-15 | breached
            A    | later | 2024-01-11 |            | 2024-01-15 | running
            """,
    )
    found = store.frame("select clock, verdict from core.source_deadlines order by clock")
    assert found.rows() == [("end", "running"), ("reply", "met")]


PIECES = """
    case | kind      | on         | snapshot | export
    A    | received  | 2024-01-01 | 2        | history
    A    | escalated | 2024-01-05 | 2        | history
    A    | resolved  | 2024-02-05 | 3        | history
    """


@pytest.mark.parametrize(
    ("delivery", "known"),
    [("delta", ["received", "escalated", "resolved"]), ("full", ["resolved"])],
)
def test_of_a_history_that_comes_in_pieces_every_piece_counts(core, delivery, known):
    delivered = f"""
        snapshot | source | export  | grain | as_of      | delivery
        2        | desk   | history | event | 2024-01-31 | {delivery}
        3        | desk   | history | event | 2024-02-29 | {delivery}
        1        | desk   | cases   | case  | 2024-02-29 | {delivery}
        """
    store = core(as_of="2024-02-29", events=PIECES, deliveries=delivered)
    found = store.frame("select kind from core.events order by sequence")["kind"]
    assert found.to_list() == known


LISTED = """
    case | kind     | on         | snapshot | line
    A    | received | 2024-01-01 | 8        | 2
    A    | resolved | 2024-01-04 | 8        | 2
"""


@pytest.mark.parametrize(
    ("states", "kinds"),
    [
        # The history has the closing at the instant that the list calls the end.
        (("open", "resolved", "closed"), ["resolved 3", "closed 4"]),
        (("open", "resolved", "cancelled"), ["resolved 3", "cancelled 4"]),
        (("open", "open", "closed"), ["closed 4", "resolved 4"]),
        # Without it, the end of the list is an end.
        (("open", "resolved", "resolved"), ["resolved 3", "resolved 4"]),
    ],
)
def test_an_end_in_the_list_of_cases_that_the_history_has_as_a_closing_is_that_closing(
    core, states, kinds
):
    changes = "\n".join(
        [
            "case | field | meaning | after | on | snapshot",
            *(f"A | status | progress | {state} | 2024-01-0{day} | 9"
              for day, state in enumerate(states, start=2)),
        ]
    )  # fmt: skip
    told = "\n".join([
        "snapshot | source | export | grain | as_of",
        "8 | desk | cases | case | 2024-01-31",
        "9 | desk | history | change | 2024-01-31",
    ])  # fmt: skip
    cases = "case | snapshot | line\nA | 8 | 2"
    store = core(
        as_of="2024-01-31", cases=cases, events=LISTED, changes=changes, deliveries=told
    )
    rows = store.frame(
        "select kind, occurred_on from core.events order by occurred_at, kind"
    ).rows()
    assert [f"{kind} {on.day}" for kind, on in rows if kind != "received"] == kinds


def test_what_was_resolved_and_closed_at_one_instant_was_resolved_too(core):
    changes = """
        case | field  | meaning  | after    | on         | snapshot | line
        A    | status | progress | open     | 2024-01-02 | 9        | 2
        A    | status | progress | resolved | 2024-01-04 | 9        | 3
        A    | status | progress | closed   | 2024-01-04 | 9        | 4
    """
    told = "\n".join([
        "snapshot | source | export | grain | as_of",
        "8 | desk | cases | case | 2024-01-31",
        "9 | desk | history | change | 2024-01-31",
    ])  # fmt: skip
    store = core(
        as_of="2024-01-31",
        cases="case | snapshot | line\nA | 8 | 2",
        events=LISTED,
        changes=changes,
        deliveries=told,
    )
    rows = store.frame("select kind from core.events order by kind").rows()
    assert [kind for (kind,) in rows] == ["closed", "received", "resolved"]
