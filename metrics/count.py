"""Contributions to integer cubes: exact, for every metric, month and breakdown."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import polars as pl

from etl.store import Store
from metrics.catalog import METRICS
from metrics.metric import ExactCube, Metric
from metrics.readings import SQL, Reading, readings
from metrics.tally import Places, tally


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
    counted = [metric for metric in metrics if metric.sum_of is None]
    meant = stands_for or {}
    # Numbers are counted in half the time that names take.
    for name in ("10_places", "15_placed_cases"):
        store.run_file(SQL / f"{name}.sql", schemas=meant)
    places = Places(store.frame("select breakdown, level from metrics.places order by place"))
    cells: dict[str, Future[pl.DataFrame]] = {}
    # What is read is counted while more is read, and no more than that is held.
    with ThreadPoolExecutor(1, thread_name_prefix="counting") as counting:
        for reading in readings(store, counted, meant):
            read = store.frame_here(reading.select)
            wait(cells.values())
            for name, outcomes in reading.outcomes.items():
                cells[name] = counting.submit(_counted, name, outcomes, reading, read, places)
    store.drop_temporary()
    return ExactCube(cells=pl.concat([cells[metric.name].result() for metric in counted]))


def _counted(
    metric: str,
    outcomes: Sequence[str],
    reading: Reading,
    read: pl.DataFrame,
    places: Places,
) -> pl.DataFrame:
    cells = tally(reading.rows_of(metric, read), places, len(outcomes))
    levels = places.levels
    return cells.select(
        pl.lit(metric).alias("metric"),
        "part",
        levels["breakdown"].gather(cells["place"]).alias("breakdown"),
        levels["level"].gather(cells["place"]).alias("level"),
        pl.date(pl.col("month") // 12, pl.col("month") % 12 + 1, 1).alias("month"),
        pl.Series("outcome", outcomes).gather(cells["outcome"]),
        "band",
        "n",
    )
