"""Contributions to integer cubes: exact, for every metric, month and breakdown."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import polars as pl

from etl.store import Store
from metrics.catalog import METRICS
from metrics.metric import ExactCube, Metric
from metrics.readings import LEVELS, SQL, Reading, readings
from metrics.tally import Places, Running, tally, within

# How many rows are read at a time, and how many such batches may wait to be counted.
_BATCH, _WAITING = 1 << 20, 16
_SMALL = 1 << 16


def count(
    store: Store,
    metrics: Iterable[Metric] = METRICS,
    *,
    stands_for: Mapping[str, str] | None = None,
    at_fault: Sequence[str] | None = None,
) -> ExactCube:
    """Count the contributions of every metric by month and breakdown.

    Columns as in `ExactCube.cells`; a metric without any contribution has no cells. Where other
    schemas stand in for core and staging, theirs are counted, and none apart as in doubt.
    `at_fault` are the failed checks whose doubts are counted apart; all where none are named.
    """
    counted = [metric for metric in metrics if metric.sum_of is None]
    meant = stands_for or {}
    # Numbers are counted in half the time that names take.
    for name in ("10_places", "15_placed_cases"):
        store.run_file(SQL / f"{name}.sql", schemas=meant)
    places = Places(store.frame("select breakdown, level from metrics.places order by place"))
    cells: dict[str, Future[pl.DataFrame]] = {}
    waiting: deque[Future[None]] = deque()
    # What is read is counted while more is read, and no more than that is held.
    with ThreadPoolExecutor(1, thread_name_prefix="counting") as counting:
        for reading in readings(store, counted, meant, at_fault):
            counters = _Counters(reading, places)
            for batch in store.batches_here(reading.select, _BATCH):
                waiting.append(counting.submit(counters.add, batch))
                if len(waiting) > _WAITING:
                    waiting.popleft().result()
            for name in reading.outcomes:
                cells[name] = counting.submit(counters.cells_of, name)
    store.drop_temporary()
    return ExactCube(cells=pl.concat([cells[metric.name].result() for metric in counted]))


class _Counters:
    """The counts of one reading: as its rows come, or of all of them where they have days."""

    def __init__(self, reading: Reading, places: Places) -> None:
        self._reading, self._places = reading, places
        self._kept: dict[str, list[pl.DataFrame]] = {name: [] for name in reading.timed}
        self._running = {
            name: Running(places, len(outcomes), reading.parts[name])
            for name, outcomes in reading.outcomes.items()
            if name not in reading.timed
        }

    def add(self, read: pl.DataFrame) -> None:
        for name, rows in self._kept.items():
            rows.append(self._small(name, read))
        if self._running:
            places = within(read, self._places)
            for name, running in self._running.items():
                running.add(read[f"{name}_kind"], places)

    def cells_of(self, metric: str) -> pl.DataFrame:
        outcomes, levels = self._reading.outcomes[metric], self._places.levels
        if metric in self._running:
            counts = self._running.pop(metric).counts()
        else:
            rows = pl.concat(self._kept.pop(metric) or [pl.DataFrame()])
            names = self._reading.parts.get(metric, ())
            counts = tally(rows, self._places, len(outcomes), names)
        return counts.select(
            pl.lit(metric).alias("metric"),
            "part",
            levels["breakdown"].gather(counts["place"]).alias("breakdown"),
            levels["level"].gather(counts["place"]).alias("level"),
            pl.date(pl.col("month") // 12, pl.col("month") % 12 + 1, 1).alias("month"),
            pl.Series("outcome", outcomes).gather(counts["outcome"]),
            "band",
            "n",
        )

    def _small(self, metric: str, read: pl.DataFrame) -> pl.DataFrame:
        """The rows that a metric counts, as `tally` takes them, in as little room as may be."""
        place = pl.UInt16 if self._places.levels.height <= _SMALL else pl.Int32
        part = pl.Categorical if read["part"].dtype == pl.String else pl.UInt16
        return read.select(
            pl.col("part").cast(part),
            pl.col(LEVELS).cast(place),
            pl.col(f"{metric}_kind").alias("kind"),
            pl.col(f"{metric}_band").alias("band"),
        ).drop_nulls("kind")
