"""Rows around the claims about events, closings and deadlines."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from tests.verdicts.around_cases import both, told_of
from tests.verdicts.judging_rows import Around, Spoil, limit
from tests.verdicts.tables import (
    AS_OF,
    DAY,
    FIRST,
    STILL_OPEN,
    Tables,
    case,
    deadline,
    event,
    filed,
    step,
)

SEVEN = (
    "acknowledged", "triaged", "escalated", "assigned", "investigated", "decided", "informed",
)  # fmt: skip
NOON = datetime(2024, 8, 30, 12)  # noqa: DTZ001  UTC, as stored
DUE = date(2024, 4, 1)


def staged(*rows: dict) -> Spoil:
    return lambda tables: tables["staging.events"].extend(rows)


def steps(*rows: dict) -> Spoil:
    return lambda tables: tables["core.events"].extend(rows)


def closures(**told: object) -> Spoil:
    return lambda tables: tables["core.closures"].append({"case_key": "case 5", **told})


def without_end(number: int, kind: str, on: date) -> Spoil:
    """A closed case without its day, and a step of it as it was delivered."""
    return both(told_of(number, resolved_on=None), staged(step(f"case {number}", kind, on)))


def worked_on_later(tables: Tables) -> None:
    for number, kind in enumerate(("triaged", "assigned", "investigated", "decided"), start=5):
        later = case(tables, number)["resolved_on"] + DAY
        tables["core.events"].append(event(f"case {number}", kind, later))


def closed_on_receipt_and_worked_on(tables: Tables) -> None:
    received = case(tables, 6)["received_on"]
    case(tables, 6)["resolved_on"] = received
    tables["core.events"].append(event("case 6", "decided", received + DAY))


def early(tables: Tables) -> None:
    for number, kind in enumerate(SEVEN, start=10):
        row = event(f"case {number}", kind, case(tables, number)["received_on"] - DAY)
        tables["core.events"].append(row)


def closings(*at: datetime, of: str = "") -> Spoil:
    """Closings at these instants, each of a case of its own or all `of` one, and no other."""

    def spoil(tables: Tables) -> None:
        others = [row for row in tables["core.events"] if row["kind"] != "resolved"]
        made = [
            {**event(of or f"case {number}", "resolved", moment.date()), "occurred_at": moment}
            for number, moment in enumerate(at)
        ]
        tables["core.events"] = others + made

    return spoil


def usual(closed: int, days: int = 9) -> list[datetime]:
    """So many closings a day on some days, each day at times of its own."""
    return [
        datetime(2024, 3, 1, 8 + day, number) + day * DAY  # noqa: DTZ001  UTC, as stored
        for day in range(days)
        for number in range(closed)
    ]


def minutes(*after: int) -> list[datetime]:
    return [NOON + timedelta(minutes=each) for each in after]


# Deadlines


def deadlines(*rows: dict) -> Spoil:
    return lambda tables: tables["core.deadlines"].extend(rows)


def rules(*rows: dict) -> Spoil:
    return lambda tables: tables["staging.rules"].extend(rows)


def no_rules(tables: Tables) -> None:
    tables["staging.rules"] = [{"rule": "another", "to_kind": "resolved"}]


def results(numbers: Iterable[int], result: str) -> Spoil:
    def spoil(tables: Tables) -> None:
        for number in numbers:
            tables["core.deadlines"][number]["result"] = result

    return spoil


def due(spread: dict[str, tuple[int, date]], *, lost: int) -> Spoil:
    """Deadlines of case 1 by rule: so many due on a day, and of each rule so many lost."""

    def spoil(tables: Tables) -> None:
        for rule, (count, on) in spread.items():
            for number in range(count):
                result = "not_assessable" if number < lost else "met"
                row = deadline("case 1", rule, result, on)
                tables["core.deadlines"].append({**row, "round": number})

    return spoil


def of_quay(*numbers: int) -> Spoil:
    """Cases of another source."""

    def spoil(tables: Tables) -> None:
        for number in numbers:
            case(tables, number)["source"] = "quay"

    return spoil


def over_new_year(tables: Tables) -> None:
    for on in (date(2023, 12, 30), date(2024, 1, 2)):
        for number in range(2):
            row = deadline("case 1", "inform", "not_assessable", on)
            tables["core.deadlines"].append({**row, "round": (on.year, number)[1]})
        met = deadline("case 1", "inform", "met", on)
        tables["core.deadlines"] += [{**met, "round": 9}] * 6


def heap(count: int, last: int, *, rule: str = "other", off: int = 1) -> Spoil:
    """Deadlines done around their due day, so many of them on it; none of other rules."""

    def spoil(tables: Tables) -> None:
        tables["core.deadlines"] = [
            {
                **deadline(f"case {number % 40}", rule, "met", DUE),
                "round": number,
                "done_on": DUE if number < last else DUE - off * DAY,
            }
            for number in range(count)
        ]

    return spoil


def done(days: int) -> Spoil:
    """One deadline done so many days after its due day."""
    return deadlines({**deadline("case 3", "inform", "met", DUE), "done_on": DUE + days * DAY})


def paused(count: int, late: int, *, before: int = 5, late_by: int = 2) -> Spoil:
    """Pauses of cases before their due day, so many of them late, and no others."""

    def spoil(tables: Tables) -> None:
        others = [row for row in tables["core.events"] if row["kind"] != "paused"]
        for number in range(count):
            on = tables["core.deadlines"][number % 40]["due_on"]
            on -= (late_by if number < late else before) * DAY  # type: ignore[operator]
            others.append({**event(f"case {number % 40}", "paused", on), "line": number})
        tables["core.events"] = others

    return spoil


def delivered_first_at(tables: Tables) -> None:
    """The first loading had a part that is older."""
    tables["staging.deliveries"].append({**filed(11, "event", 1), "as_of": date(2024, 5, 1)})


def earlier_loaded_later(tables: Tables) -> None:
    """The delivery of the earlier day was loaded after the one of the later day."""
    for row in tables["staging.deliveries"]:
        row["loading"] = {1: 3}.get(int(str(row["loading"])), row["loading"])


# Verdicts of the source


def theirs(number: int, **told: object) -> Spoil:
    return lambda tables: tables["core.source_deadlines"][number].update(told)


def two_rounds(tables: Tables) -> None:
    row = deadline("case 23", "resolve", "missed", AS_OF)
    tables["core.deadlines"].append({**row, "round": 1})
    tables["core.source_deadlines"][23]["verdict"] = "met"


def reopened_twice(tables: Tables) -> None:
    tables["core.events"].append(event("case 3", "reopened", date(2024, 1, 9)))
    case(tables, 3)["source_reopens"] = 1


def from_1980(tables: Tables) -> None:
    tables["staging.parameters"][0]["coverage_from"] = date(2000, 1, 1)


_MASS, _HEAP, _EVE = (
    "no_mass_closing", "no_heaping_on_the_due_day", "no_pause_just_before_the_due_day",
)  # fmt: skip
_LOST, _KEPT = "deadlines_can_be_judged", "dates_kept_everywhere"
_ENDS = ("closed_status_has_a_closing_date", "closing_dates_kept")
_AGREE, _FIT, _LATE = (
    "source_deadlines_agree", "source_verdicts_fit_their_dates", "source_verdict_agrees",
)  # fmt: skip
_SECOND = {"rule": "resolve", "to_kind": "resolved", "pauses": "paused"}

STEPS = (
    *(
        around
        for check in _ENDS
        for around in (
            Around(check, "closed tomorrow", without_end(22, "resolved", AS_OF + DAY), 0, 38),
            Around(check, "closed on the as-of day", without_end(22, "resolved", AS_OF), 1, 39),
            Around(check, "decided tomorrow", without_end(13, "decided", AS_OF + DAY), 1, 39),
            Around(check, "closed and lost", without_end(13, "resolved", FIRST), 1, 39),
        )
    ),
    Around("status_follows_the_history", "in one place",
           closures(closed_place=3, reopened_place=3), 0),
    Around("status_follows_the_history", "never closed in its history",
           closures(closed_place=None, reopened_place=1), 1),
    Around("status_follows_the_history", "opened before all",
           closures(closed_place=None, reopened_place=0), 0),
    Around("status_follows_the_history", "open and opened again",
           both(told_of(5, status="open"), closures(closed_place=3, reopened_place=4)), 0, 1),
    Around("status_follows_the_history", "never opened again",
           closures(closed_place=3, reopened_place=None), 0, 1),
    Around("nothing_after_the_closing", "every kind of work", worked_on_later, 4),
    Around("nothing_after_the_closing", "received and closed on one day",
           closed_on_receipt_and_worked_on, 1),
    Around(_MASS, "twenty at four times of one day",
           closings(*usual(1), *(NOON + timedelta(hours=n % 4) for n in range(20))), 0),
    Around(_MASS, "four times in all, twenty on a day",
           closings(*(NOON + timedelta(hours=n % 4) for n in range(20)),
                    *(NOON - n * DAY for n in range(1, 9))), 20),
    Around(_MASS, "five times in all, twenty on a day",
           closings(*(NOON + timedelta(hours=n % 5) for n in range(20)),
                    *(NOON - n * DAY for n in range(1, 9))), 0),
    Around(_MASS, "four times, told often",
           closings(*(NOON + timedelta(hours=n % 4) for n in range(40))), 0),
    Around(_MASS, "within ten minutes",
           closings(*usual(1), *minutes(*[0] * 10, *[9] * 10)), 20),
    Around(_MASS, "in two slots", closings(*usual(1), *minutes(*[0] * 10, *[10] * 10)), 0),
    Around(_MASS, "ten times the usual", closings(*usual(2), *minutes(*[0] * 20)), 0),
    Around(_MASS, "just over ten times the usual",
           closings(*usual(2), *minutes(*[0] * 21)), 21),
    Around(_MASS, "one case again and again", closings(
        *usual(1), *minutes(*[0] * 20), of="case 1"), 0),
    *limit("no_date_impossibly_early", "1990",
           both(from_1980, staged(step("case 8", "decided", date(1990, 1, 1)))),
           both(from_1980, staged(step("case 8", "decided", date(1989, 12, 31)))), 1),
    Around("events_are_in_order", "every kind of step", early, 7),
    Around("source_duration_agrees", "still open",
           told_of(STILL_OPEN, source_days=99), 0, 39),
    Around("no_backdating", "the first loading in two parts", both(
        delivered_first_at, staged({**step("case 8", "decided", date(2024, 6, 10)),
                                    "snapshot": 9})), 1),
    Around("no_backdating", "the earlier day loaded later", both(
        earlier_loaded_later, staged({**step("case 8", "decided", date(2024, 6, 16)),
                                      "snapshot": 9})), 0, 2),
    Around("no_backdating", "no day", staged(
        {**step("case 8", "decided", None), "snapshot": 9}), 0, 1),
    Around("source_reopens_agree", "two reopened", reopened_twice, 0, 40),
)  # fmt: skip

DEADLINES = (
    Around("one_deadline_per_rule", "twice in two rules", deadlines(
        deadline("case 26", "resolve", "missed", AS_OF),
        *[deadline("case 26", "inform", "met", AS_OF)] * 2), 2, 41),
    Around("rules_apply", "two versions of a rule",
           rules({"rule": "escalate"}, {"rule": "escalate"}), 1, 2),
    Around("rules_judged", "one of two lost", deadlines(
        deadline("case 1", "inform", "not_assessable", AS_OF),
        deadline("case 2", "inform", "met", AS_OF)), 0, 2),
    Around("rules_judged", "both lost", deadlines(
        deadline("case 1", "inform", "not_assessable", AS_OF),
        deadline("case 2", "inform", "not_assessable", AS_OF - DAY)), 1, 2),
    Around("rules_judged", "of nobody", deadlines(
        deadline("nobody", "inform", "not_assessable", AS_OF)), 0, 1),
    *(
        around
        for check in (_LOST, _KEPT)
        for around in (
            Around(check, "not due yet", results([3], "not_due"), 0, 39),
            Around(check, "not applicable", results([3], "not_applicable"), 0, 39),
            Around(check, "never recorded", due({"inform": (3, DUE)}, lost=3), 0, 40),
            Around(check, "never recorded in one source", both(
                of_quay(1, 2), results([1, 2], "not_assessable")), 0, 38),
        )
    ),
    Around(_KEPT, "three of sixty", due({"inform": (60, DUE)}, lost=3), 0),
    Around(_KEPT, "three of fifty-nine", due({"inform": (59, DUE)}, lost=3), 3),
    Around(_KEPT, "two of ten", due({"inform": (10, DUE)}, lost=2), 0),
    Around(_KEPT, "in two quarters", over_new_year, 0),
    Around(_KEPT, "with those of a source that records none", both(
        of_quay(0, 1, 2), results([0, 1, 2, 3, 4], "not_assessable")), 0),
    Around(_HEAP, "15 of 42", heap(42, 15), 0, 42),
    Around(_HEAP, "16 of 42", heap(42, 16), 16),
    Around(_HEAP, "all of 41", heap(41, 41), 0),
    Around(_HEAP, "16 of 43", heap(43, 16), 16),
    Around(_HEAP, "16 of 44", heap(44, 16), 16),
    Around(_HEAP, "66 of 294", heap(294, 66), 0),
    *(Around(_HEAP, f"done {days} days after", done(days), 0, examined)
      for days, examined in ((5, 41), (6, 40), (-5, 41), (-6, 40))),
    Around(_HEAP, "two versions of a rule", rules(_SECOND), 0, 40),
    Around(_EVE, "9 of 10", paused(10, 9), 9, 10),
    Around(_EVE, "8 of 10", paused(10, 8), 0),
    Around(_EVE, "all of 9", paused(9, 9), 0, 9),
    Around(_EVE, "19 of 30", paused(30, 19), 0),
    Around(_EVE, "21 of 34", paused(34, 21), 21),
    Around(_EVE, "11 of 14", paused(14, 11), 0),
    Around(_EVE, "42 of 84", paused(84, 42), 0),
    Around(_EVE, "nine days before", paused(1, 0, before=9), 0, 1),
    Around(_EVE, "ten days before", paused(1, 0, before=10), 0, 0),
    Around(_EVE, "two versions of a rule", rules(_SECOND), 0, 1),
    Around(_EVE, "either way to pause", both(
        no_rules, rules({**_SECOND, "pauses": "either"})), 0, 1),
    Around(_EVE, "a rule that no pause moves", both(
        no_rules, rules({**_SECOND, "pauses": "closed"})), 0, 0),
    Around(_AGREE, "met and missed", two_rounds, 1, 40),
    Around(_AGREE, "not due", results([23], "not_due"), 0, 39),
    Around(_AGREE, "a clock of another name", theirs(23, clock="another"), 0, 39),
    Around(_AGREE, "no such rule any more", both(no_rules, theirs(23, verdict="breached")),
           1, 40),
    Around(_AGREE, "two versions of a rule", rules(_SECOND), 0, 40),
    *(
        around
        for result in ("met_late", "missed")
        for around in (
            Around(_AGREE, result, results([23], result), 1, 40),
            Around(_LATE, result, results([23], result), 1, 40),
        )
    ),
    Around(_FIT, "still running", theirs(23, stopped_on=None), 0, 40),
    Around(_FIT, "late on its due day", theirs(23, verdict="breached"), 0, 40),
    Around(_FIT, "judged by nobody", theirs(23, verdict="running"), 0, 39),
    Around(_LATE, "met and missed", deadlines(
        {**deadline("case 23", "resolve", "missed", AS_OF), "round": 1}), 1, 40),
    Around(_LATE, "two versions of a rule", rules(_SECOND), 0, 40),
    Around(_LATE, "closed, not resolved", both(
        no_rules, rules({"rule": "resolve", "to_kind": "closed"})), 0, 40),
)  # fmt: skip
