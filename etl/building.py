"""The core tables: made of staging, the rules, the calendar and the headcount."""

import hashlib
from datetime import date
from pathlib import Path

import polars as pl

from etl import demands
from etl.source import FIXED, Source
from etl.store import Store
from etl.workspace import Workspace

SQL = Path(__file__).parent / "sql"
BREAKDOWNS = ("unit", "category", "channel", "severity")


def prepare(store: Store) -> None:
    """Make the schemas and the staging tables where they are missing."""
    for schema in ("staging", "scratch", "core", "quality", "metrics"):
        store.create_schema(schema)
    for path in sorted(SQL.glob("0*.sql")):
        store.run_file(path)


def build(
    store: Store, workspace: Workspace, known: dict[str, Source], *, as_of: date | None = None
) -> None:
    """Make the core tables anew from staging, the rules, the calendar and the headcount.

    `as_of` is the newest delivery's, or an earlier day to be asked again.
    """
    organisation = workspace.organisation
    store.run_file(
        SQL / "10_parameters.sql",
        {
            "as_of": as_of,
            "time_zone": organisation.time_zone,
            "fiscal_year_start_month": organisation.fiscal_year_start_month,
        },
    )
    told = store.frame("select as_of, coverage_from from staging.parameters")
    last, first = told["as_of"][0], told["coverage_from"][0]
    made = workspace.rules()
    headcount = workspace.headcount()
    used = set(store.frame("select distinct source from staging.deliveries")["source"])
    levels = _levels([found for name, found in known.items() if name in used], headcount)
    demands.declare(
        store,
        made,
        calendar=organisation.calendar,
        folder=workspace.folder / "calendars",
        first=first,
        as_of=last,
    )
    store.replace("staging.headcount", headcount)
    store.replace("staging.levels", levels)
    # What is only needed on the way to the core tables.
    store.create_schema("scratch")
    for path in sorted(SQL.glob("[2-9]*.sql")):
        store.run_file(path)
    store.replace("core.build", pl.DataFrame({"fingerprint": [_fingerprint(store)]}))


def _levels(used: list[Source], headcount: pl.DataFrame) -> pl.DataFrame:
    """Declared codes of the breakdowns with their words; 'unknown' is always one of them."""
    rows: list[dict[str, object]] = []
    for breakdown in BREAKDOWNS:
        titles = {
            level: found.label(breakdown, level)
            for found in used
            for level in found.levels(breakdown)
            if level != "unknown"
        }
        if breakdown == "unit":
            for unit in headcount["unit"].unique().sort():
                titles.setdefault(unit, unit.replace("_", " ").capitalize())
        order = FIXED.get(breakdown) or sorted(titles, key=lambda level: titles[level])
        listed = [(level, titles[level]) for level in order if level in titles]
        rows += [
            {"breakdown": breakdown, "level": level, "title": title, "position": position}
            for position, (level, title) in enumerate([*listed, ("unknown", "Not recorded")])
        ]
    return pl.DataFrame(
        rows,
        schema={
            "breakdown": pl.String,
            "level": pl.String,
            "title": pl.String,
            "position": pl.Int64,
        },
    )


def _fingerprint(store: Store) -> str:
    """Changes whenever anything that the core tables are made of changes."""
    digest = hashlib.sha256()
    for table in ("deliveries", "parameters", "headcount", "levels", *demands.TABLES):
        rows = store.frame(f"select * from staging.{table} order by all")  # noqa: S608
        digest.update(rows.write_json().encode())
    return digest.hexdigest()
