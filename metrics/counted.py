"""Figures that are one set of outcomes, counted or as a share of another set."""

import polars as pl

from metrics.figures import Refusal, Setting, added, as_figures, by_outcome, told
from metrics.metric import Counted, Measure, Metric
from metrics.shares import NOBODY, share

NOT_RECORDED = "What is needed to judge these cases is not in the data."
NOT_YET = "It is too early to judge any of them."


def counted(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """Counts and shares as the metric's measures declare them, for every row of the grid."""
    wide = by_outcome(cells, metric, parts, setting)

    def of(measure: Measure) -> pl.DataFrame:
        return _counted(measure.counted or Counted(()), wide, setting)

    return as_figures(wide, metric, of)


def _counted(asked: Counted, wide: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    counts = wide.select(
        added(wide, asked.outcomes).alias("numerator"),
        added(wide, asked.of).alias("denominator"),
        added(wide, asked.missing).alias("missing"),
        added(wide, asked.pending).alias("pending"),
        "off",
    )
    count, of = pl.col("numerator"), pl.col("denominator")
    if not asked.of:
        alone = counts.drop("denominator").with_columns(count.alias("value"))
        return told(alone, (), withheld=count.is_null())
    fewest = 1 if setting.exact else setting.min_denominator
    too_early = pl.col("pending").fill_null(0) >= fewest
    unknown = (of == 0) & (pl.col("missing").fill_null(0) >= fewest)
    return share(
        counts,
        setting,
        nothing=pl.when(too_early).then(pl.lit(NOT_YET)).otherwise(pl.lit(NOBODY)),
        refusals=[Refusal(unknown, "not_assessable", NOT_RECORDED)],
    )
