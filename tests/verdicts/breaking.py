"""The smallest spoiling of a clean audit that each check must notice.

One function per check, named after it, returning how many violations it made. Each spoils
cases of its own, so that all of them can also be done to one audit together.
"""

from datetime import date

from tests.verdicts.breaking_matters import *  # noqa: F403  one place to look them up
from tests.verdicts.tables import (
    AS_OF,
    DAY,
    STILL_OPEN,
    Row,
    Tables,
    case,
    chosen,
    deadline,
    delivery,
    event,
    step,
    survey,
)


def feedback(tables: Tables, number: int) -> Row:
    return next(row for row in tables["core.feedback"] if row["case_key"] == f"case {number}")


def rows_reconciled(tables: Tables) -> int:
    tables["core.snapshots"].append({**delivery(4, "finding"), "rows_loaded": 97})
    return 1


def rows_all_read(tables: Tables) -> int:
    lost = {"rows_loaded": 97, "rows_rejected": 1}
    tables["core.snapshots"].append({**delivery(5, "finding"), **lost})
    return 1


def rows_readable(tables: Tables) -> int:
    lost = {"rows_loaded": 92, "rows_rejected": 6}
    tables["core.snapshots"].append({**delivery(6, "finding"), **lost})
    return 1


def no_month_is_nearly_empty(tables: Tables) -> int:
    for number in range(35, 40):
        case(tables, number)["received_on"] = date(2024, 7, 31)
    return 1


def rows_per_case(tables: Tables) -> int:
    case(tables, 0)["export_rows"] = 200
    return 1


def headcount_covers_units_and_months(tables: Tables) -> int:
    case(tables, 1)["unit"] = "south"
    return 1


def one_row_per_case(tables: Tables) -> int:
    tables["core.cases"].append({**case(tables, 2), "line": 900})
    return 1


def cases_have_a_received_date(tables: Tables) -> int:
    case(tables, 3)["received_on"] = None
    return 1


def received_once(tables: Tables) -> int:
    tables["core.events"].append(event("case 4", "received", date(2024, 1, 6)))
    return 1


def rows_of_a_case_agree(tables: Tables) -> int:
    case(tables, 5)["versions"] = 2
    return 1


def incident_date_known(tables: Tables) -> int:
    case(tables, 6)["incident_on"] = None
    return 1


def incident_before_receipt(tables: Tables) -> int:
    case(tables, 7)["incident_on"] = case(tables, 7)["received_on"] + DAY
    return 1


def incident_date_real(tables: Tables) -> int:
    case(tables, 8)["incident_on"] = date(1970, 1, 1)
    return 1


def unit_is_recorded(tables: Tables) -> int:
    return _unknown(tables, "unit")


def category_is_recorded(tables: Tables) -> int:
    return _unknown(tables, "category")


def channel_is_recorded(tables: Tables) -> int:
    return _unknown(tables, "channel")


def severity_is_recorded(tables: Tables) -> int:
    return _unknown(tables, "severity")


def _unknown(tables: Tables, field: str) -> int:
    for number in (9, 10, 11):
        case(tables, number)[field] = "unknown"
    return 3


def closed_not_before_received(tables: Tables) -> int:
    case(tables, 12)["resolved_on"] = case(tables, 12)["received_on"] - DAY
    return 1


def closed_status_has_a_closing_date(tables: Tables) -> int:
    case(tables, 13)["resolved_on"] = None
    return 1


def closing_dates_kept(tables: Tables) -> int:
    for number in range(14, 19):
        case(tables, number)["resolved_on"] = None
    return 5


def open_cases_undated(tables: Tables) -> int:
    case(tables, 19)["status"] = "open"
    return 1


def one_clock_per_case(tables: Tables) -> int:
    clocks = tables["core.clocks"]
    clocks[:] = [row for row in clocks if row["case_key"] != "case 20"]
    return 1


def source_duration_agrees(tables: Tables) -> int:
    case(tables, 21)["source_days"] = 12
    return 1


def open_cases_have_no_duration(tables: Tables) -> int:
    case(tables, STILL_OPEN)["source_days"] = 12
    return 1


def no_date_after_as_of(tables: Tables) -> int:
    tables["staging.events"].append(step("case 22", "resolved", AS_OF + DAY))
    return 1


def no_date_impossibly_early(tables: Tables) -> int:
    tables["staging.events"].append(step("case 23", "decided", date(2003, 12, 31)))
    return 1


def events_dated(tables: Tables) -> int:
    tables["staging.events"].append(step("case 24", "assigned", None))
    return 1


def events_of_known_cases(tables: Tables) -> int:
    tables["core.chosen_rows"].append(chosen("nobody's case", 2))
    tables["staging.events"].append(step("nobody's case", "assigned", AS_OF))
    return 1


def events_are_in_order(tables: Tables) -> int:
    received = case(tables, 25)["received_on"]
    tables["core.events"].append(event("case 25", "triaged", received - DAY))
    return 1


def one_deadline_per_rule(tables: Tables) -> int:
    tables["core.deadlines"].append(deadline("case 26", "resolve", "missed", AS_OF))
    return 1


def rules_apply(tables: Tables) -> int:
    tables["staging.rules"].append({"rule": "escalate"})
    return 1


def rules_judged(tables: Tables) -> int:
    tables["core.deadlines"].append(deadline("case 27", "inform", "not_assessable", AS_OF))
    return 1


def deadlines_can_be_judged(tables: Tables) -> int:
    return _lost(tables, 28)


def dates_kept_everywhere(tables: Tables) -> int:
    return _lost(tables, 30, 31, 32)


def _lost(tables: Tables, *numbers: int) -> int:
    for number in numbers:
        tables["core.deadlines"][number]["result"] = "not_assessable"
    return len(numbers)


def surveys_offered(tables: Tables) -> int:
    lost = {f"case {number}" for number in range(STILL_OPEN + 1)}
    kept = [row for row in tables["core.feedback"] if row["case_key"] not in lost]
    tables["core.feedback"] = kept
    return len(lost - {f"case {STILL_OPEN}"})


def scores_are_inside_the_scale(tables: Tables) -> int:
    feedback(tables, 33)["score"] = 6
    return 1


def scale_declared_right(tables: Tables) -> int:
    for number in (34, 35, 36):
        feedback(tables, number)["score"] = 0
    return 3


def scores_were_given(tables: Tables) -> int:
    feedback(tables, 37)["answered_on"] = None
    return 1


def answers_have_scores(tables: Tables) -> int:
    feedback(tables, 38)["score"] = None
    return 1


def answers_have_an_offer(tables: Tables) -> int:
    answered = feedback(tables, 39)["answered_on"]
    feedback(tables, 39)["offered_on"] = answered + DAY
    return 1


def feedback_of_known_cases(tables: Tables) -> int:
    tables["core.feedback"].append(survey("nobody's case", 99, offered_on=AS_OF))
    return 1
