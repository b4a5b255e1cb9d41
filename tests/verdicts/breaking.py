"""The smallest spoiling of a clean audit that each check must notice.

One function per check, named after it, returning how many violations it made. Each spoils
cases of its own, so that all of them can also be done to one audit together.
"""

from datetime import date, datetime, timedelta

from tests.verdicts.tables import (
    AS_OF,
    FIRST,
    STILL_OPEN,
    Row,
    Tables,
    chosen,
    deadline,
    delivery,
    event,
    filed,
    step,
    survey,
)

DAY = timedelta(days=1)


def case(tables: Tables, number: int) -> Row:
    return next(row for row in tables["core.cases"] if row["case_key"] == f"case {number}")


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


# Matters, copies and what is gone


def copy_of(tables: Tables, number: int, key: str, **changed: object) -> Row:
    made = {**case(tables, number), "case_key": key, "line": 900, **changed}
    tables["core.cases"].append(made)
    return made


def receipts_do_not_pile_up(tables: Tables) -> int:
    day = date(2024, 3, 5)
    for number in range(20):
        copy_of(tables, 10, f"pile {number}", incident_on=date(2023, 1, 1 + number))
    return sum(row["received_on"] == day for row in tables["core.cases"])


def no_near_duplicates(tables: Tables) -> int:
    copy_of(tables, 0, "entered twice", received_at=None)
    return 1


def no_redacted_copies(tables: Tables) -> int:
    copy_of(tables, 26, "redacted", category="unknown", severity="unknown", incident_on=None)
    return 1


def no_test_cases(tables: Tables) -> int:
    copy_of(tables, 2, "a test", channel="test_case")
    return 1


def no_case_vanished(tables: Tables) -> int:
    day = date(2024, 5, 7)
    copy_of(tables, 20, "gone", received_on=day, resolved_on=day)
    newest = {**filed(8, "case", 2), "coverage_from": day, "coverage_until": day}
    tables["staging.deliveries"].append(newest)
    return 1


def codes_do_not_drift(tables: Tables) -> int:
    for number in (35, 36, 37):
        case(tables, number)["category"] = "unknown"
    return 1


# What is kept of people


def codes_are_codes(tables: Tables) -> int:
    tables["staging.cases"][3]["unit"] = "see the note"
    return 1


def nothing_about_a_person(tables: Tables) -> int:
    tables["staging.cases"][4]["category"] = "jane.doe@example.org"
    return 1


def file_names_name_nobody(tables: Tables) -> int:
    tables["staging.deliveries"].append({**filed(10, "finding", 1), "file_name": "Mr Doe.csv"})
    return 1


# How cases end


def status_follows_the_history(tables: Tables) -> int:
    opened_again = {"case_key": "case 5", "closed_place": 3, "reopened_place": 4}
    tables["core.closures"].append(opened_again)
    return 1


def nothing_after_the_closing(tables: Tables) -> int:
    later = case(tables, 6)["resolved_on"] + DAY
    tables["core.events"].append(event("case 6", "decided", later))
    return 1


def no_mass_closing(tables: Tables) -> int:
    at = datetime(2024, 8, 30, 12)  # noqa: DTZ001  UTC, as stored
    for number in range(20):
        row = event(f"case {number}", "resolved", at.date())
        tables["core.events"].append({**row, "occurred_at": at})
    return 20


def not_closed_at_once(tables: Tables) -> int:
    received = case(tables, 7)["received_at"]
    row = next(
        row
        for row in tables["core.events"]
        if (row["case_key"], row["kind"]) == ("case 7", "resolved")
    )
    row["occurred_at"] = received + timedelta(minutes=9)
    return 1


# Dates that were chosen


def no_backdating(tables: Tables) -> int:
    filled_in = step("case 8", "decided", date(2024, 6, 15))
    tables["staging.events"].append({**filled_in, "snapshot": 9})
    return 1


def no_heaping_on_the_due_day(tables: Tables) -> int:
    due = date(2024, 4, 1)
    for number in range(60):
        row = deadline(f"heap {number}", "resolve", "met", due)
        tables["core.deadlines"].append({**row, "done_on": due})
    return 60


def no_pause_just_before_the_due_day(tables: Tables) -> int:
    for number in range(1, 13):
        due = tables["core.deadlines"][number]["due_on"]
        tables["core.events"].append(event(f"case {number}", "paused", due))
    return 12


# Surveys


def scores_vary(tables: Tables) -> int:
    for number in range(100):
        row = survey(f"silent {number}", 100 + number, offered_on=FIRST, score=4)
        tables["core.feedback"].append(row)
    return 140


def survey_dates_possible(tables: Tables) -> int:
    tables["staging.feedback"][9]["answered_on"] = AS_OF + DAY
    return 1


# Deliveries and headcount


def rows_are_in_the_store(tables: Tables) -> int:
    tables["staging.cases"].pop()
    return 1


def codes_are_mapped(tables: Tables) -> int:
    reject = {"snapshot": 2, "line": 7, "column_name": "Unit", "remedy": "add it"}
    tables["staging.rejects"].append({**reject, "reason": "not a code listed in harbour.toml"})
    return 1


def headcount_does_not_jump(tables: Tables) -> int:
    for month, people in ((1, 20.0), (2, 31.0)):
        row = {"unit": "south", "from_on": date(2024, month, 1), "people": people}
        tables["staging.headcount"].append(row)
    return 1


def headcount_is_kept_up(tables: Tables) -> int:
    old = {"unit": "east", "from_on": FIRST - 371 * DAY, "people": 9.0}
    tables["staging.headcount"].append(old)
    return 1


def headcount_lets_people_leave(tables: Tables) -> int:
    north = [row for row in tables["staging.headcount"] if row["unit"] == "north"]
    for number, row in enumerate(north):
        row["people"] = 50.0 + 2 * number
    return 1
