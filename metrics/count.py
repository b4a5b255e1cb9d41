"""Contributions to integer cubes: exact, inside the store, for every metric and breakdown."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from etl.store import Store
from metrics.catalog import METRICS
from metrics.doubts import contributed
from metrics.metric import ExactCube, Metric

SQL = Path(__file__).parent / "sql"


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
    return ExactCube(
        cells=pl.concat(
            [
                _counted(store, metric, stands_for or {})
                for metric in metrics
                if metric.sum_of is None
            ]
        )
    )


def _counted(store: Store, metric: Metric, stands_for: Mapping[str, str]) -> pl.DataFrame:
    doubtful, *steps = sorted(SQL.glob("*.sql"))
    if not stands_for:
        store.run_file(doubtful, {"metric": metric.name})
    # Counted as they are read: kept, they would be a second copy of every case.
    store.look_at("metrics.contributed", _contributed(metric, stands_for))
    for path in steps:
        store.run_file(path)
    cells = store.frame("select * from metrics.counts order by all")
    return cells.select(pl.lit(metric.name).alias("metric"), pl.all())


def _contributed(metric: Metric, stands_for: Mapping[str, str]) -> str:
    if not stands_for:
        return contributed(metric)
    select = metric.contributions
    for told, meant in stands_for.items():
        select = re.sub(rf"\b{told}\.(?=[a-z])", f"{meant}.", select)
    return select
