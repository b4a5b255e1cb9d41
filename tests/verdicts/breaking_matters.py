"""Smallest spoilings of a clean audit, continued: matters, people, endings, headcount.

As in `breaking`, which gathers them: one function per check, named after it.
"""

from datetime import date, datetime, timedelta

from tests.verdicts.tables import (
    AS_OF,
    DAY,
    FIRST,
    Row,
    Tables,
    case,
    deadline,
    event,
    filed,
    step,
    survey,
    vanished,
)

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


def vanished_cases_explained(tables: Tables) -> int:
    tables["core.vanished_cases"].append(vanished("case 21"))
    return 1


def rows_of_a_case_agree_on_dates(tables: Tables) -> int:
    told = {"source": "harbour", "export": "case", "case_key": "case 22", "ways": 2}
    tables["core.conflicts"].append({**told, "ways_of_dating": 2})
    level = {**told, "case_key": "case 23", "ways_of_dating": 1}
    tables["core.conflicts"].append(level)
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


# What the source says itself


def source_deadlines_agree(tables: Tables) -> int:
    tables["core.source_deadlines"][23]["verdict"] = "breached"
    return 1


def source_verdicts_fit_their_dates(tables: Tables) -> int:
    tables["core.source_deadlines"][24]["due_on"] = None
    tables["core.source_deadlines"][25]["due_on"] -= DAY  # type: ignore[operator]
    return 2


def source_verdict_agrees(tables: Tables) -> int:
    case(tables, 34)["source_verdict"] = "breached"
    return 1


def source_reopens_agree(tables: Tables) -> int:
    case(tables, 27)["source_reopens"] = 1
    return 1


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


def no_gap_between_deliveries(tables: Tables) -> int:
    gap = {"gap_from": date(2024, 2, 1), "gap_until": date(2024, 3, 1)}
    tables["core.coverage_gaps"].append({"source": "harbour", **gap})
    return 1


def pages_all_there(tables: Tables) -> int:
    short = {"snapshot": 2, "is_short": True, "counts_now": True}
    tables["core.paged_deliveries"].append(short)
    return 1


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
