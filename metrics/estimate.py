"""Figures from protected cubes alone: shares, rates and durations with their intervals."""

from collections.abc import Callable, Iterable, Mapping

import polars as pl

from metrics.competing import competing
from metrics.counted import counted
from metrics.durations import durations
from metrics.figures import Row, Setting, added, as_figures, by_outcome, figure
from metrics.metric import Kind, Metric, ProtectedCube
from metrics.release import TABLES
from metrics.shares import NOBODY, share
from metrics.statistics.intervals import garwood
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
    return pl.concat(frames).select(*TABLES["figures"])


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
    return as_figures(
        exposed.iter_rows(named=True), metric, lambda name, row: _rate(name, row, setting)
    )


def _rate(measure: str, row: Row, setting: Setting) -> Row:
    count, people = added(row, ("received",)), row["people"]
    if measure == "reports":
        return figure(value=float(count), numerator=count)
    if measure == "per_1000_engagements":
        return _per_engagement(row, setting)
    if people is None or people <= 0:
        return figure("not_assessable", NO_HEADCOUNT, numerator=count)
    if not setting.exact and people < setting.min_denominator:
        return figure("few", SMALL_UNIT.format(count=setting.min_denominator))
    off = setting.off(row)
    least, most = garwood(max(count - off, 0), people), garwood(count + off, people)
    assert least is not None  # noqa: S101  people > 0, so there is an interval
    assert most is not None  # noqa: S101
    return figure(
        value=100 * count / people,
        low=100 * least.low,
        high=100 * most.high,
        numerator=count,
        denominator=people,
    )


def _per_engagement(row: Row, setting: Setting) -> Row:
    count, engagements = added(row, ("received",)), row["engagements"]
    if engagements is None or engagements <= 0:
        return figure("not_assessable", NO_ENGAGEMENTS, numerator=count)
    off = setting.off(row)
    least, most = garwood(max(count - off, 0), engagements), garwood(count + off, engagements)
    assert least is not None  # noqa: S101  engagements > 0, so there is an interval
    assert most is not None  # noqa: S101
    return figure(
        value=1000 * count / engagements,
        low=1000 * least.low,
        high=1000 * most.high,
        numerator=count,
        denominator=engagements,
    )


def _deadlines(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    wide = by_outcome(cells, metric, parts, setting)
    return as_figures(
        wide.iter_rows(named=True), metric, lambda _, row: _deadline(row, setting)
    )


def _deadline(row: Row, setting: Setting) -> Row:
    due = added(row, ("met", "met_late", "missed"))
    beside: Row = {"pending": row["not_due"], "missing": row["not_assessable"]}
    fewest = 1 if setting.exact else setting.min_denominator
    if due == 0 and (row["not_assessable"] or 0) >= fewest:
        return figure("not_assessable", NOT_JUDGED, numerator=0, denominator=0, **beside)
    if due == 0 and row["not_due"] > 0 and setting.exact:
        return figure("no_data", NOT_DUE, numerator=0, denominator=0, **beside)
    return share(added(row, ("met",)), due, row, setting, nothing=NOBODY, **beside)


def _surveys(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    wide = by_outcome(cells, metric, parts, setting)
    return as_figures(
        wide.iter_rows(named=True), metric, lambda name, row: _survey(name, row, setting)
    )


def _survey(measure: str, row: Row, setting: Setting) -> Row:
    answered = added(row, ("satisfied", "other"))
    # Where counts are protected, answers that cannot be used are counted with no answer.
    silent = added(row, [name for name in ("unanswered", "unusable") if name in row])
    if measure == "response_rate":
        return share(answered, answered + silent, row, setting, nothing=NOBODY)
    nothing = NOBODY_ANSWERED if silent else NOBODY
    return share(
        added(row, ("satisfied",)), answered, row, setting, nothing=nothing, missing=silent
    )


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
