from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etl.load import build
from etl.store import Store
from etl.workspace import Organisation, Workspace
from tests.tables import prepare_plainly, table

# Export and grain of the rows of each staging table, where a test does not say otherwise.
_HOME = {
    "cases": ("cases", "case"),
    "events": ("history", "event"),
    "findings": ("findings", "finding"),
    "feedback": ("surveys", "feedback"),
    "changes": ("states", "snapshot"),
    "source_deadlines": ("clocks", "verdict"),
}
_NUMBERS = {
    "snapshot": pl.Int32,
    "line": pl.Int64,
    "source_days": pl.Int32,
    "score": pl.Int32,
    "scale_low": pl.Int32,
    "scale_high": pl.Int32,
    "ordinal": pl.Int64,
    "before_rank": pl.Int32,
    "after_rank": pl.Int32,
    "source_reopens": pl.Int32,
}
_RENAMED = {"case": "case_key", "on": "occurred_on", "at": "occurred_at"}

Core = Callable[..., Store]


@pytest.fixture
def core(store: Store, tmp_path: Path) -> Core:
    """Build the core tables in memory from small text tables; returns the store.

    `cases`, `events` and the other tables of `_HOME` have the columns of their staging tables,
    and `case`, `on`, `at` for short; what is left out is null, or alike for all: source "desk",
    one delivery per table on the as-of day, lines in the order of the rows. Without `cases`
    every case of `events` is one, with nothing known of it. `deliveries` (snapshot, source,
    export, grain, as_of) is for tests with several of them. `rules` is a rules file,
    `headcount` has unit, from, people. `seen_on` is the day for which the tables are built.
    """

    def made(
        *,
        as_of: str,
        seen_on: str | None = None,
        rules: str = "",
        headcount: str = "",
        deliveries: str = "",
        calendar: str = "none",
        coverage_from: str | None = None,
        known: dict[str, Any] | None = None,
        **tables: str,
    ) -> Store:
        workspace = _workspace(tmp_path, rules=rules, headcount=headcount, calendar=calendar)
        prepare_plainly(store)
        rows = {name: _rows(name, text) for name, text in tables.items()}
        if "cases" not in rows:
            rows["cases"] = _cases_of(rows["events"])
        for name, frame in rows.items():
            store.append(f"staging.{name}", _kept(name, frame))
        first = date.fromisoformat(coverage_from) if coverage_from else _first(rows)
        store.append("staging.deliveries", _deliveries(deliveries, rows, as_of, first))
        day = date.fromisoformat(seen_on) if seen_on else None
        build(store, workspace, known or {}, as_of=day)
        return store

    return made


def _workspace(folder: Path, *, rules: str, headcount: str, calendar: str) -> Workspace:
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "rules.toml").write_text(rules, encoding="utf-8")
    people = table(headcount or "unit | from | people")
    people.write_csv(folder / "headcount.csv")
    about = Organisation(
        name="Invented",
        time_zone="Europe/London",
        fiscal_year_start_month=1,
        case_word="case",
        case_word_plural="cases",
        calendar=calendar,
    )
    return Workspace(folder=folder, organisation=about, audiences={})


def _rows(name: str, text: str) -> pl.DataFrame:
    """Rows of a staging table, with everything that the test leaves out."""
    frame = table(text, {key: kind for key, kind in _NUMBERS.items() if key in text})
    frame = frame.rename(_RENAMED, strict=False)
    given = {
        "snapshot": pl.lit(list(_HOME).index(name) + 1, dtype=pl.Int32),
        "line": pl.int_range(2, pl.len() + 2, dtype=pl.Int64),
        "source": pl.lit("desk"),
        "export": pl.lit(_HOME[name][0]),
    }
    if "occurred_on" in frame.columns and "occurred_at" not in frame.columns:
        given["occurred_at"] = pl.col("occurred_on").cast(pl.Datetime)
    if "stated_on" in frame.columns and "stated_at" not in frame.columns:
        given["stated_at"] = pl.col("stated_on").cast(pl.Datetime)
    if name in ("events", "changes") and "exactness" not in frame.columns:
        # Where a test tells an instant it is one, and else a day.
        given["exactness"] = pl.lit("instant" if "occurred_at" in frame.columns else "day")
    if name == "changes":
        given |= {"before_known": pl.lit("before" in frame.columns)}
    if name == "feedback":
        given |= {"scale_low": pl.lit(1, pl.Int32), "scale_high": pl.lit(5, pl.Int32)}
    new = [value.alias(key) for key, value in given.items() if key not in frame.columns]
    return frame.with_columns(new)


def _kept(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.drop("source", "export") if name == "events" else rows


def _cases_of(events: pl.DataFrame) -> pl.DataFrame:
    named = events.select("source", "case_key").unique(maintain_order=True)
    return named.select(
        pl.lit(1, dtype=pl.Int32).alias("snapshot"),
        pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("line"),
        "source",
        pl.lit("cases").alias("export"),
        "case_key",
    )


def _first(rows: dict[str, pl.DataFrame]) -> Any:
    return rows["events"]["occurred_on"].min() if "events" in rows else None


def _deliveries(
    text: str, rows: dict[str, pl.DataFrame], as_of: str, first: date | None
) -> pl.DataFrame:
    counts = {
        "rows_in": pl.Int64, "rows_loaded": pl.Int64,
        "rows_rejected": pl.Int64, "rows_repeated": pl.Int64,
    }  # fmt: skip
    if text:
        frame = table(text, {"snapshot": pl.Int32, "loading": pl.Int32})
    else:
        grains = dict(_HOME.values())
        frame = (
            pl.concat(part.select("snapshot", "source", "export") for part in rows.values())
            .unique(subset=["snapshot"], maintain_order=True)
            .with_columns(
                pl.col("export").replace(grains).alias("grain"),
                pl.lit(date.fromisoformat(as_of)).alias("as_of"),
            )
        )
    if "coverage_from" not in frame.columns:
        frame = frame.with_columns(pl.lit(first, dtype=pl.Date).alias("coverage_from"))
    if "loading" not in frame.columns:
        frame = frame.with_columns(pl.col("snapshot").alias("loading"))
    return frame.with_columns(
        pl.lit(0, dtype=kind).alias(name) for name, kind in counts.items()
    ).with_columns(
        pl.format("{}.csv", "export").alias("file_name"),
        pl.col("snapshot").cast(pl.String).alias("sha256"),
        pl.col("as_of").alias("coverage_until"),
    )
