"""What must hold of deliveries over time, whatever they bring and in whatever order."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.building import ask, build, refresh
from etl.store import Store
from etl.workspace import Organisation, Workspace
from tests.tables import prepare_plainly

FIRST = date(2024, 1, 31)
ABOUT = Organisation("Invented", "Europe/London", 1, "case", "cases", "none")
RULES = """
[[deadline]]
name = "resolve"
title = "Resolve"
from = "received"
to = "resolved"
within = 10
unit = "working_days"
basis = "Policy"
"""
GRAINS = {"cases": "case", "allegations": "allegation", "history": "event"}

# What one row says: the case, its unit, and a step with its day.
said = st.tuples(
    st.sampled_from("ABCD"),
    st.sampled_from(["north", "south"]),
    st.sampled_from(["received", "resolved", "reopened", "purged"]),
    st.dates(FIRST - timedelta(20), FIRST + timedelta(8)),
)
brought = st.tuples(
    st.sampled_from(list(GRAINS)),
    st.sampled_from(["full", "delta", "undeclared"]),
    st.lists(said, min_size=1, max_size=6),
)
Brought = tuple[str, str, list[tuple[str, str, str, date]]]
some = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def deliver(store: Store, number: int, day: int, delivery: Brought) -> None:
    """Put a delivery into staging as if its file had been read, as of so many days on."""
    export, kind, rows = delivery
    as_of = FIRST + timedelta(day)
    told = pl.DataFrame(
        rows, schema=["case_key", "unit", "kind", "occurred_on"], orient="row"
    ).with_columns(
        pl.lit(number).cast(pl.Int32).alias("snapshot"),
        pl.int_range(2, pl.len() + 2).alias("line"),
        pl.lit("desk").alias("source"),
        pl.lit(export).alias("export"),
        pl.col("occurred_on").cast(pl.Datetime).alias("occurred_at"),
    )
    place = ("snapshot", "line", "case_key")
    if export != "history":
        store.append("staging.cases", told.select(*place, "source", "export", "unit"))
    store.append("staging.events", told.select(*place, "kind", "occurred_on", "occurred_at"))
    counts = {name: [len(rows)] for name in ("rows_in", "rows_loaded")}
    counts |= {name: [0] for name in ("rows_rejected", "rows_repeated")}
    about = {
        "snapshot": [number],
        "loading": [number],
        "source": ["desk"],
        "export": [export],
        "grain": [GRAINS[export]],
        "file_name": [f"{day}.csv"],
        "sha256": [f"{day}"],
        "as_of": [as_of],
        "coverage_from": [FIRST - timedelta(20)],
        "coverage_until": [as_of],
        "delivery": [kind],
    }
    store.append("staging.deliveries", pl.DataFrame(about | counts))


def core_of(store: Store, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple]]:
    """Every row of every core table, but for columns that need not agree."""
    columns = store.frame(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'core' and table_name <> 'build' order by all"
    )
    kept = columns.filter(~pl.col("column_name").is_in(list(without)))
    return {
        table: store.frame(
            f"select {', '.join(names['column_name'])} from core.{table} order by all"
        ).rows()
        for (table,), names in kept.group_by("table_name", maintain_order=True)
    }


def workspace(folder: str) -> Workspace:
    (Path(folder) / "rules").mkdir()
    (Path(folder) / "rules" / "rules.toml").write_text(RULES)
    return Workspace(Path(folder), ABOUT, {})


@some
@given(st.lists(brought, min_size=2, max_size=4), st.randoms())
def test_late_deliveries_end_in_the_same_state_as_those_in_order(deliveries, chance):
    days = list(enumerate(deliveries))
    mixed = list(days)
    chance.shuffle(mixed)
    numbers = ("snapshot", "loading", "last_line")
    found = []
    for order in (days, mixed):
        with TemporaryDirectory() as folder, Store.open() as store:
            prepare_plainly(store)
            for number, (day, delivery) in enumerate(order, start=1):
                deliver(store, number, day, delivery)
            build(store, workspace(folder), {})
            found.append(core_of(store, without=numbers))
    assert found[0] == found[1]


@some
@given(st.lists(brought, min_size=2, max_size=4), st.data())
def test_computing_the_touched_cases_equals_computing_all(deliveries, data):
    days = data.draw(
        st.lists(st.integers(0, 2), min_size=len(deliveries), max_size=len(deliveries))
    )
    with TemporaryDirectory() as folder, Store.open() as step_by_step, Store.open() as whole:
        place = workspace(folder)
        prepare_plainly(step_by_step)
        prepare_plainly(whole)
        for number, (day, delivery) in enumerate(zip(days, deliveries, strict=True), start=1):
            for store in (step_by_step, whole):
                deliver(store, number, day, delivery)
            with step_by_step.transaction():
                refresh(step_by_step, place, {}, added=[number])
            build(whole, place, {})
            assert core_of(step_by_step) == core_of(whole)


@some
@given(st.lists(brought, min_size=2, max_size=4))
def test_a_past_day_asked_again_gives_what_was_known_then(deliveries):
    with TemporaryDirectory() as folder, Store.open() as store:
        place = workspace(folder)
        prepare_plainly(store)
        known = []
        for day, delivery in enumerate(deliveries):
            deliver(store, day + 1, day, delivery)
            build(store, place, {})
            known.append(core_of(store))
        for day, then in enumerate(known):
            ask(store, FIRST + timedelta(day))
            refresh(store, place, {})
            assert core_of(store) == then
