"""Frames that the estimators share: the grid of figures, and counts laid out on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import numpy as np
import polars as pl

from metrics.crosswalk import Heir, times_at
from metrics.metric import BREAKDOWNS, Measure, Metric
from metrics.reach import SUMS, Loose, further_in, most_off
from metrics.release import TABLES
from metrics.statistics.intervals import IntArray

Row = dict[str, Any]
Count = TypeVar("Count", int, IntArray)

KEY = ("part", "breakdown", "level", "period", "period_start")


WITHHELD = "Withheld to protect the people involved."
_IS_SUM = pl.col("outcome").str.contains("+", literal=True)


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
    else all are multiples of it; `withheld` says that counts are exact and some not told;
    `heirs` are levels of which counts of before are sums of what others were told.
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
    heirs: tuple[Heir, ...] = ()

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

    def off_in(self, quarter: date, level: tuple[str, str] = ("all", "all")) -> int:
        """How far rounding may have moved a sum of the metric in that quarter or its months."""
        off = further_in(self.loose, self.metric, quarter)
        each = self.base * (1 + max(off.month, off.quarter)) - 1
        return self.times * times_at(self.heirs, level, quarter) * each

    @property
    def exact(self) -> bool:
        """Whether counts are the truth, all of them."""
        return self.base == 1 and not self.withheld

    def off(self, row: Row) -> int:
        """How far rounding may have moved a count of the row's period, for all its quarters."""
        if self.base == 1 and not self.loose:
            return 0
        level = (row.get("breakdown", "all"), row.get("level", "all"))
        sums = self.times * times_at(self.heirs, level, row["period_start"])
        return sums * most_off(
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
    """One row per part, declared level and period, in published order, numbered in `row`.

    `off` is how far rounding may have moved a count of the period.
    """
    spans = setting.periods.select("period", "period_start", "period_end", "complete").unique(
        maintain_order=True
    )
    off = [setting.off(row) for row in spans.iter_rows(named=True)]
    spans = spans.with_columns(pl.Series("off", off, dtype=pl.Int64))
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
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64), _off_at_heirs(setting))
    )


def _off_at_heirs(setting: Setting) -> pl.Expr:
    """How far counts may be off where those of heirs are sums of several that were told."""
    off = pl.col("off")
    for one in setting.heirs:
        breakdown, level = one.level
        is_here = (pl.col("breakdown") == breakdown) & (pl.col("level") == level)
        is_here &= pl.col("period_start") <= one.until
        off = pl.when(is_here).then(pl.col("off") * one.parts).otherwise(off)
    return off


def by_period(cells: pl.DataFrame, metric: Metric, setting: Setting) -> pl.DataFrame:
    """The metric's cells summed over the months of each period, outcome and band.

    A sum of which anything is withheld is null. Sums that are told as cells are left out.
    """
    spans = setting.periods.select("month", "period", "period_start")
    n = pl.col("n")
    return (
        cells.filter((pl.col("metric") == metric.name) & ~_IS_SUM)
        .join(spans, on="month", how="inner")
        .group_by(*KEY, "outcome", "band")
        .agg(pl.when(n.null_count() == 0).then(n.sum()))
    )


def by_row(
    cells: pl.DataFrame, metric: Metric, places: pl.DataFrame, setting: Setting
) -> pl.DataFrame:
    """The metric's cells with the `row` of the grid that each is counted in, once for each.

    `places` is the grid, its rows numbered in `row`. Numbers are grouped many times faster than
    the five texts of a place.
    """
    spans = setting.periods.select("month", "period", "period_start").join(
        places.select("period", "period_start")
        .unique(maintain_order=True)
        .with_row_index("span"),
        on=["period", "period_start"],
    )
    held = places.group_by("part", "breakdown", "level", maintain_order=True).agg(
        pl.col("row").first().alias("first")
    )
    return (
        cells.filter(pl.col("metric") == metric.name)
        .join(held, on=["part", "breakdown", "level"], how="inner")
        .select("first", "month", "outcome", "band", "n")
        .join(spans.select("month", "span"), on="month", how="inner")
        .select((pl.col("first") + pl.col("span")).alias("row"), "outcome", "band", "n")
    )


