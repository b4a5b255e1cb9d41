"""Figures from protected cubes alone: shares, rates and durations with their intervals."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import polars as pl

from metrics.competing import competing
from metrics.counted import counted
from metrics.durations import durations
from metrics.figures import Refusal, Setting, added, as_figures, by_outcome, told
from metrics.metric import Kind, Metric, ProtectedCube
from metrics.reach import SUMS
from metrics.release import TABLES
from metrics.shares import NOBODY, share
from metrics.statistics.intervals import garwood_each
from metrics.stock import stock

NO_HEADCOUNT = "No headcount is known for this period, so there is no rate."
NO_ENGAGEMENTS = "Not every month has its engagements with clients, so there is no such rate."
SMALL_UNIT = "Fewer than {count} people: a rate of so few may point at people."
NOT_JUDGED = "What is needed to judge these deadlines is not in the data."
NOT_DUE = "Nothing has fallen due yet."
NOBODY_ANSWERED = "Nobody has answered yet."


def estimate(
    cube: ProtectedCube,
    metrics: Iterable[Metric],
    parts: Mapping[str, tuple[str, ...]],
    setting: Setting,
) -> pl.DataFrame:
    """The figures of a release: one row per metric, measure, part, level and period.

    Columns as in `metrics.release.TABLES["figures"]`. `parts` names the parts of each metric,
    in published order.
    """
    frames = [
        _ESTIMATORS[metric.kind](
            cube.cells, metric, parts[metric.name], setting.of(metric.name)
        )
        for metric in metrics
    ]
    figures = pl.concat(frames)
    if setting.base > 1:
        figures = figures.with_columns(reason=_why_withheld())
    return figures.select(*TABLES["figures"])


def _why_withheld() -> pl.Expr:
    """The reason of a figure; of a withheld one that rounding withholds whole quarters."""
    when = pl.col("period").replace_strict(_WHEN, default="a quarter of this period")
    what = (
        pl.when(pl.col("part") != "")
        .then(pl.lit("this rule"))
        .when(pl.col("metric").is_in(list(SUMS)))
        .then(pl.lit("one of its rules"))
        .otherwise(pl.lit("this measure"))
    )
    why = pl.format(
        "In {} the counts of {}, beside the others, could tell of single cases.", when, what
    )
    return pl.when(pl.col("state") == "withheld").then(why).otherwise("reason")


_WHEN = {"quarter": "this quarter", "month": "the quarter of this month"}


def _rates(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    wide = by_outcome(cells, metric, parts, setting).with_columns(
        pl.when(pl.col("breakdown") == "unit")
        .then(pl.col("level"))
        .otherwise(pl.lit("all"))
        .alias("unit")
    )
    place = ["unit", "period", "period_start"]
    exposed = wide.join(setting.exposure, on=place, how="left", maintain_order="left").join(
        setting.engagements, on=place, how="left", maintain_order="left"
    )
    return as_figures(exposed, metric, lambda measure: _rate(measure.name, exposed, setting))


def _rate(measure: str, wide: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    wide = wide.with_columns(added(wide, ("received",)).alias("count"))
    count = pl.col("count")
    if measure == "reports":
        alone = wide.select("count", numerator="count", value=count.cast(pl.Float64))
        return told(alone, (), withheld=count.is_null())
    column, per, unknown = _PER[measure]
    of = pl.col(column)
    few = (of < setting.min_denominator) & (not setting.exact) & (measure == "rate")
    nobody = of.is_null() | (of <= 0)
    counts = wide.select(count.fill_null(0), of, "off")
    x, people, off = (counts[name].to_numpy() for name in ("count", column, "off"))
    people = np.where(np.isnan(people), 0.0, np.maximum(people, 0.0))
    ends = {
        "low": garwood_each(np.maximum(x - off, 0), people)[0],
        "high": garwood_each(x + off, people)[1],
    }
    # Whoever knows how few people there are would learn the rate from the count.
    known = pl.when(few & ~nobody).then(None)
    return told(
        wide.with_columns(
            *(pl.Series(name, per * end, nan_to_null=True) for name, end in ends.items()),
            (per * count / of).alias("value"),
            known.otherwise(count).alias("numerator"),
            pl.when(~few & ~nobody).then(of).alias("denominator"),
        ).select("value", "low", "high", "numerator", "denominator", "count", column),
        [
            Refusal(nobody, "not_assessable", unknown),
            Refusal(few, "few", SMALL_UNIT.format(count=setting.min_denominator)),
        ],
        withheld=count.is_null(),
    )


_PER = {
    "rate": ("people", 100, NO_HEADCOUNT),
    "per_1000_engagements": ("engagements", 1000, NO_ENGAGEMENTS),
}


def _deadlines(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    wide = by_outcome(cells, metric, parts, setting)
    counts = wide.select(
        added(wide, ("met",)).alias("numerator"),
        added(wide, ("met", "met_late", "missed")).alias("denominator"),
        pl.col("not_due").alias("pending"),
        pl.col("not_assessable").alias("missing"),
        "off",
    )
    fewest = 1 if setting.exact else setting.min_denominator
    nobody = pl.col("denominator") == 0
    refusals = [
        Refusal(nobody & (pl.col("missing") >= fewest), "not_assessable", NOT_JUDGED),
        Refusal(nobody & (pl.col("pending") > 0) & setting.exact, "no_data", NOT_DUE),
    ]
    found = share(counts, setting, nothing=NOBODY, refusals=refusals)
    return as_figures(wide, metric, lambda _: found)


def _surveys(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    wide = by_outcome(cells, metric, parts, setting)
    return as_figures(wide, metric, lambda measure: _survey(measure.name, wide, setting))


def _survey(measure: str, wide: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    answered = added(wide, ("satisfied", "other"))
    # Where counts are protected, answers that cannot be used are counted with no answer.
    unanswered = [name for name in ("unanswered", "unusable") if name in wide.columns]
    silent = added(wide, unanswered)
    none = pl.lit(0, dtype=pl.Int64)
    response = measure == "response_rate"
    counts = wide.select(
        pl.when(silent.is_not_null())
        .then(answered if response else added(wide, ("satisfied",)))
        .alias("numerator"),
        (answered + silent if response else answered).alias("denominator"),
        none.alias("pending"),
        (none if response else silent).alias("missing"),
        "off",
    )
    if response:
        return share(counts, setting, nothing=NOBODY)
    quiet = pl.when(pl.col("missing") > 0).then(pl.lit(NOBODY_ANSWERED))
    return share(counts, setting, nothing=quiet.otherwise(pl.lit(NOBODY)))


_ESTIMATORS: dict[
    Kind, Callable[[pl.DataFrame, Metric, tuple[str, ...], Setting], pl.DataFrame]
] = {
    "rate": _rates,
    "deadline": _deadlines,
    "survey": _surveys,
    "survival": durations,
    "competing": competing,
    "counted": counted,
    "stock": stock,
}
