"""Steps skipped, out of order, bounced, repeated, waited for, and done by the same person."""

import polars as pl
import pytest

from tests.specs.measured import figures_of, one

PROCEDURE = """
[procedure]
steps = ["received", "triaged", "investigated", "decided", "resolved"]
mandatory = ["triaged"]
four_eyes = [["investigated", "decided"]]
basis = "Policy, section 3"

[procedure.mandatory_for]
investigated = ["high"]
"""


@pytest.fixture
def gaps(core):
    """The result of every case by kind of gap and step: {(gap, step): {case: result}}."""

    def results(events: str, *, cases: str = "") -> dict[tuple[str, str], dict[str, str]]:
        told = {"cases": cases} if cases else {}
        store = core(as_of="2024-06-30", events=events, rules=PROCEDURE, **told)
        found = store.frame("select gap, part, case_key, result from core.step_gaps")
        return {
            (gap, part): dict(rows.select("case_key", "result").sort("case_key").iter_rows())
            for (gap, part), rows in found.group_by("gap", "part")
        }

    return results


SKIPPING = """
    case | kind         | on
    A    | received     | 2024-01-01
    A    | triaged      | 2024-01-02
    A    | investigated | 2024-01-03
    B    | received     | 2024-01-01
    B    | investigated | 2024-01-03
    C    | received     | 2024-01-01
    D    | received     | 2024-01-01
    D    | resolved     | 2024-01-09
    E    | received     | 2024-01-01
    E    | triaged      | 2024-01-02
"""


def test_a_step_is_skipped_where_a_later_step_or_the_closing_shows_it(gaps):
    # C may be triaged tomorrow; E was triaged, and what it came to is not known yet either.
    assert gaps(SKIPPING)["skipped", "triaged"] == {
        "A": "kept",
        "B": "gap",
        "C": "pending",
        "D": "gap",
        "E": "pending",
    }


def test_a_step_may_be_mandatory_for_some_severities(gaps):
    cases = """
        case | severity
        A    | high
        B    | low
        D    | high
        C    | high
    """
    found = gaps(SKIPPING, cases=cases)["skipped", "investigated"]
    assert found == {"A": "pending", "C": "pending", "D": "gap"}


def test_a_severity_that_is_not_recorded_leaves_open_whether_a_step_was_due(gaps):
    assert gaps(SKIPPING)["skipped", "investigated"]["D"] == "not_assessable"


def test_the_closing_of_a_withdrawn_case_shows_nothing(gaps):
    cases = """
        case | outcome
        D    | withdrawn
        B    | withdrawn
    """
    found = gaps(SKIPPING, cases=cases)["skipped", "triaged"]
    assert found == {"B": "gap", "D": "pending"}


def test_a_step_that_the_source_never_records_is_not_assessable(gaps):
    found = gaps("""
        case | kind         | on
        A    | received     | 2024-01-01
        A    | investigated | 2024-01-03
    """)
    assert found["skipped", "triaged"] == {"A": "not_assessable"}
    assert found["out_of_order", "triaged"] == {"A": "not_assessable"}


def test_a_step_done_after_a_later_one_is_out_of_order(gaps):
    found = gaps("""
        case | kind         | on
        A    | received     | 2024-01-01
        A    | investigated | 2024-01-03
        A    | triaged      | 2024-01-04
        B    | received     | 2024-01-01
        B    | triaged      | 2024-01-04
        B    | investigated | 2024-01-04
    """)
    assert found["out_of_order", "triaged"] == {"A": "gap", "B": "kept"}
    assert found["out_of_order", "investigated"] == {"A": "kept", "B": "kept"}


def test_on_one_day_the_hour_decides_where_it_is_told_of_both(gaps):
    found = gaps("""
        case | kind         | on         | at
        A    | received     | 2024-01-01 | 2024-01-01 00:00
        A    | investigated | 2024-01-02 | 2024-01-02 09:00
        A    | triaged      | 2024-01-02 | 2024-01-02 15:00
        B    | received     | 2024-01-01 | 2024-01-01 00:00
        B    | investigated | 2024-01-02 | 2024-01-02 00:00
        B    | triaged      | 2024-01-02 | 2024-01-02 15:00
    """)
    assert found["out_of_order", "triaged"] == {"A": "gap", "B": "kept"}


def test_at_one_instant_the_order_that_the_export_tells_decides(gaps):
    found = gaps("""
        case | kind         | on         | ordinal
        A    | received     | 2024-01-01 | 1
        A    | investigated | 2024-01-02 | 2
        A    | triaged      | 2024-01-02 | 3
    """)
    assert found["out_of_order", "triaged"] == {"A": "gap"}


REOPENED = """
    case | kind         | on
    A    | received     | 2024-01-01
    A    | triaged      | 2024-01-02
    A    | decided      | 2024-01-05
    A    | resolved     | 2024-01-06
    A    | reopened     | 2024-02-01
    A    | investigated | 2024-02-03
    A    | decided      | 2024-02-05
    A    | resolved     | 2024-02-06
"""


def test_steps_after_a_case_was_opened_again_are_neither_late_nor_repeated(gaps):
    found = gaps(REOPENED)
    assert found["out_of_order", "investigated"] == {"A": "kept"}
    assert found["repeated", "decided"] == {"A": "kept"}
    assert found["bounced", "decided"] == {"A": "kept"}


