"""The store's cases counted as they were known, or as they stood, on the day of a past release.

A past day is asked along two axes. *Known then* are the deliveries that the past release was
made of. *Known now* of that day are all deliveries, cut off at what had happened by it. Both
are made by the very statements that make the core tables, on doubles of the schemas, and are
taken away again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import polars as pl

from etl.building import SQL, core_files
from etl.store import Store
from metrics.count import count
from metrics.metric import Metric

# Doubles of staging and core: known then, known now of that day, and halfway between them.
_THEN, _NOW, _WITH_LATE, _WITHOUT_GONE = "then", "now", "late", "kept"
_SIDES = (_THEN, _NOW, _WITH_LATE, _WITHOUT_GONE)
_DELIVERY = ("source", "export", "as_of", "fingerprint")


@dataclass(frozen=True, slots=True)
class Recount:
    """Exact cells of one past day, from what was known then to what is known of it now.

    `known_then` are the cells of the deliveries told in the past release; `with_late` has the
    cases beside that later deliveries were the first to tell of, `without_gone` lacks those
    that are no cases any more, and `known_now` tells all of them as they are told now. All are
    of what had happened by the past release's as-of day.
    """

    known_then: pl.DataFrame
    with_late: pl.DataFrame
    without_gone: pl.DataFrame
    known_now: pl.DataFrame


def recount(
    store: Store, metrics: Sequence[Metric], *, deliveries: pl.DataFrame, as_of: date
) -> Recount | None:
    """Count again what a release of `as_of` was made of, and what is known of that day now.

    `deliveries` is the past release's table of that name. None where the store does not hold
    every one of them any more: then nobody can say what was known.
    """
    held = store.frame(_HELD)
    told = deliveries.select(_DELIVERY).join(held, on=_DELIVERY, how="left")
    if told.is_empty() or told["snapshot"].null_count():
        return None
    numbers = sorted(set(told["snapshot"]))
    with _doubles(store):
        _build(store, _THEN, as_of, _KNOWN.format(snapshots=", ".join(map(str, numbers))))
        _build(store, _NOW, as_of, _CLIPPED.format(as_of=as_of.isoformat()))
        _mix(store)
        return Recount(*(_cells(store, metrics, side) for side in _ORDER))


_ORDER = (_THEN, _WITH_LATE, _WITHOUT_GONE, _NOW)
_HELD = """
    select source, export, as_of, substr(sha256, 1, 12) as fingerprint, snapshot
    from staging.deliveries
"""
_KNOWN = "select * from staging.deliveries where snapshot in ({snapshots})"
# A delivery of a later day speaks of the past day too, and speaks after those of that day.
_CLIPPED = """
    select * replace (least(as_of, date '{as_of}') as as_of) from staging.deliveries
"""


@contextmanager
def _doubles(store: Store) -> Iterator[None]:
    """Make the doubles of the schemas, and take them away whatever happens."""
    names = [f"{side}_{schema}" for side in _SIDES for schema in ("core", "staging", "scratch")]
    try:
        for name in names:
            store.drop_schema(name)
            store.create_schema(name)
        yield
    finally:
        for name in reversed(names):
            store.drop_schema(name)


def _stands_for(side: str) -> dict[str, str]:
    return {schema: f"{side}_{schema}" for schema in ("core", "staging", "scratch")}


def _build(store: Store, side: str, as_of: date, deliveries: str) -> None:
    """Make the core tables of one side from its deliveries and today's rules."""
    for table in _tables(store, "staging"):
        if table not in ("deliveries", "parameters"):
            store.look_through(f"{side}_staging.{table}", f"from staging.{table}")
    store.look_through(f"{side}_staging.deliveries", deliveries)
    asked = store.frame("select time_zone, fiscal_year_start_month from staging.parameters")
    parameters = {"as_of": as_of, **asked.row(0, named=True)}
    schemas = _stands_for(side)
    store.run_file(SQL / "10_parameters.sql", parameters, schemas=schemas)
    for path in core_files():
        store.run_file(path, schemas=schemas)


def _mix(store: Store) -> None:
    """Two mixtures of both sides: then with the late cases, and those without what is gone."""
    store.materialise(f"{_WITH_LATE}_scratch.chosen", _LATE)
    store.materialise(f"{_WITHOUT_GONE}_scratch.chosen", _GONE)
    keyed = _tables(store, f"{_THEN}_core", column="case_key")
    for table in _tables(store, f"{_THEN}_core"):
        then, late = f"{_THEN}_core.{table}", f"{_WITH_LATE}_core.{table}"
        kept = f"{_WITHOUT_GONE}_core.{table}"
        if table not in keyed:
            store.look_through(late, f"from {then}")
            store.look_through(kept, f"from {then}")
            continue
        store.look_through(
            late,
            f"from {then} union all by name from {_NOW}_core.{table}"
            f" semi join {_WITH_LATE}_scratch.chosen using (case_key)",
        )
        store.look_through(
            kept,
            f"from {late} anti join {_WITHOUT_GONE}_scratch.chosen using (case_key)",
        )
    for side in (_WITH_LATE, _WITHOUT_GONE):
        for table in _tables(store, f"{_THEN}_staging"):
            store.look_through(f"{side}_staging.{table}", f"from {_THEN}_staging.{table}")


_LATE = "select case_key from now_core.cases anti join then_core.cases using (case_key)"
_GONE = "select case_key from then_core.cases anti join now_core.cases using (case_key)"


def _cells(store: Store, metrics: Sequence[Metric], side: str) -> pl.DataFrame:
    return count(store, metrics, stands_for=_stands_for(side)).cells


def _tables(store: Store, schema: str, *, column: str | None = None) -> list[str]:
    found = store.frame(
        "select distinct table_name from information_schema.columns"
        " where table_schema = $schema and ($column is null or column_name = $column)"
        " order by all",
        {"schema": schema, "column": column},
    )
    return list(found["table_name"])
