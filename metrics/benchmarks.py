"""Our figures beside those that others have published, where the definitions match."""

from typing import Any

import polars as pl

from metrics.catalog.benchmarks import BENCHMARKS, Benchmark
from metrics.release import TABLES

NO_YEAR = "no whole year of ours has this figure yet"


def benchmarks(figures: pl.DataFrame) -> pl.DataFrame:
    """One row per published figure whose measure the release has, ours of the last whole year.

    Columns as in `metrics.release.TABLES["benchmarks"]`; the state is `ok` or
    `not_comparable`, with the reason.
    """
    measured = set(figures.select("metric", "measure").unique().iter_rows())
    rows = [
        _row(known, figures)
        for known in BENCHMARKS
        if (known.metric, known.measure) in measured
    ]
    return pl.DataFrame(rows, schema=TABLES["benchmarks"])


def _row(known: Benchmark, figures: pl.DataFrame) -> dict[str, Any]:
    ours = _last_whole_year(known, figures)
    reason = known.not_comparable or _lack(known, ours)
    shown = ours if not reason else {}
    return {
        "metric": known.metric,
        "measure": known.measure,
        "value": known.value,
        "data_year": known.data_year,
        "population": known.population,
        "source": known.source,
        "read": known.read,
        "our_year": shown.get("period_start"),
        "ours": shown.get("value"),
        "our_low": shown.get("low"),
        "our_high": shown.get("high"),
        "state": "not_comparable" if reason else "ok",
        "reason": reason,
    }


def _last_whole_year(known: Benchmark, figures: pl.DataFrame) -> dict[str, Any]:
    found = figures.filter(
        (pl.col("metric") == known.metric)
        & (pl.col("measure") == known.measure)
        & (pl.col("breakdown") == "all")
        & (pl.col("period") == "year")
        & pl.col("complete")
    ).sort("period_start")
    return found.row(-1, named=True) if found.height else {}


def _lack(known: Benchmark, ours: dict[str, Any]) -> str:
    if not ours or ours["state"] != "ok":
        return NO_YEAR
    if (ours["numerator"] or 0) < known.fewest:
        return (
            f"it leaves out organisations with fewer than {known.fewest} in a year, as we are"
        )
    return ""
