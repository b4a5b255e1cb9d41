"""Frames that the estimators share: the grid of figures, and counts laid out on it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from metrics.metric import BREAKDOWNS, Metric
from metrics.reach import SUMS, Loose, further_in, most_off
from metrics.release import TABLES

Row = dict[str, Any]

KEY = ("part", "breakdown", "level", "period", "period_start")


WITHHELD = "Withheld to protect the people involved."
_IS_SUM = pl.col("outcome").str.contains("+", literal=True)


class WithheldError(Exception):
    """A count that a figure needs is not told."""


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
    else all are multiples of it; `withheld` says that counts are exact and some not told.
    """

    periods: pl.DataFrame
    levels: pl.DataFrame
    exposure: pl.DataFrame
    base: int
    min_denominator: int
    engagements: pl.DataFrame = field(default_factory=no_engagements)
    loose: Loose = field(default_factory=dict)
    summed: Mapping[str, int] = field(default_factory=dict)
    metric: str = ""
    times: int = 1
    year_starts: int = 1
    withheld: bool = False

    def of(self, metric: str) -> "Setting":
        """The same for one metric: sums of it may be bases further off where it is `loose`.

        The counts of one that is a sum of several rules are off by what each of them is.
        """
        return replace(
            self,
            metric=SUMS.get(metric, metric),
            times=self.summed.get(metric, 1),
            year_starts=_year_starts(self.periods),
        )

    def off_in(self, quarter: date) -> int:
        """How far rounding may have moved a sum of the metric in that quarter or its months."""
        each = self.base * (1 + further_in(self.loose, self.metric, quarter)) - 1
        return self.times * each

    @property
    def exact(self) -> bool:
        """Whether counts are the truth, all of them."""
        return self.base == 1 and not self.withheld

    def off(self, row: Row) -> int:
        """How far rounding may have moved a count of the row's period, for all its quarters."""
        return self.times * most_off(
            self.base,
            row["period"],
            start=row["period_start"],
            end=row["period_end"],
            loose=self.loose,
            metric=self.metric,
            year_starts=self.year_starts,
        )


def _year_starts(periods: pl.DataFrame) -> int:
    """A month in which quarters begin, as far as there are any."""
    starts = periods.filter(pl.col("period") == "quarter")["period_start"]
    return min(start.month for start in starts) if starts.len() else 1


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
    """The metric's cells summed over the months of each period, outcome and band.

    A sum of which anything is withheld is null. Sums that are told as cells are left out.
    """
    return _summed(cells.filter(~_IS_SUM), metric, setting)


def _summed(cells: pl.DataFrame, metric: Metric, setting: Setting) -> pl.DataFrame:
    spans = setting.periods.select("month", "period", "period_start")
    n = pl.col("n")
    return (
        cells.filter(pl.col("metric") == metric.name)
        .join(spans, on="month", how="inner")
        .group_by(*KEY, "outcome", "band")
        .agg(pl.when(n.null_count() == 0).then(n.sum()))
    )


def by_outcome(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """The grid with a column of counts per outcome, 0 where nothing was counted.

    Where counts are withheld they are null, and sums that are told have columns as well.
    """
    summed = _summed(cells, metric, setting)
    wide = grid(setting, parts)
    sums: list[str] = summed.filter(_IS_SUM)["outcome"].unique().sort().to_list()
    for outcome in (*metric.outcomes, *sums):
        column = (
            summed.filter(pl.col("outcome") == outcome)
            .group_by(*KEY)
            .agg(pl.when(pl.col("n").null_count() == 0).then(pl.col("n").sum()).alias(outcome))
        )
        wide = wide.join(column, on=list(KEY), how="left", maintain_order="left")
    if setting.withheld:
        return wide
    return wide.with_columns(pl.col(*metric.outcomes).fill_null(0))


def added(row: Row, names: Sequence[str]) -> int:
    """The sum of a row's outcomes: of each of them, or as it is told.

    Raises WithheldError where neither is told.
    """
    counts = [row[name] for name in names]
    if None not in counts:
        return int(sum(counts))
    told = row.get("+".join(names))
    if told is None:
        raise WithheldError
    return int(told)


def figure(
    state: str = "ok",
    reason: str = "",
    *,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    numerator: int | None = None,
    denominator: float | None = None,
    pending: int | None = 0,
    missing: int | None = 0,
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
    # One frame per measure: rows as dictionaries take twenty times their room.
    made = [
        pl.DataFrame(
            [
                {
                    "metric": metric.name,
                    "measure": measure.name,
                    **{column: row[column] for column in grid},
                    **_told(of, measure.name, row),
                }
                for row in rows
            ],
            schema=TABLES["figures"],
        )
        for measure in metric.measures
    ]
    return pl.concat(made)


def _told(of: Callable[[str, Row], Row], measure: str, row: Row) -> Row:
    try:
        return of(measure, row)
    except WithheldError:
        return figure("withheld", WITHHELD, pending=None, missing=None)


def extremes(k: int, n: int, *, off: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Counts of the lowest and the highest share, where k and n may each be off by so much."""
    most = k + off
    return (max(k - off, 0), n + off), (most, max(n - off, most))
