"""What must hold of the core tables for any history of cases."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.load import build
from etl.source import FIXED
from etl.store import Store
from etl.workspace import Organisation, Workspace
from tests.tables import prepare_plainly

AS_OF = date(2024, 3, 1)
RULES = """
[[deadline]]
name = "acknowledge"
title = "Acknowledge"
from = "received"
to = "acknowledged"
within = 7
unit = "calendar_days"
passed_by = ["triaged"]
basis = "Policy"
[[deadline]]
name = "resolve"
title = "Resolve"
from = "received"
to = "resolved"
within = 10
unit = "working_days"
basis = "Policy"
"""
ABOUT = Organisation("Invented", "Europe/London", 1, "case", "cases", "none")
ASKED = (
    "select case_key, received_on, resolved_on, reopened, outcome from core.cases order by all",
    "select case_key, kind, occurred_on from core.events order by all",
    "select * from core.clocks order by all",
    "select * from core.deadlines order by all",
)

Step = tuple[str, str, date]
days = st.dates(AS_OF - timedelta(60), AS_OF)
later = st.dates(AS_OF + timedelta(1), AS_OF + timedelta(60))
cases = st.sampled_from("ABCD")
# Closing and reopening on one day is told apart by the order of the rows alone.
kinds = st.sampled_from([kind for kind in FIXED["kind"] if kind != "reopened"])
histories = st.lists(st.tuples(cases, kinds, days), min_size=1, max_size=15)
few = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def core_of(*parts: list[Step]) -> list[list[tuple]]:
    """Core tables of the cases A to D, from a history in files that are loaded together."""
    with TemporaryDirectory() as folder, Store.open() as store:
        (Path(folder) / "rules").mkdir()
        (Path(folder) / "rules" / "rules.toml").write_text(RULES)
        prepare_plainly(store)
        store.append("staging.cases", _rows([("ABCD"[n],) for n in range(4)], ["case_key"], 1))
        for number, steps in enumerate(parts, start=2):
            rows = _rows(steps, ["case_key", "kind", "occurred_on"], number)
            instants = pl.col("occurred_on").cast(pl.Datetime).alias("occurred_at")
            store.append("staging.events", rows.drop("source", "export").with_columns(instants))
        store.append("staging.deliveries", _deliveries(len(parts)))
        build(store, Workspace(Path(folder), ABOUT, {}), {})
        return [store.frame(select).rows() for select in ASKED]


def _rows(rows: list[tuple], columns: list[str], snapshot: int) -> pl.DataFrame:
    schema = dict.fromkeys(columns, pl.String) | {"occurred_on": pl.Date}
    told = {name: schema[name] for name in columns}
    return pl.DataFrame(rows, schema=told, orient="row").with_columns(
        pl.lit(snapshot).cast(pl.Int32).alias("snapshot"),
        pl.int_range(2, pl.len() + 2).alias("line"),
        pl.lit("desk").alias("source"),
        pl.lit("cases" if snapshot == 1 else "history").alias("export"),
    )


def _deliveries(parts: int) -> pl.DataFrame:
    numbers = range(1, parts + 2)
    counts = ("rows_in", "rows_loaded", "rows_rejected", "rows_repeated")
    return pl.DataFrame(
        {
            "snapshot": numbers,
            "loading": [1 for _ in numbers],
            "source": ["desk" for _ in numbers],
            "export": ["cases"] + ["history"] * parts,
            "grain": ["case"] + ["event"] * parts,
            "file_name": [f"{number}.csv" for number in numbers],
            "sha256": [str(number) for number in numbers],
            "as_of": [AS_OF for _ in numbers],
            "coverage_from": [AS_OF - timedelta(60) for _ in numbers],
            "coverage_until": [AS_OF for _ in numbers],
            **{name: [0 for _ in numbers] for name in counts},
        }
    )


@few
@given(histories, st.randoms())
def test_the_order_of_the_rows_changes_nothing(history, chance):
    shuffled = list(history)
    chance.shuffle(shuffled)
    assert core_of(shuffled) == core_of(history)


@few
@given(histories, st.lists(st.tuples(cases, st.sampled_from(FIXED["kind"]), later), max_size=5))
def test_events_after_the_as_of_day_change_nothing(history, future):
    # When a case was received is asked whatever the day, so each has been received by then.
    known = [(case, "received", AS_OF - timedelta(60)) for case in "ABCD"] + history
    assert core_of(known + future) == core_of(known)


@few
@given(histories, st.integers(0, 15))
def test_a_history_split_in_two_equals_the_whole(history, place):
    assert core_of(history[:place], history[place:]) == core_of(history)


@few
@given(histories)
def test_events_told_twice_are_told_once(history):
    assert core_of(history, history) == core_of(history)


@few
@given(histories)
def test_every_case_has_one_row_and_every_deadline_one_result(history):
    found_cases, _, clocks, deadlines = core_of(history)
    assert [row[0] for row in found_cases] == list("ABCD")
    assert len({row[0] for row in clocks}) == len(clocks)
    assert len({row[:2] for row in deadlines}) == len(deadlines)
    received = {case for case, kind, _ in history if kind == "received"}
    assert len(clocks) == len(received)
    assert len(deadlines) == 2 * len(received)
