"""Whether a unit takes as long as the whole: ends that it had, beside those to be expected."""

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from metrics.figures import Setting, by_period
from metrics.metric import Metric

_COHORT = ("part", "period_start")


def paces(
    cells: pl.DataFrame, metrics: Iterable[Metric], setting: Setting
) -> dict[str, pl.DataFrame]:
    """`pace` of each metric of durations, where days are counted one by one; else none."""
    timed = [metric for metric in metrics if metric.kind == "survival" and setting.exact]
    return {metric.name: pace(cells, metric, setting) for metric in timed}


def pace(cells: pl.DataFrame, metric: Metric, setting: Setting) -> pl.DataFrame:
    """One row per part, quarter and unit of a metric of durations, counted by day.

    Columns: part, period_start, level, observed (cases that have ended) and expected: how many
    would have by now if they ended at the daily rates of all units together,

        expected = sum over its cases of H(day last seen),  H(t) = sum over days <= t of d / n

    with d of n at risk of all ending on a day. Open cases are thus compared too, each for as
    long as it was watched, and the expected numbers of all units add up to the ends of all.

    Sources: Peto and others (1977), British Journal of Cancer 35, 1-39 (the log-rank test's
    expected ends); Breslow (1975), International Statistical Review 43, 45-58.
    """
    quarters = replace(setting, periods=setting.periods.filter(pl.col("period") == "quarter"))
    compared = cells.filter(pl.col("breakdown").is_in(["all", "unit"]) & (pl.col("band") >= 0))
    counted = by_period(compared, metric, quarters).with_columns(
        pl.when(pl.col("outcome") == "ended").then("n").otherwise(0).alias("ended")
    )
    hazards = (
        counted.filter(pl.col("breakdown") == "all")
        .group_by(*_COHORT, "band")
        .agg(pl.col("ended", "n").sum())
        .sort("band")
        .with_columns(
            pl.col("n").cum_sum(reverse=True).over(_COHORT, order_by="band").alias("at_risk")
        )
        .with_columns(
            (pl.col("ended") / pl.col("at_risk"))
            .cum_sum()
            .over(_COHORT, order_by="band")
            .alias("hazard")
        )
    )
    return (
        counted.filter(pl.col("breakdown") == "unit")
        .join(hazards.select(*_COHORT, "band", "hazard"), on=[*_COHORT, "band"], how="inner")
        .group_by(*_COHORT, "level")
        .agg(
            pl.col("ended").sum().alias("observed"),
            (pl.col("n") * pl.col("hazard")).sum().alias("expected"),
        )
    )
