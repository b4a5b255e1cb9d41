"""Rows around the claims about cases, deliveries and texts."""

from collections.abc import Sequence
from datetime import date

from tests.verdicts.breaking_matters import copy_of
from tests.verdicts.judging_rows import Around, Spoil, limit
from tests.verdicts.tables import (
    AS_OF,
    DAY,
    FIRST,
    Row,
    Tables,
    case,
    delivery,
    event,
    filed,
    vanished,
)

CODED = ("unit", "category", "channel", "severity")


def told_of(number: int, **changed: object) -> Spoil:
    """One case told otherwise."""
    return lambda tables: case(tables, number).update(changed)


def both(*spoils: Spoil) -> Spoil:
    def spoil(tables: Tables) -> None:
        for each in spoils:
            each(tables)

    return spoil


def delivered(**changed: object) -> Spoil:
    return lambda tables: tables["core.snapshots"].append({**delivery(6, "finding"), **changed})


def snapshots(changed: Row, *, only: Sequence[int] = (1, 7)) -> Spoil:
    """Deliveries of cases told otherwise."""

    def spoil(tables: Tables) -> None:
        for row in tables["core.snapshots"]:
            row.update(changed if row["snapshot"] in only else {})

    return spoil


def filed_also(*rows: Row) -> Spoil:
    return lambda tables: tables["staging.deliveries"].extend(rows)


