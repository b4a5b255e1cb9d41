"""Contributions to integer cubes: exact, inside the store, for every metric and breakdown."""

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl

from etl.store import Store
from metrics.catalog import METRICS
from metrics.doubts import KINDS, LACKING, contributed, outcomes_with
from metrics.metric import ExactCube, Metric
from metrics.tally import Places, tally

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
    places = Places(store.frame("select breakdown, level from metrics.places order by place"))
    # The rows of one metric are counted while those of the next are read.
    with ThreadPoolExecutor(1, thread_name_prefix="counting") as counting:
        cells = [
            counting.submit(_counted, metric, _contributions(store, metric, meant), places)
            for metric in metrics
            if metric.sum_of is None
        ]
    store.drop_temporary()
    return ExactCube(cells=pl.concat(each.result() for each in cells))


def _contributions(
    store: Store, metric: Metric, stands_for: Mapping[str, str]
) -> pl.DataFrame:
    """A row per contribution, as `tally` takes them."""
    in_doubt = metric.doubted and not stands_for and _has_doubtful(store, metric)
    select = contributed(metric) if in_doubt else metric.contributions
    return store.frame_here(_numbered(select, metric, stands_for))


def _counted(metric: Metric, rows: pl.DataFrame, places: Places) -> pl.DataFrame:
    outcomes = _outcomes(metric)
    cells = tally(rows, places, len(outcomes))
    return cells.select(
        pl.lit(metric.name).alias("metric"),
        "part",
        places.levels["breakdown"].gather(cells["place"]).alias("breakdown"),
        places.levels["level"].gather(cells["place"]).alias("level"),
        pl.date(pl.col("month") // 12, pl.col("month") % 12 + 1, 1).alias("month"),
        pl.Series("outcome", outcomes).gather(cells["outcome"]),
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
    outcomes = _outcomes(metric)
    known = ", ".join("'{}'".format(name.replace("'", "''")) for name in outcomes)
    return f"""
        select
            part, unit, category, channel, severity,
            ((year(happened_on) * 12 + month(happened_on) - 1) * {len(outcomes)}
                + enum_code(outcome::enum({known})))::integer as kind,
            coalesce(days, -1)::integer as band
        from ({select})
        where happened_on is not null
    """  # noqa: S608  the declarations' own words


def _outcomes(metric: Metric) -> list[str]:
    return sorted(outcomes_with((*metric.outcomes, LACKING), KINDS))
