"""From a failed check to the figures: may each be used, and how wrong could it be?

Ranges are computed from protected counts alone: the rows in doubt are counted as outcomes of
their own and protected with the others, so that a range tells no more than they do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from metrics.doubtful_counts import (
    ANY,
    EVERYTHING,
    Counts,
    Place,
    Range,
    Share,
    by_place,
    clearance_range,
    joining_in,
    lacking,
    number_range,
    share_of,
    share_range,
    stock_range,
    total,
)
from metrics.doubts import AT_FAULT, KINDS, LACKING, apart, blocked
from metrics.duration_ranges import duration_ranges, incidence_range
from metrics.durations import UNRECORDED
from metrics.figures import KEY, Row, Setting
from metrics.metric import Counted, Kind, Metric
from metrics.release import TABLES

UNFIT_SHARE = 0.5  # above it more rows are in doubt than not
COUNT_TOLERANCE = 0.05  # a number of cases that may be off by more is used with caution
BREAKDOWNS = ("all", "unit")
_PER = {"rate": 100, "per_1000_engagements": 1000}
_COUNTED = (
    *KINDS,
    "absent",
)  # doubts that bound a figure where it is counted what they concern

BLOCKED = "A critical check failed: {titles}."
MOSTLY_IN_DOUBT = "More than half of the rows behind it are in doubt."
BEYOND_CHANCE = "Rows in doubt could move it further than chance would."
NO_BOUND = "A check failed on which it rests, and nobody can say by how much it is wrong."


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the consequences of one metric are computed from.

    `counts` has the columns of KEY, outcome, doubt and n; `absent` is how many rows of no
    known place may belong to it; `figures` are those with a value; `missing_in_doubt` says
    that a check failed which speaks of what is missing.
    """

    metric: Metric
    counts: pl.DataFrame
    absent: int
    received: Mapping[Place, int]
    figures: pl.DataFrame
    missing_in_doubt: bool

    def told(self) -> Iterator[tuple[str, Place, Row]]:
        """The figures by measure and place."""
        for row in self.figures.iter_rows(named=True):
            yield row["measure"], tuple(row[name] for name in KEY), row


def consequences(
    figures: pl.DataFrame,
    cells: pl.DataFrame,
    metrics: Sequence[Metric],
    verdicts: pl.DataFrame,
    absent: Mapping[str, int],
    setting: Setting,
) -> pl.DataFrame:
    """One row per figure of everybody and of each unit; columns as in `TABLES`.

    `cells` are the protected ones with the outcomes in doubt still apart.
    """
    told = figures.filter(pl.col("breakdown").is_in(BREAKDOWNS))
    found = [_failed(verdicts, metric) for metric in metrics]
    in_doubt = [each.metric for each in found if each.names and not each.titles]
    sources = {"report_frequency", *(_source(metric) for metric in in_doubt)}
    # Most often nothing is in doubt, and millions of counts need not be read.
    summed = _summed(
        cells.filter(pl.col("metric").is_in(list(sources)) & bool(in_doubt)), setting
    )
    received = {
        place: sum(counts.values())
        for place, counts in by_place(
            summed.filter(pl.col("metric") == "report_frequency")
        ).items()
    }
    frames = []
    for failed in found:
        metric = failed.metric
        own = told.filter(pl.col("metric") == metric.name)
        asked = _Asked(
            metric=metric,
            counts=summed.filter(pl.col("metric") == _source(metric)),
            absent=absent.get(metric.name, 0),
            received=received,
            figures=own.filter(pl.col("value").is_not_null()),
            missing_in_doubt=failed.missing_in_doubt,
        )
        ranges = _ranges(asked, setting) if metric in in_doubt else {}
        frames.append(_judged(own, failed, ranges))
    return pl.concat(frames).select(
        pl.col(name).cast(kind) for name, kind in TABLES["consequences"].items()
    )


@dataclass(frozen=True, slots=True)
class _Failed:
    """The checks of a metric that failed.

    `titles` are those of critical ones; `unbounded` says that nobody knows how wrong figures
    may be, `moved` that cases may belong to another unit, `missing_in_doubt` that what a check
    speaks of is missing.
    """

    metric: Metric
    names: list[str]
    titles: list[str]
    unbounded: bool
    moved: bool
    missing_in_doubt: bool


def _failed(verdicts: pl.DataFrame, metric: Metric) -> _Failed:
    failed = verdicts.filter(
        pl.col("outcome").is_in(AT_FAULT)
        & pl.col("affects").list.contains(metric.name)
        & (pl.col("doubt") != "none")
    )
    doubts = set(failed["doubt"])
    return _Failed(
        metric=metric,
        names=failed["name"].to_list(),
        titles=blocked(verdicts).get(metric.name, []),
        unbounded="unbounded" in doubts
        or (not _bounded(metric) and not doubts.isdisjoint(_COUNTED)),
        moved="level" in doubts,
        missing_in_doubt="visible" in doubts,
    )


