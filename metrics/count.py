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
    store.drop_temporary()
    return ExactCube(cells=pl.concat(cells))


def _counted(
    store: Store, metric: Metric, places: pl.DataFrame, stands_for: Mapping[str, str]
) -> pl.DataFrame:
    in_doubt = metric.doubted and not stands_for and _has_doubtful(store, metric)
    # Counted as they are read: kept, they would be a second copy of every case.
    select = contributed(metric) if in_doubt else metric.contributions
    store.look_at("metrics.contributed", _numbered(select, metric, stands_for))
    store.run_file(SQL / "20_counts.sql")
    cells = _cells(store)
    return cells.select(
        pl.lit(metric.name).alias("metric"),
        pl.col("part").cast(pl.String),
        places["breakdown"].gather(cells["place"]).alias("breakdown"),
        places["level"].gather(cells["place"]).alias("level"),
        "month",
        pl.col("outcome").cast(pl.String),
        "band",
        "n",
    )


def _has_doubtful(store: Store, metric: Metric) -> bool:
    """Whether a failed check puts any case in doubt for the metric; they are listed then."""
    store.run_file(SQL / "05_doubtful.sql", {"metric": metric.name})
    return bool(store.frame("select count(*) > 0 from metrics.doubtful").item())


def _numbered(select: str, metric: Metric, stands_for: Mapping[str, str]) -> str:
    """SELECT of contributions with places for the names of levels and numbers for outcomes."""
    select = re.sub(r"\bcore\.cases\b", "temp.placed_cases", select)
    for told, meant in stands_for.items():
        select = re.sub(rf"\b{told}\.(?=[a-z])", f"{meant}.", select)
    known = outcomes_with((*metric.outcomes, LACKING), KINDS)
    return (
        f"select * replace (outcome::enum({_listed(known)}) as outcome)"  # noqa: S608
        f" from ({select})"
    )


def _cells(store: Store) -> pl.DataFrame:
    """The counts in the order of all their columns."""
    parts = store.frame("select distinct part from metrics.counts")["part"].to_list()
    # Sorting millions of rows by text takes five times as long as by numbers.
    return store.frame(
        f"select part::enum({_listed(parts or [''])}) as part, place, month, outcome, band, n"  # noqa: S608
        " from metrics.counts order by part, place, month, outcome, band"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join("'{}'".format(name.replace("'", "''")) for name in sorted(names))
