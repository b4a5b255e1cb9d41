"""Frames that the estimators share: the grid of figures, and counts laid out on it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from metrics.metric import BREAKDOWNS, Metric
from metrics.release import TABLES

Row = dict[str, Any]

KEY = ("part", "breakdown", "level", "period", "period_start")


def no_engagements() -> pl.DataFrame:
    """Nobody has told how many engagements with clients there were."""
    return pl.DataFrame(
        schema={
            "unit": pl.String,
            "period": pl.String,
            "period_start": pl.Date,
            "engagements": pl.Float64,
        }
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """What every estimator needs beside the counts, all of it public within the audience.

    `periods` is the frame of `metrics.periods.periods`; `levels` has breakdown, level and
    position; `exposure` has unit, period, period_start and people, the average headcount over
    the covered days of the period, with the unit 'all' for everybody; `engagements` has unit,
    period, period_start and engagements with clients; `base` is 1 where counts are the truth,
    else all are multiples of it.
    """

    periods: pl.DataFrame
    levels: pl.DataFrame
    exposure: pl.DataFrame
    base: int
    min_denominator: int
    engagements: pl.DataFrame = field(default_factory=no_engagements)
    loose: Mapping[str, int] = field(default_factory=dict)
    further: int = 0

    def of(self, metric: str) -> "Setting":
        """The same for one metric: sums of `loose` ones may be bases further off."""
        return replace(self, further=self.base * self.loose.get(metric, 0))

    @property
    def exact(self) -> bool:
        """Whether counts are the truth."""
        return self.base == 1

    def off(self, row: Row) -> int:
        """How far rounding may have moved a count of the row's period, for all its quarters."""
        start: date = row["period_start"]
        end: date = row["period_end"]
        months = 12 * (end.year - start.year) + end.month - start.month
        quarters = {"month": 1, "quarter": 1, "year": 4}.get(row["period"], months // 3 + 2)
        return quarters * (self.base - 1 + self.further)


def grid(setting: Setting, parts: tuple[str, ...]) -> pl.DataFrame:
    """One row per part, declared level and period, in published order."""
    spans = setting.periods.select("period", "period_start", "period_end", "complete").unique(
        maintain_order=True
    )
    order = {name: place for place, name in enumerate(BREAKDOWNS)}
    everybody = pl.DataFrame({"breakdown": ["all"], "level": ["all"], "position": [0]})
    levels = pl.concat(
        [everybody, setting.levels.select("breakdown", "level", "position")],
        how="vertical_relaxed",
    ).sort(pl.col("breakdown").replace_strict(order, return_dtype=pl.Int64), "position")
    return (
        pl.DataFrame({"part": list(parts)}, schema={"part": pl.String})
        .join(levels.select("breakdown", "level"), how="cross")
        .join(spans, how="cross")
    )


def by_period(cells: pl.DataFrame, metric: Metric, setting: Setting) -> pl.DataFrame:
    """The metric's cells summed over the months of each period, outcome and band."""
    spans = setting.periods.select("month", "period", "period_start")
    return (
        cells.filter(pl.col("metric") == metric.name)
        .join(spans, on="month", how="inner")
        .group_by(*KEY, "outcome", "band")
        .agg(pl.col("n").sum())
    )


def by_outcome(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """The grid with a column of counts per outcome, 0 where nothing was counted."""
    summed = by_period(cells, metric, setting)
    wide = grid(setting, parts)
    for outcome in metric.outcomes:
        column = (
            summed.filter(pl.col("outcome") == outcome)
            .group_by(*KEY)
            .agg(pl.col("n").sum().alias(outcome))
        )
        wide = wide.join(column, on=list(KEY), how="left", maintain_order="left")
    return wide.with_columns(pl.col(*metric.outcomes).fill_null(0))


def figure(
    state: str = "ok",
    reason: str = "",
    *,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    numerator: int | None = None,
    denominator: float | None = None,
    pending: int = 0,
    missing: int = 0,
    worst: float | None = None,
    best: float | None = None,
) -> Row:
    """What a figure says beside its place: the columns of a release's figures from `value`."""
    return {
        "value": value,
        "low": low,
        "high": high,
        "numerator": numerator,
        "denominator": denominator,
        "pending": pending,
        "missing": missing,
        "worst": worst,
        "best": best,
        "state": state,
        "reason": reason,
    }


def as_figures(
    rows: Iterable[Row], metric: Metric, of: Callable[[str, Row], Row]
) -> pl.DataFrame:
    """One figure per measure and row of the grid; `of` takes the measure's name and the row."""
    rows = list(rows)
    grid = ("part", "breakdown", "level", "period", "period_start", "period_end", "complete")
    made = [
        {
            "metric": metric.name,
            "measure": measure.name,
            **{column: row[column] for column in grid},
            **of(measure.name, row),
        }
        for measure in metric.measures
        for row in rows
    ]
    return pl.DataFrame(made, schema=TABLES["figures"])


def extremes(k: int, n: int, *, off: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Counts of the lowest and the highest share, where k and n may each be off by so much."""
    most = k + off
    return (max(k - off, 0), n + off), (most, max(n - off, most))