def by_outcome(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """The grid with a column of counts per outcome, 0 where nothing was counted.

    Where counts are withheld they are null, and sums that are told have columns as well.
    """
    wide = grid(setting, parts)
    counted = by_row(cells, metric, wide, setting)
    sums: list[str] = (
        counted.filter(_IS_SUM)["outcome"].unique().sort().to_list() if setting.withheld else []
    )
    outcomes = (*metric.outcomes, *sums)
    own = {name: pl.col("n").filter(pl.col("outcome") == name) for name in outcomes}
    found = counted.group_by("row").agg(
        *(
            pl.when((n.len() > 0) & (n.null_count() == 0)).then(n.sum()).alias(name)
            for name, n in own.items()
        ),
        (pl.col("n").null_count() > 0).alias("is_withheld"),
    )
    wide = wide.join(found, on="row", how="left", maintain_order="left")
    if setting.withheld:
        return wide.drop("is_withheld")
    # Rounding withholds a quarter's counts of a metric whole, and has all others.
    is_told = ~pl.col("is_withheld").fill_null(value=False)
    return wide.with_columns(
        pl.when(is_told).then(pl.col(name).fill_null(0)).alias(name) for name in outcomes
    ).drop("is_withheld")


def added(wide: pl.DataFrame, names: Sequence[str]) -> pl.Expr:
    """The sum of outcomes, of each of them or as it is told; null where neither is told."""
    if not names:
        return pl.lit(0, dtype=pl.Int64)
    each = pl.sum_horizontal(*names, ignore_nulls=False)
    told = "+".join(names)
    return (each.fill_null(pl.col(told)) if told in wide.columns else each).cast(pl.Int64)


_COUNTS = ("numerator", "denominator", "pending", "missing")
_MADE = ("value", "low", "high", "worst", "best")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Rows of which no value is told, the state that they are in, and why."""

    rows: pl.Expr
    state: str
    reason: str | pl.Expr


def told(
    numbers: pl.DataFrame, refusals: Sequence[Refusal], *, withheld: pl.Expr | bool = False
) -> pl.DataFrame:
    """What figures say beside their places: numbers, state and reason, one row each.

    `numbers` has some of a figure's columns of numbers; what it lacks is null, and nobody is
    pending or missing. The first refusal that holds of a row decides; `withheld` comes before
    them all and hides the counts as well.
    """
    none = {"pending": 0, "missing": 0}
    lacking = {
        name: none.get(name) for name in (*_MADE, *_COUNTS) if name not in numbers.columns
    }
    hidden = Refusal(
        withheld if isinstance(withheld, pl.Expr) else pl.lit(withheld), "withheld", WITHHELD
    )
    state, reason = pl.lit("ok"), pl.lit("")
    for each in reversed([hidden, *refusals]):
        why = pl.lit(each.reason) if isinstance(each.reason, str) else each.reason
        state = pl.when(each.rows).then(pl.lit(each.state)).otherwise(state)
        reason = pl.when(each.rows).then(why).otherwise(reason)
    # A length of time that is not reached has a lowest one none the less.
    is_made = pl.col("state").is_in(["ok", "not_reached"])
    is_withheld = pl.col("state") == "withheld"
    return (
        numbers.with_columns(**{name: pl.lit(each) for name, each in lacking.items()})
        .with_columns(state.alias("state"), reason.alias("reason"))
        .select(
            *(
                pl.when(is_made if name in _MADE else ~is_withheld)
                .then(name)
                .cast(TABLES["figures"][name])
                for name in (*_MADE, *_COUNTS)
            ),
            "state",
            "reason",
        )
    )


def as_figures(
    wide: pl.DataFrame, metric: Metric, of: Callable[[Measure], pl.DataFrame]
) -> pl.DataFrame:
    """One figure per measure and row of the grid; `of` says what those of a measure say."""
    columns = ("part", "breakdown", "level", "period", "period_start", "period_end", "complete")
    made = [
        wide.select(
            pl.lit(metric.name).alias("metric"),
            pl.lit(measure.name).alias("measure"),
            *columns,
        ).hstack(of(measure))
        for measure in metric.measures
    ]
    return pl.concat(made).select(*TABLES["figures"])


def extremes(
    k: Count, n: Count, *, off: Count
) -> tuple[tuple[Count, Count], tuple[Count, Count]]:
    """Counts of the lowest and the highest share, where k and n may each be off by so much."""
    most = k + off
    return (np.maximum(k - off, 0), n + off), (most, np.maximum(n - off, most))
