"""What became of one file of a delivery, and what the store keeps of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from etl.pages import page_columns
from etl.readers.rows import TextTable
from etl.source import Export
from etl.store import Store


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one file: rows in = loaded + rejected + exact repeats + left out.

    `known_as` is the number of the delivery that brought the same bytes before, `known_on` its
    as-of day, and `confirmed_until` a later one, until which that full export has not changed;
    `covers_from` is the first day that it covers, where that is said only now.
    `is_part` says that it speaks in this delivery too, with the files that came with it.
    `notes` are sentences about the delivery, for people.
    """

    file_name: str
    source: str
    export: str
    sha256: str
    rows_in: int
    rows_loaded: int
    rows_rejected: int
    rows_repeated: int
    known_as: int | None
    unknown_columns: tuple[str, ...]
    rejects: tuple[str, ...]
    rows_left_out: int = 0
    known_on: date | None = None
    confirmed_until: date | None = None
    covers_from: date | None = None
    is_part: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loading:
    """What is told of all the files that are loaded together."""

    number: int
    as_of: date
    coverage_from: date | None
    accept_rejects: int
    is_as_of_told: bool = True


def note(
    store: Store,
    told: TextTable,
    export: Export,
    delivery: Delivery,
    loading: Loading,
    *,
    described: str,
    snapshot: int,
) -> None:
    """Keep what is to be known of the delivery itself."""
    covered = loading.coverage_from or _first_received(store, snapshot, loading.as_of)
    store.append(
        "staging.deliveries",
        pl.DataFrame(
            {
                "snapshot": [snapshot],
                "loading": [loading.number],
                "source": [export.source],
                "export": [export.name],
                "grain": [export.grain],
                "file_name": [delivery.file_name],
                "sha256": [told.sha256],
                "bytes": [told.size],
                "described": [described],
                "delivery": [export.delivery],
                "coverage_told": [loading.coverage_from is not None],
                "as_of": [loading.as_of],
                "rows_in": [delivery.rows_in],
                "rows_loaded": [delivery.rows_loaded],
                "rows_rejected": [delivery.rows_rejected],
                "rows_repeated": [delivery.rows_repeated],
                "rows_left_out": [delivery.rows_left_out],
                "reads": [" ".join(export.fields_told(told.header))],
                "coverage_from": [covered],
                "coverage_until": [loading.as_of],
                **page_columns(told.page),
            },
            schema_overrides={"coverage_from": pl.Date},
        ),
    )


def _first_received(store: Store, snapshot: int, as_of: date) -> date | None:
    """The first believable day of receipt: nobody has told when the system was taken up."""
    days = store.frame(
        "select occurred_on as day, count(*) as cases from staging.events"
        " where snapshot = $snapshot and kind = 'received' and occurred_on <= $as_of"
        " and occurred_on > date '1980-01-01' group by day order by day",
        {"snapshot": snapshot, "as_of": as_of},
    )
    # The lower thousandth may be a mistyped year; a coverage told on the command line wins.
    passed = days.filter(pl.col("cases").cum_sum() > pl.col("cases").sum() // 1000)
    return passed["day"][0] if passed.height else None


def as_known(store: Store, path: Path, before: Mapping[str, Any], loading: Loading) -> Delivery:
    """The account of a file whose bytes an earlier delivery brought, `before`."""
    counts = ("rows_in", "rows_loaded", "rows_rejected", "rows_repeated")
    covers = _covered_from(store, before, loading.coverage_from)
    named = {name: before[name] for name in ("source", "export", "sha256")}
    return Delivery(
        file_name=path.name,
        known_as=before["snapshot"],
        known_on=before["as_of"],
        covers_from=covers,
        unknown_columns=(),
        rejects=(),
        rows_left_out=before["rows_left_out"] or 0,
        **named,
        **{name: before[name] for name in counts},
    )


def _covered_from(store: Store, before: Mapping[str, Any], day: date | None) -> date | None:
    """Note the first day that an earlier delivery covers, where that is said only now."""
    if day is None or (before["coverage_told"] and before["coverage_from"] == day):
        return None
    number = {"snapshot": before["snapshot"]}
    held = store.frame("select * from staging.deliveries where snapshot = $snapshot", number)
    store.remove("staging.deliveries", held.select("snapshot"))
    said = held.with_columns(coverage_from=pl.lit(day), coverage_told=pl.lit(value=True))
    store.append("staging.deliveries", said)
    return day
