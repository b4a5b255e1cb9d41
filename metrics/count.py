"""Contributions to integer cubes: exact, inside the store, for every metric and breakdown."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from etl.store import Store
from metrics.catalog import METRICS
from metrics.doubts import KINDS, LACKING, contributed, outcomes_with
from metrics.metric import ExactCube, Metric

SQL = Path(__file__).parent / "sql"

# The order of every column: that of names, and of places and outcomes, which follow them.
_CELLS = """
    select part, place, month, outcome, band, n
    from metrics.counts
    order by part, place, month, outcome, band
"""


def count(
    store: Store,
    metrics: Iterable[Metric] = METRICS,
    *,
    stands_for: Mapping[str, str] | None = None,
) -> ExactCube:
    """Count the contributions of every metric by month and breakdown.

    Columns as in `ExactCube.cells`; a metric without any contribution has no cells. Where other
    schemas stand in for core and staging, theirs are counted, and none apart as in doubt.
    """
    meant = stands_for or {}
    # Numbers are counted in half the time that names take.
    for name in ("10_places", "15_placed_cases"):
        store.run_file(SQL / f"{name}.sql", schemas=meant)
    places = store.frame("select breakdown, level from metrics.places order by place")
    cells = [
        _counted(store, metric, places, meant) for metric in metrics if metric.sum_of is None
    ]
    store.drop("metrics.contributed")
    store.drop("metrics.placed_cases")
    return ExactCube(cells=pl.concat(cells))


def _counted(
    store: Store, metric: Metric, places: pl.DataFrame, stands_for: Mapping[str, str]
) -> pl.DataFrame:
    if not stands_for:
        store.run_file(SQL / "05_doubtful.sql", {"metric": metric.name})
    # Counted as they are read: kept, they would be a second copy of every case.
    store.look_at("metrics.contributed", _contributed(metric, stands_for))
    store.run_file(SQL / "20_counts.sql")
    cells = store.frame(_CELLS)
    return cells.select(
        pl.lit(metric.name).alias("metric"),
        "part",
        places["breakdown"].gather(cells["place"]).alias("breakdown"),
        places["level"].gather(cells["place"]).alias("level"),
        "month",
        pl.col("outcome").cast(pl.String),
        "band",
        "n",
    )


def _contributed(metric: Metric, stands_for: Mapping[str, str]) -> str:
    """SELECT of the metric's contributions, with places for levels and outcomes by number."""
    select = metric.contributions if stands_for else contributed(metric)
    select = re.sub(r"\bcore\.cases\b", "metrics.placed_cases", select)
    for told, meant in stands_for.items():
        select = re.sub(rf"\b{told}\.(?=[a-z])", f"{meant}.", select)
    known = ", ".join(
        f"'{outcome}'" for outcome in sorted(outcomes_with((*metric.outcomes, LACKING), KINDS))
    )
    return f"select * replace (outcome::enum({known}) as outcome) from ({select})"  # noqa: S608