BACK_AND_FORTH = """
    case | kind         | on
    A    | received     | 2024-01-01
    A    | triaged      | 2024-01-02
    A    | investigated | 2024-01-03
    A    | triaged      | 2024-01-08
    A    | resolved     | 2024-01-09
    B    | received     | 2024-01-01
    B    | triaged      | 2024-01-02
    B    | triaged      | 2024-01-04
    B    | resolved     | 2024-01-09
    C    | received     | 2024-01-01
    C    | triaged      | 2024-01-02
    C    | investigated | 2024-01-03
    C    | triaged      | 2024-01-08
"""


def test_a_case_bounces_when_it_comes_back_from_another_step(gaps):
    # B was triaged twice in a row; C is open, and pending is not violating.
    found = gaps(BACK_AND_FORTH)["bounced", "triaged"]
    assert found == {"A": "gap", "B": "kept", "C": "pending"}


def test_a_step_is_repeated_when_it_is_done_at_two_instants(gaps):
    found = gaps(BACK_AND_FORTH)
    assert found["repeated", "triaged"] == {"A": "gap", "B": "gap", "C": "pending"}
    assert found["repeated", "investigated"] == {"A": "kept", "C": "pending"}


def test_a_step_done_again_counts_in_the_quarter_in_which_its_case_was_closed():
    # Received in the first quarter and closed in the second: only then is it known of both.
    events = """
        case | kind     | on
        A    | received | 2024-03-01
        A    | triaged  | 2024-03-02
        A    | triaged  | 2024-03-08
        A    | resolved | 2024-05-09
        B    | received | 2024-03-01
        B    | triaged  | 2024-03-02
        B    | resolved | 2024-05-09
    """
    figures = figures_of(
        events=events, rules=PROCEDURE, coverage_from="2024-01-01", as_of="2024-06-30"
    )
    where = {"metric": "repeated", "part": "triaged", "period": "quarter"}
    assert one(figures, start="2024-01-01", **where)["denominator"] == 0
    closed = one(figures, start="2024-04-01", **where)
    assert (closed["numerator"], closed["denominator"]) == (1, 2)


def test_the_days_of_a_detour_run_from_leaving_a_step_to_coming_back(core):
    store = core(as_of="2024-06-30", events=BACK_AND_FORTH, rules=PROCEDURE)
    told = store.frame(
        "select gap, case_key, days from core.step_gaps"
        " where result = 'gap' and part = 'triaged' and days is not null order by all"
    )
    assert told.rows() == [("bounced", "A", 6), ("repeated", "A", 6), ("repeated", "B", 2)]


def test_two_acts_of_one_person_break_the_rule_of_four_eyes(gaps):
    found = gaps("""
        case | kind         | on         | actor_key
        A    | received     | 2024-01-01 |
        A    | investigated | 2024-01-03 | ann
        A    | decided      | 2024-01-04 | ann
        B    | received     | 2024-01-01 |
        B    | investigated | 2024-01-03 | ann
        B    | decided      | 2024-01-04 | bob
        C    | received     | 2024-01-01 |
        C    | investigated | 2024-01-03 | ann
        C    | decided      | 2024-01-04 |
        D    | received     | 2024-01-01 |
        D    | investigated | 2024-01-03 | ann
    """)
    assert found["same_person", "investigated_and_decided"] == {
        "A": "gap",
        "B": "kept",
        "C": "not_assessable",
        "D": "pending",
    }


WAITING = """
    case | kind         | on
    A    | received     | 2024-01-01
    A    | triaged      | 2024-01-05
    B    | received     | 2024-01-01
    C    | received     | 2024-01-01
    C    | investigated | 2024-01-09
    C    | resolved     | 2024-01-10
"""


def test_a_case_that_still_waits_for_the_next_step_is_watched_to_the_as_of_day():
    figures = figures_of(as_of="2024-01-11", events=WAITING, rules=PROCEDURE)
    wait = one(figures, metric="days_in_step", part="received_to_triaged", measure="q25")
    # A took 4 days, B waits since 10; C passed triage over and is printed beside.
    assert (wait["value"], wait["pending"], wait["missing"]) == (4, 1, 1)


def test_a_withdrawn_case_waits_until_its_closing(core):
    store = core(
        as_of="2024-01-31",
        events="""
            case | kind     | on
            A    | received | 2024-01-01
            A    | resolved | 2024-01-08
            B    | received | 2024-01-01
            B    | triaged  | 2024-01-02
        """,
        cases="""
            case | outcome
            A    | withdrawn
            B    |
        """,
        rules=PROCEDURE,
    )
    told = store.frame(
        "select case_key, outcome, days from core.step_waits"
        " where step = 'received' order by all"
    )
    assert told.rows() == [("A", "open", 7), ("B", "ended", 1)]


def test_the_share_skipped_is_of_those_that_came_past_the_step():
    figures = figures_of(as_of="2024-06-30", events=SKIPPING, rules=PROCEDURE)
    share = one(figures, metric="skipped", part="triaged")
    assert (share["numerator"], share["denominator"], share["pending"]) == (2, 3, 2)
    assert share["value"] == pytest.approx(2 / 3)


def test_a_workspace_without_a_procedure_has_no_figures_of_gaps():
    figures = figures_of(as_of="2024-06-30", events=SKIPPING)
    assert figures.filter(pl.col("metric").is_in(["skipped", "days_in_step"])).is_empty()