def monthly(counts: Sequence[int], **blanks: Sequence[int]) -> Spoil:
    """Cases in the months up to August 2024, of which so many say nothing of a field."""

    def spoil(tables: Tables) -> None:
        first = 2024 * 12 + 7 - (len(counts) - 1)
        model, made = dict(case(tables, 0)), []
        for place, count in enumerate(counts):
            day = date((first + place) // 12, (first + place) % 12 + 1, 9)
            for number in range(count):
                told = {"case_key": f"{day} {number}", "received_on": day}
                for field, few in blanks.items():
                    if number < few[place]:
                        told[field] = "unknown"
                made.append(model | told)
        tables["core.cases"] = made
        since = date(first // 12, first % 12 + 1, 1)
        snapshots({"coverage_from": since})(tables)

    return spoil


def first_quarter_moved(tables: Tables) -> None:
    """No case until March, ten a month until June, one in July and nine in August."""
    for number, row in enumerate(tables["core.cases"]):
        if number < 15:
            row["received_on"] = date(2024, 4 + number // 5, 5)
        elif 31 <= number < 35:
            row["received_on"] = date(2024, 8, 5)


def explained(month: date) -> Spoil:
    def spoil(tables: Tables) -> None:
        tables["quality.explained_months"] = [{"month": month}]

    return spoil


def moved_from_august(kept: int) -> Spoil:
    def spoil(tables: Tables) -> None:
        for number in range(35 + kept, 40):
            case(tables, number)["received_on"] = date(2024, 7, 31)

    return spoil


def piled(then: int, ever: int) -> Spoil:
    """So many cases on one day, of so many in all."""

    def spoil(tables: Tables) -> None:
        model = dict(case(tables, 0))
        days = [date(2024, 3, 5)] * then
        days += [date(2024, 1, 1) + (n % 60) * DAY for n in range(ever - then)]
        tables["core.cases"] = [
            model | {"case_key": f"case {n}", "received_on": day} for n, day in enumerate(days)
        ]

    return spoil


def copied(number: int, **changed: object) -> Spoil:
    return lambda tables: copy_of(tables, number, "a copy", **changed)


def copied_twice(tables: Tables) -> None:
    copy_of(tables, 0, "entered twice")
    copy_of(tables, 0, "redacted", category="unknown", line=901)


def exported(total: int) -> Spoil:
    """As many export rows in all, of forty cases."""
    return told_of(0, export_rows=total - 78)


def test_markers(tables: Tables) -> None:
    words = ("test", "test_case", "training_case")
    for number in range(9):
        case(tables, number)[CODED[number // 3 % 3]] = words[number % 3]


test_markers.__test__ = False  # type: ignore[attr-defined]


def vanished_twice(tables: Tables) -> None:
    gone = {"case_key": "case 3", "source": "harbour", "explained_by": None}
    for export, missing in (("case", AS_OF), ("other", AS_OF - DAY)):
        row = {"export": export, "last_seen_on": FIRST, "missing_on": missing}
        row["is_unread"] = False
        tables["core.vanished_cases"].append(gone | row)


def unread_this_time(tables: Tables) -> None:
    """A case that the newest delivery names in a row that was rejected."""
    day = date(2024, 5, 7)
    told = copy_of(tables, 20, "unread", received_on=day, resolved_on=day)
    newest = {**filed(8, "case", 2), "coverage_from": day, "coverage_until": day}
    tables["staging.deliveries"].append(newest)
    reject = {"snapshot": 8, "line": 7, "column_name": "Unit", "remedy": "correct it"}
    tables["staging.rejects"].append(
        {**reject, "reason": "not a date", "case_key": told["case_key"]}
    )
    tables["core.vanished_cases"].append({**vanished(told["case_key"]), "is_unread": True})


def one_text_on_two_lines(table: str, field: str, text: str) -> Spoil:
    def spoil(tables: Tables) -> None:
        for number in (3, 8):
            tables[table][number] |= {field: text, "line": 70 + number, "snapshot": 1}

    return spoil


def texts(check: str, text: str) -> tuple[Around, ...]:
    places = [("staging.cases", field) for field in (*CODED, "outcome", "status")]
    places += [("staging.events", field) for field in ("level", "party")]
    return tuple(
        Around(check, f"twice in {field}", one_text_on_two_lines(table, field, text), 1)
        for table, field in places
    )


def about_a_person(text: str) -> Around:
    def spoil(tables: Tables) -> None:
        tables["staging.cases"][4]["unit"] = text

    return Around("nothing_about_a_person", text, spoil, 1)


def conflicts_in_two_exports(tables: Tables) -> None:
    row = {"source": "harbour", "case_key": "case 22", "ways": 2, "ways_of_dating": 2}
    tables["core.conflicts"] += [row | {"export": export} for export in ("case", "other")]


def received(number: int, **changed: object) -> Spoil:
    row = event(f"case {number}", "received", date(2024, 1, 6))
    return lambda tables: tables["core.events"].append({**row, **changed})


def never_dated(tables: Tables) -> None:
    for row in tables["core.events"]:
        if (row["case_key"], row["kind"]) == ("case 4", "received"):
            row["occurred_on"] = None


def differing(field: str) -> Around:
    value = AS_OF if field in ("incident_on", "resolved_on") else "another"
    blank = "severity" if field != "severity" else "unit"
    spoil = copied(0, **{field: value, blank: "unknown"})
    return Around("no_redacted_copies", f"{field} is another", spoil, 0)


_EMPTY = "no_month_is_nearly_empty"
_OTHER = {**delivery(8, "case"), "source": "quay"}

DELIVERIES = (
    Around("rows_readable", "one in twenty", delivered(rows_rejected=5), 0),
    Around("rows_reconciled", "left out", delivered(rows_in=105, rows_left_out=5), 0),
    Around("rows_reconciled", "not all", delivered(rows_in=105, rows_left_out=4), 1),
    Around("rows_readable", "one more", delivered(rows_in=119, rows_rejected=6), 1),
    Around("rows_readable", "one fewer", delivered(rows_in=125, rows_rejected=6), 0),
    Around(_EMPTY, "explained", both(moved_from_august(0), explained(date(2024, 8, 1))), 0, 1),
    Around(
        _EMPTY, "one delivery covers less",
        snapshots({"coverage_from": date(2024, 6, 1), "coverage_until": date(2024, 6, 30)},
                  only=(7,)), 0, 2,
    ),
    Around(_EMPTY, "covered beyond the audit",
           snapshots({"coverage_until": date(2024, 9, 30)}), 0, 2),
    Around(_EMPTY, "a first month cut short", snapshots({"coverage_from": date(2024, 1, 2)}),
           0, 1),
    Around(_EMPTY, "a last month cut short", snapshots({"coverage_until": date(2024, 8, 30)}),
           0, 1),
    Around(_EMPTY, "a fifth of the usual", moved_from_august(1), 0, 2),
    Around(_EMPTY, "just under a fifth", monthly([6] * 7 + [1]), 1),
    Around(_EMPTY, "usually four", monthly([4] * 8), 0, 0),
    Around(_EMPTY, "months of none among those before", first_quarter_moved, 0, 1),
    Around(_EMPTY, "more than a year", monthly([4, 6, *[4] * 6, *[6] * 5, 4]), 0),
    *(Around(_EMPTY, grain, snapshots({"grain": grain}), 0, 2)
      for grain in ("allegation", "snapshot")),
    Around("no_gap_between_deliveries", "a history",
           lambda tables: tables["core.snapshots"].append({**_OTHER, "grain": "event"}), 0, 1),
    Around("no_gap_between_deliveries", "allegations",
           lambda tables: tables["core.snapshots"].append({**_OTHER, "grain": "allegation"}),
           0, 2),
    *(Around("pages_all_there", what,
             lambda tables, told=told: tables["core.paged_deliveries"].append(
                 {"snapshot": 2, "is_short": True, "counts_now": True, **told}), 0, 4)
      for what, told in (("all pages are there", {"is_short": False}),
                         ("a later export is whole", {"counts_now": False}))),
    *limit("rows_per_case", "three to a case", exported(120), exported(121), 1),
    Around("rows_are_in_the_store", "allegations", snapshots({"grain": "allegation"}), 0, 2),
    Around(
        "codes_are_mapped", "two rows of one delivery",
        lambda tables: tables["staging.rejects"].extend(
            {"snapshot": 2, "line": line, "column_name": "Unit", "remedy": "add it",
             "reason": "not a code listed in harbour.toml"}
            for line in (7, 8)
        ), 1, 4,
    ),
)  # fmt: skip

CASES = (
    Around(
        "one_row_per_case", "in two deliveries",
        lambda tables: tables["core.cases"].append(
            {**case(tables, 2), "line": 900, "snapshot": 9, "received_on": date(2023, 12, 1)}
        ), 1,
    ),
    Around("received_once", "in two deliveries", received(4, snapshot=9, line=99), 1),
    Around("received_once", "never dated", never_dated, 0, 40),
    Around("rows_of_a_case_agree", "of one row", told_of(5, export_rows=1, versions=2), 0, 39),
    Around("incident_before_receipt", "on the day",
           told_of(7, incident_on=date(2024, 2, 5)), 0),
    Around("incident_before_receipt", "not told", told_of(7, incident_on=None), 0, 39),
    *limit("incident_date_real", "the first day that may be",
           told_of(8, incident_on=date(1930, 1, 1)), told_of(8, incident_on=date(1929, 12, 31)),
           1),
    Around("receipts_do_not_pile_up", "twenty of fifty", piled(20, 50), 20),
    Around("receipts_do_not_pile_up", "nineteen", piled(19, 54), 0),
    Around("receipts_do_not_pile_up", "of forty-nine", piled(20, 49), 0),
    Around("receipts_do_not_pile_up", "a tenth", piled(20, 200), 0),
    Around("receipts_do_not_pile_up", "just over a tenth", piled(20, 199), 20),
    Around("no_near_duplicates", "no day of the matter",
           both(told_of(0, incident_on=None), copied(0)), 0, 39),
    *(Around("no_near_duplicates", f"no {field}", both(told_of(0, **{field: "unknown"}),
             copied(0)), 0) for field in ("unit", "category")),
    *(Around("no_redacted_copies", f"without {field}", copied(0, **{field: "unknown"}), 1)
      for field in CODED),
    Around("no_redacted_copies", "without a day", copied(0, incident_on=None), 1),
    Around("no_redacted_copies", "of two", copied_twice, 1),
    *(differing(field) for field in (*CODED, "incident_on", "resolved_on")),
    Around("no_redacted_copies", "at another hour", copied(
        0, unit="unknown", received_at=None), 0),
    Around("no_redacted_copies", "with three fields blank",
           copied(0, unit="unknown", category="unknown", channel="unknown"), 1),
    Around("no_redacted_copies", "with four fields blank",
           copied(0, unit="unknown", category="unknown", channel="unknown", severity="unknown"),
           0),
    Around("no_test_cases", "every marker in every field", test_markers, 9),
    Around("no_case_vanished", "a delivery of tomorrow", filed_also(
        {**filed(8, "case", 2), "as_of": AS_OF + DAY}), 0, 30),
    Around("no_case_vanished", "an earlier day that was loaded later", filed_also(
        {**filed(8, "case", 3), "as_of": date(2023, 12, 31)}), 0),
    Around("no_case_vanished", "another export", filed_also(
        {**filed(8, "case", 2), "export": "other"}), 0, 30),
    Around("no_case_vanished", "allegations", filed_also(
        {**filed(8, "allegation", 2), "export": "case"}), 40, 40),
    Around("no_case_vanished", "unread this time", unread_this_time, 0, 1),
    Around("vanished_cases_explained", "unread this time", unread_this_time, 0, 41),
    Around("vanished_cases_explained", "of one loading", snapshots({"loading": 1}), 0, 0),
    Around("vanished_cases_explained", "what has changed alone",
           snapshots({"delivery": "delta"}), 0, 0),
    Around("vanished_cases_explained", "gone from two exports", vanished_twice, 1, 40),
    Around("vanished_cases_explained", "of another export", told_of(5, snapshot=3), 0, 39),
    Around("vanished_cases_explained", "allegations", snapshots({"grain": "allegation"}),
           0, 40),
    *(Around("codes_do_not_drift", f"{field} of three in five",
             monthly([5] * 8, **{field: [0] * 7 + [3]}), 1) for field in CODED),
    Around("codes_do_not_drift", "two in five", monthly([5] * 8, unit=[0] * 7 + [2]), 0),
    Around("codes_do_not_drift", "a fifth", monthly([5] * 7 + [15], unit=[0] * 7 + [3]), 1),
    Around("codes_do_not_drift", "under a fifth",
           monthly([5] * 7 + [16], unit=[0] * 7 + [3]), 0),
    Around("codes_do_not_drift", "three times as before",
           monthly([5] * 8, unit=[1] * 7 + [3]), 0),
    Around("codes_do_not_drift", "more than three times as before",
           monthly([5] * 8, unit=[1] * 6 + [0, 3]), 1),
    Around("codes_do_not_drift", "as before a year ago",
           monthly([10, 20, *[10] * 12], unit=[0, 15, *[0] * 11, 3]), 0),
    Around("codes_do_not_drift", "as more than a year ago",
           monthly([20, *[10] * 13], unit=[15, *[0] * 12, 3]), 1),
    Around("codes_do_not_drift", "nineteen before", monthly([19, 5]), 0, 0),
    Around("rows_of_a_case_agree_on_dates", "in two exports", conflicts_in_two_exports, 1, 40),
    Around("rows_of_a_case_agree_on_dates", "of one row", told_of(5, export_rows=1), 0, 39),
)  # fmt: skip

TEXTS = (
    *texts("codes_are_codes", "see the note"),
    *texts("nothing_about_a_person", "jane.doe@example.org"),
    Around("codes_are_codes", "as long as a code may be",
           lambda tables: tables["staging.cases"][4].update(unit="u" * 40), 0),
    Around("codes_are_codes", "longer than a code",
           lambda tables: tables["staging.cases"][4].update(unit="u" * 41), 1),
    *map(about_a_person, (
        "call +44 20 7946 0018", "0161 496 0000", "ab 12 34 56 c", "078-05-1120",
        "gb29nwbk60161331926819", "number 123456789", "Mr Example", "Frau Beispiel",
    )),
)  # fmt: skip
