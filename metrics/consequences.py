"""From a failed check to the figures: may each be used, and how wrong could it be?

Ranges are computed from protected counts alone: the rows in doubt are counted as outcomes of
their own and protected with the others, so that a range tells no more than they do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

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
    known place may belong to it; `told` are the figures themselves; `missing_in_doubt` says
    that a check failed which speaks of what is missing.
    """

    metric: Metric
    counts: pl.DataFrame
    absent: int
    received: Mapping[Place, int]
    told: Mapping[tuple[str, Place], Row]
    missing_in_doubt: bool


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
    summed = _summed(apart(cells), setting)
    counted = {
        (row["metric"], *(row[name] for name in KEY)): row["n"]
        for row in summed.filter(pl.col("metric") == "report_frequency")
        .group_by("metric", *KEY)
        .agg(pl.col("n").sum())
        .iter_rows(named=True)
    }
    rows: list[Row] = []
    for metric in metrics:
        own = told.filter(pl.col("metric") == metric.name)
        asked = _Asked(
            metric=metric,
            counts=summed.filter(pl.col("metric") == _source(metric)),
            absent=absent.get(metric.name, 0),
            received={key[1:]: n for key, n in counted.items()},
            told={
                (row["measure"], tuple(row[name] for name in KEY)): row
                for row in own.filter(pl.col("value").is_not_null()).iter_rows(named=True)
            },
            missing_in_doubt=False,
        )
        rows += _of_metric(own, asked, verdicts, setting)
    return pl.DataFrame(rows, schema=TABLES["consequences"])


def _source(metric: Metric) -> str:
    # The doubts about a case are counted with its time to resolution: see `Metric.part_of`.
    return "time_to_resolution" if metric.kind == "rate" else metric.name


def _summed(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    spans = setting.periods.select("month", "period", "period_start")
    return (
        cells.filter(pl.col("breakdown").is_in(BREAKDOWNS))
        .join(spans, on="month", how="inner")
        .group_by("metric", *KEY, "outcome", "doubt", "band")
        .agg(pl.col("n").sum())
    )


def _of_metric(
    figures: pl.DataFrame, asked: _Asked, verdicts: pl.DataFrame, setting: Setting
) -> list[Row]:
    failed = verdicts.filter(
        pl.col("outcome").is_in(AT_FAULT)
        & pl.col("affects").list.contains(asked.metric.name)
        & (pl.col("doubt") != "none")
    )
    names = failed["name"].to_list()
    unbounded, moved = (
        bool(failed.filter(pl.col("doubt") == doubt).height) for doubt in ("unbounded", "level")
    )
    if not _bounded(asked.metric):
        unbounded |= not failed.filter(pl.col("doubt").is_in(_COUNTED)).is_empty()
    titles = blocked(verdicts).get(asked.metric.name, [])
    asked = replace(asked, missing_in_doubt="visible" in failed["doubt"])
    ranges = _ranges(asked, setting) if names and not titles else {}
    made = []
    for row in figures.iter_rows(named=True):
        place = tuple(row[name] for name in KEY)
        found = ranges.get((row["measure"], place), _NONE)
        use, reason = _use(row, found, unbounded=unbounded, titles=titles)
        kept = found if row["value"] is not None else _NONE
        # A range that something may still leave is none: nobody bounds the fault, or how many
        # cases belong to another unit.
        if unbounded or (moved and row["breakdown"] != "all"):
            kept = replace(kept, low=None, high=None)
        made.append(
            {
                **{name: row[name] for name in ("metric", "measure", *KEY)},
                "affected": kept.affected,
                "absent": kept.absent,
                "low": kept.low,
                "high": kept.high,
                "use": use,
                "checks": names,
                "reason": reason,
            }
        )
    return made


_NONE = Range(low=None, high=None, affected=0, absent=0, of=0)


def _use(row: Row, found: Range, *, unbounded: bool, titles: list[str]) -> tuple[str, str]:
    """Whether a figure may be used, and why not."""
    if titles:
        return "not_fit", BLOCKED.format(titles="; ".join(titles))
    if row["value"] is None:
        return "", ""
    if found.of and found.affected > UNFIT_SHARE * found.of:
        return "not_fit", MOSTLY_IN_DOUBT
    if found is not _NONE and _beyond(row, found):
        return "caution", BEYOND_CHANCE
    if unbounded:
        return "caution", NO_BOUND
    return "fit", ""


def _beyond(row: Row, found: Range) -> bool:
    value, low, high = row["value"], row["low"], row["high"]
    if found.low == found.high == value:
        return False
    if low is None and high is None:
        low, high = value * (1 - COUNT_TOLERANCE), value * (1 + COUNT_TOLERANCE)
    below = low is not None and (found.low is None or found.low < low - _ROUNDING)
    above = high is not None and (found.high is None or found.high > high + _ROUNDING)
    return below or above


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
    for (measure, place), figure in asked.told.items():
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
    for (measure, place), figure in asked.told.items():
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
