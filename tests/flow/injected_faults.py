"""What may be wrong with exports: one kind of fault each, with the check that must find it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tests.flow.clean_exports import (
    AS_OF,
    DAY,
    RESOLVE_WITHIN,
    Exports,
    at,
    name,
    written,
)


@dataclass(frozen=True)
class Fault:
    """One kind of fault: what it does to the exports, and which check must count how many.

    `spoil` returns the number that the check is to find.
    """

    name: str
    check: str
    spoil: Callable[[Exports], int]


# Cases


def received_later_than_incident(told: Exports) -> int:
    for number in (3, 50, 90):
        received = at(told.of(number)["Received"])
        told.of(number)["Incident"] = f"{received + DAY:%Y-%m-%d}"
    return 3


def incident_of_1970(told: Exports) -> int:
    for number in (3, 50):
        told.of(number)["Incident"] = "1970-01-01"
    return 2


def incident_blank(told: Exports) -> int:
    for number in range(30, 37):
        told.of(number)["Incident"] = ""
    return 7


def receipt_blank(told: Exports) -> int:
    for number in (40, 41, 42):
        told.of(number)["Received"] = ""
    return 3


def default_day(told: Exports) -> int:
    for number in range(40, 70):
        row = told.of(number)
        row["Received"] = written(at(row["Received"]).replace(month=3, day=1))
    # The first of March has a case of its own already, which is among the thirty.
    return 30


def entered_twice(told: Exports) -> int:
    for number in (10, 60, 110):
        told.cases.append({**told.of(number), "Case": f"LH-{9000 + number}"})
    return 3


def redacted_copies(told: Exports) -> int:
    for number in (10, 60, 110, 130):
        blank = {"Category": "", "Severity": "", "Incident": ""}
        told.cases.append({**told.of(number), **blank, "Case": f"LH-{9000 + number}"})
    return 4


def test_cases(told: Exports) -> int:
    for number in range(4):
        copied = {**told.of(20 * number + 5), "Case": f"LH-{9000 + number}"}
        told.cases.append({**copied, "Channel": "TEST"})
    return 4


test_cases.__test__ = False  # type: ignore[attr-defined]


def one_case_told_twice(told: Exports) -> int:
    for number in (10, 60):
        resolved = at(told.of(number)["Resolved"]) - 2 * DAY
        told.cases.append({**told.of(number), "Resolved": written(resolved)})
    return 2


def unit_lost(told: Exports) -> int:
    for number in range(100, 114):
        told.of(number)["Unit"] = ""
    return 14


def field_stops_being_filled(told: Exports) -> int:
    for number in range(200, 210):
        told.of(number)["Category"] = ""
    return 1


# Deliveries


def month_cut_short(told: Exports) -> int:
    told.cases = [
        row
        for row in told.cases
        if at(row["Received"]).month != 12 or at(row["Received"]).day < 4
    ]
    return 1


def dates_that_do_not_exist(told: Exports) -> int:
    for number in (40, 41, 42):
        told.of(number)["Received"] = "2024-02-30 09:00"
    return 1


def codes_of_a_new_list(told: Exports) -> int:
    for number in (40, 41):
        told.of(number)["Category"] = "NEW"
    return 1


def cases_not_delivered(told: Exports) -> int:
    gone = {name(number) for number in range(60, 65)}
    told.cases = [row for row in told.cases if row["Case"] not in gone]
    return sum(row["Case"] in gone for row in told.history)


# How cases end


def closing_before_receipt(told: Exports) -> int:
    for number in (10, 60, 110, 130):
        row = told.of(number)
        row["Resolved"] = written(at(row["Received"]) - 3 * DAY)
    return 4


def closing_dates_lost(told: Exports) -> int:
    for number in range(20, 32):
        told.of(number)["Resolved"] = ""
    return 12


def closing_of_9999(told: Exports) -> int:
    for number in (20, 21):
        told.of(number)["Resolved"] = "9999-12-31 00:00"
    return 2


def closing_of_1900(told: Exports) -> int:
    for number in (20, 21, 22):
        told.of(number)["Resolved"] = "1900-01-01 00:00"
    return 3


def open_with_a_closing_date(told: Exports) -> int:
    for number in (20, 21, 22, 23, 24):
        told.of(number)["Status"] = "Open"
    return 5


def durations_of_another_clock(told: Exports) -> int:
    rows = told.closed()[50:65]
    for row in rows:
        row["Days"] = str(int(row["Days"]) + 5)
    return 15


def closed_together(told: Exports) -> int:
    rows = told.closed()[40:64]
    for row in rows:
        row["Resolved"] = "2024-08-30 17:00"
    return 24


def closed_at_once(told: Exports) -> int:
    for number in range(100, 110):
        row = told.of(number)
        row["Resolved"] = written(at(row["Received"]) + timedelta(minutes=4))
    return 10


def worked_on_after_the_closing(told: Exports) -> int:
    for number in (30, 31, 32):
        later = written(at(told.of(number)["Resolved"]) + 5 * DAY)
        told.history.append({"Case": name(number), "Step": "investigated", "At": later})
    return 3


def opened_again_and_called_closed(told: Exports) -> int:
    for number in (30, 31, 32):
        later = written(at(told.of(number)["Resolved"]) + 5 * DAY)
        told.history.append({"Case": name(number), "Step": "reopened", "At": later})
    return 3


# Steps and deadlines


def decided_before_receipt(told: Exports) -> int:
    for number in (30, 31, 32):
        row = told.of(number)
        row["Decided"] = written(at(row["Received"]) - DAY)
    return 3


def steps_without_a_day(told: Exports) -> int:
    for row in told.history[20:26]:
        row["At"] = ""
    return 6


def steps_of_the_future(told: Exports) -> int:
    for number in (30, 31):
        told.of(number)["Acknowledged"] = "2042-05-05 09:00"
    return 2


def acknowledgements_lost(told: Exports) -> int:
    for number in range(60, 72):
        told.of(number)["Acknowledged"] = ""
    return 12


def done_on_the_last_day(told: Exports) -> int:
    heaped = 0
    for row in told.closed():
        due = at(row["Received"]) + RESOLVE_WITHIN * DAY
        if 36 <= int(row["Days"]) <= 60 and due.date() <= AS_OF:
            row["Resolved"] = written(due)
            heaped += 1
    return heaped


def pauses_on_the_eve(told: Exports) -> int:
    slow = [row for row in told.closed() if int(row["Days"]) > RESOLVE_WITHIN]
    for row in slow[:14]:
        eve = at(row["Received"]) + (RESOLVE_WITHIN - 1) * DAY
        told.history.append({"Case": row["Case"], "Step": "paused", "At": written(eve)})
        told.history.append({"Case": row["Case"], "Step": "resumed", "At": written(eve + DAY)})
    return 14


# What the system says itself


def clocks_judged_otherwise(told: Exports) -> int:
    for row in told.clocks[10:14]:
        row["Kept"] = "broken" if row["Kept"] == "kept" else "kept"
    return 4


def clocks_without_a_day(told: Exports) -> int:
    for row in told.clocks[10:15]:
        row["Due"] = ""
    return 5


def cases_judged_otherwise(told: Exports) -> int:
    for row in told.closed()[10:16]:
        row["In time"] = "broken" if row["In time"] == "kept" else "kept"
    return 6


def reopenings_that_the_history_lacks(told: Exports) -> int:
    for row in told.closed()[10:13]:
        row["Reopens"] = "2"
    return 3


# Surveys and headcount


def scores_off_the_scale(told: Exports) -> int:
    rows = [row for row in told.surveys if row["Score"]]
    for row in rows[:5]:
        row["Score"] = "9"
    return 5


def silence_scored(told: Exports) -> int:
    silent = [row for row in told.surveys if not row["Answered"]]
    for row in silent:
        row["Score"] = "1"
    return len(silent)


def answers_before_the_offer(told: Exports) -> int:
    rows = [row for row in told.surveys if row["Answered"]]
    for row in rows[:4]:
        row["Sent"] = f"{date.fromisoformat(row['Answered']) + DAY}"
    return 4


def surveys_of_nobody(told: Exports) -> int:
    for number in range(3):
        told.surveys.append({**told.surveys[number], "Case": f"LH-{9000 + number}"})
    return 3


def scores_of_a_default(told: Exports) -> int:
    scored = [row for row in told.surveys if row["Score"]]
    for row in scored[5:]:
        row["Score"] = "5"
    return len(scored) - 5 + sum(row["Score"] == "5" for row in scored[:5])


def headcount_mistyped(told: Exports) -> int:
    told.headcount[2][2] = "1980"
    return 2


def leavers_kept(told: Exports) -> int:
    for place, row in enumerate(told.headcount):
        row[2] = str(200 + 20 * (place % 4))
    return 1


def unit_without_people(told: Exports) -> int:
    told.headcount = [row for row in told.headcount if row[0] == "north"]
    return sum(row["Unit"] == "S" for row in told.cases)


FAULTS = (
    Fault("a matter after its report", "incident_before_receipt", received_later_than_incident),
    Fault("a matter of 1970", "incident_date_real", incident_of_1970),
    Fault("no day of the matter", "incident_date_known", incident_blank),
    Fault("no day of receipt", "cases_have_a_received_date", receipt_blank),
    Fault("a default day of receipt", "receipts_do_not_pile_up", default_day),
    Fault("matters entered twice", "no_near_duplicates", entered_twice),
    Fault("redacted copies", "no_redacted_copies", redacted_copies),
    Fault("test cases", "no_test_cases", test_cases),
    Fault("a case told in two ways", "rows_of_a_case_agree_on_dates", one_case_told_twice),
    Fault("units lost", "unit_is_recorded", unit_lost),
    Fault("a field no longer filled in", "codes_do_not_drift", field_stops_being_filled),
    Fault("a month cut short", "no_month_is_nearly_empty", month_cut_short),
    Fault("days that do not exist", "rows_all_read", dates_that_do_not_exist),
    Fault("codes of a new list", "codes_are_mapped", codes_of_a_new_list),
    Fault("cases not delivered", "events_of_known_cases", cases_not_delivered),
    Fault("negative durations", "closed_not_before_received", closing_before_receipt),
    Fault("closed without a date", "closed_status_has_a_closing_date", closing_dates_lost),
    Fault("closings in 9999", "no_date_after_as_of", closing_of_9999),
    Fault("closings in 1900", "no_date_impossibly_early", closing_of_1900),
    Fault("open with a closing date", "open_cases_undated", open_with_a_closing_date),
    Fault("durations of another clock", "source_duration_agrees", durations_of_another_clock),
    Fault("closed together", "no_mass_closing", closed_together),
    Fault("closed at once", "not_closed_at_once", closed_at_once),
    Fault("worked on later", "nothing_after_the_closing", worked_on_after_the_closing),
    Fault("opened again", "status_follows_the_history", opened_again_and_called_closed),
    Fault("decided before receipt", "events_are_in_order", decided_before_receipt),
    Fault("steps without a day", "events_dated", steps_without_a_day),
    Fault("steps of the future", "no_date_after_as_of", steps_of_the_future),
    Fault("acknowledgements lost", "deadlines_can_be_judged", acknowledgements_lost),
    Fault("done on the last day", "no_heaping_on_the_due_day", done_on_the_last_day),
    Fault("paused on the eve", "no_pause_just_before_the_due_day", pauses_on_the_eve),
    Fault("clocks judged otherwise", "source_deadlines_agree", clocks_judged_otherwise),
    Fault("clocks without a day", "source_verdicts_fit_their_dates", clocks_without_a_day),
    Fault("cases judged otherwise", "source_verdict_agrees", cases_judged_otherwise),
    Fault("reopenings untold", "source_reopens_agree", reopenings_that_the_history_lacks),
    Fault("scores off the scale", "scores_are_inside_the_scale", scores_off_the_scale),
    Fault("silence scored", "scores_were_given", silence_scored),
    Fault("answers before the offer", "answers_have_an_offer", answers_before_the_offer),
    Fault("surveys of nobody", "feedback_of_known_cases", surveys_of_nobody),
    Fault("scores of a default", "scores_vary", scores_of_a_default),
    Fault("headcount mistyped", "headcount_does_not_jump", headcount_mistyped),
    Fault("leavers kept", "headcount_lets_people_leave", leavers_kept),
    Fault("a unit without people", "headcount_covers_units_and_months", unit_without_people),
)
