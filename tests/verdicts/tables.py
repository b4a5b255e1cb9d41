"""A small clean audit as rows, and the way to write any rows into the product's tables.

Eight months of five cases each, received on the 5th and closed on the 15th but for one, each
with its events, clock, deadline and survey: enough for every check to examine something.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from etl import demands, duties
from etl.load import SQL
from etl.rules import Rules
from etl.store import Store
from tests.tables import prepare_plainly

AS_OF = date(2024, 8, 31)
FIRST = date(2024, 1, 1)
STILL_OPEN = 29

DAY = timedelta(days=1)

Row = dict[str, object]
Tables = dict[str, list[Row]]


def case(tables: Tables, number: int) -> Row:
    return next(row for row in tables["core.cases"] if row["case_key"] == f"case {number}")


def clean() -> Tables:
    """Rows that break no claim; each call gives rows of its own to spoil."""
    tables: Tables = {
        "core.snapshots": [
            {**delivery(1, "case"), "rows_in": 42, "rows_loaded": 40},
            {**delivery(7, "case"), "rows_in": 2, "rows_loaded": 0, "loading": 2},
            delivery(2, "event"),
            delivery(3, "feedback"),
        ],
        "staging.rejects": [],
        "core.closures": [{"case_key": "case 0", "closed_place": 3, "reopened_place": 2}],
        "staging.parameters": [
            {
                "as_of": AS_OF,
                "coverage_from": FIRST,
                "coverage_until": AS_OF,
                "time_zone": "UTC",
                "fiscal_year_start_month": 1,
            }
        ],
        "staging.rules": [{"rule": "resolve", "to_kind": "resolved", "pauses": "paused"}],
        "staging.deliveries": [filed(1, "case", 1), filed(2, "event", 1), filed(9, "event", 2)],
        "staging.levels": [level("unit", "north"), level("channel", "web")],
        "staging.headcount": [
            {"unit": "north", "from_on": date(2024, month, 1), "people": 50.0 + 5 * (month % 2)}
            for month in range(1, 9)
        ],
        "core.exposure": [
            {"unit": "north", "from_on": FIRST, "until_on": date(2024, 9, 1), "people": 50.0}
        ],
        "core.conflicts": [],
        "core.coverage_gaps": [],
        "core.paged_deliveries": [],
        "core.vanished_cases": [vanished("case 1") | {"explained_by": "purged"}],
    }
    for number in range(40):
        for table, rows in of_one_case(number).items():
            tables.setdefault(table, []).extend(rows)
    first = tables["staging.events"][1]
    tables["staging.events"].append({**first, "snapshot": 9})
    tables["core.events"].append(event("case 0", "reopened", date(2024, 1, 8)))
    tables["core.cases"][0] |= {"source_reopens": 1}
    paused = date(2024, 1, 2)
    tables["core.events"].append(event("case 0", "paused", paused))
    tables["core.cases"][STILL_OPEN] |= {
        "status": "open",
        "resolved_on": None,
        "source_days": None,
    }
    tables["core.clocks"][STILL_OPEN] |= {"ended": False}
    return tables


def level(breakdown: str, code: str) -> Row:
    return {"breakdown": breakdown, "level": code, "title": code.title(), "position": 0}


def filed(snapshot: int, grain: str, loading: int) -> Row:
    """A file as it was taken in; the second loading came two months later."""
    row = delivery(snapshot, grain)
    until = AS_OF if loading == 2 else date(2024, 6, 30)
    row |= {"as_of": until, "coverage_until": until, "file_name": f"{grain}.csv", "sha256": "f"}
    return row | {"loading": loading}


def delivery(snapshot: int, grain: str) -> Row:
    return {
        "snapshot": snapshot,
        "source": "harbour",
        "export": grain,
        "grain": grain,
        "delivery": "full",
        "loading": 1,
        "as_of": AS_OF,
        "rows_in": 100,
        "rows_loaded": 98,
        "rows_rejected": 0,
        "rows_repeated": 2,
        "coverage_from": FIRST,
        "coverage_until": AS_OF,
    }


def of_one_case(number: int) -> Tables:
    key = f"case {number}"
    received, closed = date(2024, 1 + number // 5, 5), date(2024, 1 + number // 5, 15)
    at = datetime(received.year, received.month, 5, 9, number)  # noqa: DTZ001  UTC, as stored
    place = {"snapshot": 1, "line": number + 2}
    return {
        "core.cases": [
            {
                **place,
                "case_key": key,
                "source": "harbour",
                "received_on": received,
                "received_at": at,
                "incident_on": date(2023, 11, 1) + timedelta(days=number),
                "unit": "north",
                "category": "conduct",
                "channel": "web",
                "severity": "low",
                "status": "closed",
                "resolved_on": closed,
                "source_days": 10,
                "source_reopens": 0,
                "source_verdict": "met",
                "export_rows": 2,
                "versions": 1,
            }
        ],
        "core.case_facts": [{**place, "case_key": key}],
        "staging.cases": [described(key, number)],
        "core.chosen_rows": [chosen(key, snapshot) for snapshot in (1, 2, 3)],
        "staging.events": [step(key, "received", received), step(key, "assigned", received)],
        "core.events": [
            event(key, "received", received),
            event(key, "assigned", received),
            {
                **event(key, "resolved", closed),
                "occurred_at": at.replace(day=15, hour=9 + number % 7),
            },
        ],
        "core.clocks": [{"case_key": key, "clock": "resolution", "ended": True, "days": 10}],
        "core.deadlines": [
            {
                **deadline(key, "resolve", "met", received),
                "done_on": received - timedelta(days=1 + number % 5),
            }
        ],
        "core.source_deadlines": [
            {
                **place,
                "case_key": key,
                "source": "harbour",
                "clock": "resolve",
                "started_on": received,
                "stopped_on": closed,
                "due_on": closed,
                "verdict": "met",
            }
        ],
        "core.feedback": [survey(key, number, offered_on=closed, answered_on=closed, score=4)],
        "staging.feedback": [
            {**survey(key, number, offered_on=closed, answered_on=closed), "export": "surveys"}
        ],
    }


def described(key: str, number: int) -> Row:
    """An export's row of a case, in codes."""
    return {
        "snapshot": 1,
        "line": number + 2,
        "source": "harbour",
        "export": "case",
        "case_key": key,
        "unit": "north",
        "category": "conduct",
        "channel": "web",
        "severity": "low",
        "status": "closed",
    }


