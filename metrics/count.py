"""Contributions to integer cubes: exact, inside the store, for every metric and breakdown."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from etl.store import Store
from metrics.catalog import METRICS
from metrics.doubts import contributed
from metrics.metric import ExactCube, Metric

SQL = Path(__file__).parent / "sql"


def count(store: Store, metrics: Iterable[Metric] = METRICS) -> ExactCube:
    """Count the contributions of every metric by month and breakdown.

    Columns as in `ExactCube.cells`; a metric without any contribution has no cells.
    """
    return ExactCube(
        cells=pl.concat(
            [_counted(store, metric) for metric in metrics if metric.sum_of is None]
        )
    )


def _counted(store: Store, metric: Metric) -> pl.DataFrame:
    doubtful, *steps = sorted(SQL.glob("*.sql"))
    store.run_file(doubtful, {"metric": metric.name})
    # Counted as they are read: kept, they would be a second copy of every case.
    store.look_at("metrics.contributed", contributed(metric))
    for path in steps:
        store.run_file(path)
    cells = store.frame("select * from metrics.counts order by all")
    return cells.select(pl.lit(metric.name).alias("metric"), pl.all())