def _source(metric: Metric) -> str:
    # The doubts about a case are counted with its time to resolution: see `Metric.part_of`.
    return "time_to_resolution" if metric.kind == "rate" else metric.name


def _summed(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    spans = setting.periods.select("month", "period", "period_start")
    return (
        apart(cells.filter(pl.col("breakdown").is_in(BREAKDOWNS)))
        .join(spans, on="month", how="inner")
        .group_by("metric", *KEY, "outcome", "doubt", "band")
        .agg(pl.col("n").sum())
    )


_RANGE = {
    "least": pl.Float64(),
    "most": pl.Float64(),
    "affected": pl.Int64(),
    "absent": pl.Int64(),
    "of": pl.Int64(),
}


def _judged(figures: pl.DataFrame, failed: _Failed, ranges: "Ranges") -> pl.DataFrame:
    """What follows for each figure of a metric, its range beside it."""
    wide = _beside(figures, ranges)
    use, reason = _use(failed)
    has_value = pl.col("value").is_not_null()
    # A range that something may still leave is none: nobody bounds the fault, or how many
    # cases belong to another unit.
    left = pl.lit(failed.unbounded) | (pl.lit(failed.moved) & (pl.col("breakdown") != "all"))
    return wide.select(
        "metric",
        "measure",
        *KEY,
        pl.when(has_value).then("affected").otherwise(0).fill_null(0).alias("affected"),
        pl.when(has_value).then("absent").otherwise(0).fill_null(0).alias("absent"),
        pl.when(has_value & ~left).then("least").alias("low"),
        pl.when(has_value & ~left).then("most").alias("high"),
        use.alias("use"),
        pl.lit(pl.Series([failed.names], dtype=pl.List(pl.String))).first().alias("checks"),
        reason.alias("reason"),
    )


def _beside(figures: pl.DataFrame, ranges: "Ranges") -> pl.DataFrame:
    if not ranges:
        return figures.with_columns(pl.lit(None, kind).alias(of) for of, kind in _RANGE.items())
    keys = {"measure": pl.String(), **{name: TABLES["figures"][name] for name in KEY}}
    rows = [
        (measure, *place, each.low, each.high, each.affected, each.absent, each.of)
        for (measure, place), each in ranges.items()
    ]
    found = pl.DataFrame(rows, schema={**keys, **_RANGE}, orient="row")
    return figures.join(found, on=list(keys), how="left", maintain_order="left")


def _use(failed: _Failed) -> tuple[pl.Expr, pl.Expr]:
    """Whether figures may be used, and why not."""
    if failed.titles:
        return pl.lit("not_fit"), pl.lit(BLOCKED.format(titles="; ".join(failed.titles)))
    mostly = (pl.col("of") > 0) & (pl.col("affected") > UNFIT_SHARE * pl.col("of"))
    cases = (
        (pl.col("value").is_null(), "", ""),
        (mostly, "not_fit", MOSTLY_IN_DOUBT),
        (pl.col("of").is_not_null() & _beyond(), "caution", BEYOND_CHANCE),
        (pl.lit(failed.unbounded), "caution", NO_BOUND),
    )
    use, reason = pl.lit("fit"), pl.lit("")
    for holds, word, why in reversed(cases):
        use = pl.when(holds).then(pl.lit(word)).otherwise(use)
        reason = pl.when(holds).then(pl.lit(why)).otherwise(reason)
    return use, reason


def _beyond() -> pl.Expr:
    """Whether the range of a figure leaves its interval; of a count, a share of it."""
    value, least, most = (pl.col(name) for name in ("value", "least", "most"))
    alone = pl.col("low").is_null() & pl.col("high").is_null()
    low = pl.when(alone).then(value * (1 - COUNT_TOLERANCE)).otherwise("low")
    high = pl.when(alone).then(value * (1 + COUNT_TOLERANCE)).otherwise("high")
    below = low.is_not_null() & (least.is_null() | (least < low - _ROUNDING))
    above = high.is_not_null() & (most.is_null() | (most > high + _ROUNDING))
    is_sure = ((least == value) & (most == value)).fill_null(value=False)
    return ~is_sure & (below | above)


_ROUNDING = 1e-9

Ranges = dict[tuple[str, Place], Range]


def _ranges(asked: _Asked, setting: Setting) -> Ranges:
    return _MAKERS[asked.metric.kind](asked, setting) if _bounded(asked.metric) else {}


def _bounded(metric: Metric) -> bool:
    """Whether it is counted which of its contributions are in doubt: else nobody can say."""
    return metric.doubted or metric.kind in {"rate", "deadline"}


_SHARES: dict[str, Share] = {
    "share_met": Share(
        ("met",), ("met_late", "missed"), ("not_assessable",), ("not_due", "not_applicable")
    ),
    "top_two": Share(("satisfied",), ("other",), ("unusable",), ("unanswered",)),
    "response_rate": Share(("satisfied", "other"), ("unanswered",), ("unusable",), ()),
}


def _shares(asked: _Asked, setting: Setting) -> Ranges:
    del setting
    wide = by_place(asked.counts)
    joining = joining_in(wide, asked.absent)
    found: Ranges = {}
    for place, counts in wide.items():
        for measure in asked.metric.measures:
            made = share_range(counts, _SHARES[measure.name], joining(place))
            if made is not None:
                found[(measure.name, place)] = made
    return found


def _counted(asked: _Asked, setting: Setting) -> Ranges:
    del setting
    wide = by_place(asked.counts)
    joining = joining_in(wide, asked.absent)
    found: Ranges = {}
    for measure in asked.metric.measures:
        told = measure.counted or Counted(())
        share = share_of(told, asked.metric.outcomes, missing_in_doubt=asked.missing_in_doubt)
        for place, counts in wide.items():
            made = (
                share_range(counts, share, joining(place))
                if told.of
                else number_range(counts, told.outcomes, joining(place))
            )
            if made is not None:
                found[(measure.name, place)] = made
    return found


def _stocks(asked: _Asked, setting: Setting) -> Ranges:
    del setting
    wide = by_place(asked.counts)
    doubtful = {
        place[:3]: total(counts, ("received", "carried", LACKING), ANY)
        for place, counts in wide.items()
        if place[3] == "whole"
    }
    found: Ranges = {}
    for measure, place, figure in asked.told():
        in_doubt = doubtful.get(place[:3], 0)
        if measure == "open_cases":
            made: Range | None = stock_range(figure["value"], in_doubt + asked.absent)
        else:
            made = clearance_range(wide.get(place, {}), in_doubt, asked.absent)
        if made is not None:
            found[(measure, place)] = made
    return found


def _rates(asked: _Asked, setting: Setting) -> Ranges:
    del setting
    wide = by_place(asked.counts)
    joining_at = joining_in(wide, asked.absent)
    found: Ranges = {}
    for measure, place, figure in asked.told():
        count = asked.received.get(place, 0)
        loose = total(wide.get(place, {}), None, ("misplaced", "extra"))
        joining = joining_at(place)
        per = figure["denominator"] / _PER[measure] if measure in _PER else 1.0
        found[(measure, place)] = Range(
            low=max(count - loose, 0) / per,
            high=(count + joining) / per,
            affected=loose,
            absent=joining,
            of=count,
        )
    return found


def _durations(asked: _Asked, setting: Setting) -> Ranges:
    wide = by_place(asked.counts)
    joining_at = joining_in(wide, asked.absent)
    names = {measure.name for measure in asked.metric.measures}
    found: Ranges = {}
    for place, rows in asked.counts.group_by(*KEY):
        counts = wide[place]
        left_out = _left_out(asked, place, counts)
        joining = joining_at(place)
        if not total(counts, None, ANY) + left_out + joining:
            continue
        behind = total(counts, None, EVERYTHING) - lacking(counts)
        if asked.metric.part_of:
            behind += left_out
        affected = total(counts, None, ANY) - lacking(counts) + left_out
        bounds = duration_ranges(
            rows, joining=joining + left_out, exact=setting.exact, names=names
        )
        for measure in asked.metric.measures:
            low, high = bounds[measure.name]
            found[(measure.name, place)] = Range(low, high, affected, joining, behind)
    # Where nothing is in doubt, nothing moves the figure.
    for name, place, figure in asked.told():
        sure = Range(figure["value"], figure["value"], affected=0, absent=0, of=0)
        found.setdefault((name, place), sure)
    return found


def _left_out(asked: _Asked, place: Place, counts: Counts) -> int:
    """Cases of the place that have no duration and may have one, beside those in doubt."""
    if asked.metric.part_of:
        return max(asked.received.get(place, 0) - total(counts, None, EVERYTHING), 0)
    return total(counts, (UNRECORDED,), ("",)) if asked.missing_in_doubt else 0


def _competing(asked: _Asked, setting: Setting) -> Ranges:
    del setting
    wide = by_place(asked.counts)
    joining_at = joining_in(wide, asked.absent)
    found: Ranges = {}
    for place, rows in asked.counts.group_by(*KEY):
        counts, joining = wide[place], joining_at(place)
        loose = total(counts, None, ANY) + joining
        if not loose:
            continue
        affected = total(counts, None, ANY) - lacking(counts)
        behind = total(counts, None, EVERYTHING) - lacking(counts)
        for measure in asked.metric.measures:
            low, high = incidence_range(rows, measure, loose=loose)
            found[(measure.name, place)] = Range(low, high, affected, joining, behind)
    return found


_MAKERS: dict[Kind, Callable[[_Asked, Setting], Ranges]] = {
    "rate": _rates,
    "deadline": _shares,
    "survey": _shares,
    "survival": _durations,
    "counted": _counted,
    "competing": _competing,
    "stock": _stocks,
}