def chosen(key: str, snapshot: int) -> Row:
    return {"case_key": key, "snapshot": snapshot}


def event(key: str, kind: str, on: date | None) -> Row:
    return {**step(key, kind, on), "source": "harbour"}


def step(key: str, kind: str, on: date | None) -> Row:
    return {
        "snapshot": 2 if kind == "assigned" else 1,
        "line": 1,
        "case_key": key,
        "kind": kind,
        "occurred_on": on,
    }


def deadline(key: str, rule: str, result: str, due_on: date) -> Row:
    return {
        "case_key": key,
        "rule": rule,
        "result": result,
        "started_on": due_on,
        "due_on": due_on,
    }


def vanished(key: str) -> Row:
    seen = {"last_seen_on": date(2024, 6, 30), "is_unread": False, "missing_on": AS_OF}
    told = {"case_key": key, "source": "harbour", "export": "case", **seen}
    return {**told, "explained_by": None}


def survey(key: str, line: int, **answer: object) -> Row:
    scale = {"scale_low": 1, "scale_high": 5}
    place = {"snapshot": 3, "line": line, "source": "harbour"}
    return {**place, "case_key": key, **scale, **answer}


def written(
    tables: Mapping[str, Sequence[Row]],
    path: Path | None = None,
    *,
    prepare: Callable[[Store], None] = prepare_plainly,
) -> Store:
    """A store with the product's own tables, holding these rows and no others."""
    store = Store.open(path)
    prepare(store)
    demands.declare(store, Rules((), ()), calendar="none", folder=SQL, first=FIRST, as_of=AS_OF)
    people = {"unit": pl.String, "from_on": pl.Date, "people": pl.Float64}
    store.replace("staging.headcount", pl.DataFrame(schema=people))
    engaged = {"unit": pl.String, "month": pl.Date, "engagements": pl.Float64}
    engaged |= {"consent_forms": pl.Float64}
    store.replace("staging.duties", pl.DataFrame(schema=duties.SCHEMA))
    store.replace("staging.engagements", pl.DataFrame(schema=engaged))
    words = {"breakdown": pl.String, "level": pl.String, "title": pl.String}
    store.replace("staging.levels", pl.DataFrame(schema={**words, "position": pl.Int64}))
    parameters = {"as_of": AS_OF, "time_zone": "UTC", "fiscal_year_start_month": 1}
    for file in sorted(SQL.glob("[1-9]*.sql")):
        store.run_file(file, parameters)
    rewrite(store, tables)
    return store


def rewrite(store: Store, tables: Mapping[str, Sequence[Row]]) -> None:
    """Put these rows in the place of all that the tables of `clean` hold."""
    for table in clean():
        store.execute(f"truncate {table}")
    for table, rows in tables.items():
        if rows:
            store.append(table, pl.DataFrame(rows, infer_schema_length=None))
