"""Which figures are unusual: against their own history, and against other units."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from metrics.figures import Row, Setting, extremes
from metrics.metric import Direction, Measure, Metric
from metrics.release import TABLES
from metrics.statistics.chart_rules import Point, read_chart
from metrics.statistics.comparison import (
    Tails,
    binomial_tails,
    outside,
    poisson_tails,
)
from metrics.statistics.control_charts import Chart, p_chart, u_chart, xmr
from metrics.statistics.funnel import Funnel, funnel_of_counts, funnel_of_shares
from metrics.statistics.multiplicity import benjamini_hochberg

MONTHS_SHOWN = 24
BASELINE = 12  # limits come from the first year shown, so that a change cannot widen them
LEVEL = 0.998
FALSE_DISCOVERIES = (
    0.05  # of the units named in a list, the share that chance may have put there
)
FURTHER = "further from the whole organisation than chance and the spread of units explain"
PACE = "{} cases have ended, where {:.0f} would have at the pace of all units"
_LONGER = {"low": "high", "high": "low"}
_UNTOLD = ("few", "no_data", "not_assessable", "not_fit", "withheld")
FEWEST_MONTHS = 6  # fewer dots than these are no history

Off = Callable[[Row], int]  # how far rounding may have moved the counts of a figure


def signals(
    figures: pl.DataFrame,
    metrics: Iterable[Metric],
    *,
    setting: Setting | None = None,
    pace: Mapping[str, pl.DataFrame] | None = None,
) -> pl.DataFrame:
    """The signals of a release, computed from its protected counts and nothing else.

    `pace` has, for each metric of durations whose days are exact, what `metrics.pace` says.
    Where counts are rounded, `setting` says how far, and each is read as near to the average
    as the rounding of its own quarter allows: what only rounding makes unusual accuses nobody.
    """
    rows: list[Row] = []
    for metric in metrics:
        measure = next((m for m in metric.measures if m.name == metric.charted), None)
        if measure is None:
            continue
        charted = figures.filter(
            (pl.col("metric") == metric.name)
            & (pl.col("measure") == measure.name)
            & pl.col("breakdown").is_in(["all", "unit"])
            & pl.col("complete")
        )
        off = setting.of(metric.name).off if setting else _none
        rows += _histories(charted, metric, measure, off=off)
        if metric.kind == "survival":
            rows += _slower(charted, (pace or {}).get(metric.name), measure)
        else:
            rows += _comparisons(charted, metric, measure, off=off)
    return pl.DataFrame(rows, schema=TABLES["signals"])


def _none(_: Row) -> int:
    """Exact counts are off by nothing."""
    return 0


def _histories(
    figures: pl.DataFrame, metric: Metric, measure: Measure, *, off: Off
) -> list[Row]:
    monthly = figures.filter(pl.col("period") == "month")
    shown = [
        series.tail(MONTHS_SHOWN)
        for series in monthly.partition_by("part", "level", maintain_order=True)
    ]
    return [
        row
        for series in shown
        if (series["state"] == "ok").sum() >= FEWEST_MONTHS
        for row in _history(series, metric, measure, off=off)
    ]


def _history(series: pl.DataFrame, metric: Metric, measure: Measure, *, off: Off) -> list[Row]:
    chart = _chart(series, metric)
    rows = list(series.iter_rows(named=True))
    if chart.sparse:
        points = [_rare(row, chart, metric, off=off(row)) for row in rows]
    else:
        points = list(read_chart(_nearest(chart, rows, metric, off=off)))
    return [
        {
            **_place(row, "history"),
            "value": _number(chart.values[at]),
            "centre": chart.centre,
            "lower": _number(chart.lower[at]),
            "upper": _number(chart.upper[at]),
            "signal": _word(points[at].signal, measure.better),
            "reason": points[at].reason,
        }
        for at, row in enumerate(rows)
        if not np.isnan(chart.values[at])
    ]


def _nearest(chart: Chart, rows: list[Row], metric: Metric, *, off: Off) -> Chart:
    """The chart with each point as near to its centre as rounding allows."""
    if metric.kind == "survival" or chart.centre is None:
        return chart
    values = chart.values.copy()
    for at in np.flatnonzero(~np.isnan(values)):
        if by := off(rows[at]):
            low, high = _reached(rows[at], metric, off=by)
            values[at] = min(max(chart.centre, low), high)
    return replace(chart, values=values)


def _reached(row: Row, metric: Metric, *, off: int) -> tuple[float, float]:
    """The lowest and the highest value that the true counts of a rounded figure may have."""
    count, size = row["numerator"], row["denominator"]
    if metric.kind == "rate":
        return 100 * max(count - off, 0) / size, 100 * (count + off) / size
    lowest, highest = extremes(count, int(size), off=off)
    return lowest[0] / lowest[1], highest[0] / highest[1]


def _tails(row: Row, centre: float, metric: Metric, *, off: int) -> Tails:
    """How likely chance alone makes the count as far from the centre, as near as it may be."""
    count, size = row["numerator"], row["denominator"]
    if metric.kind == "rate":
        expected = centre * size / 100
        least, most = (poisson_tails(max(count + by, 0), expected) for by in (-off, off))
    else:
        shares = extremes(count, int(size), off=off)
        least, most = (binomial_tails(k, n, centre) for k, n in shares)
    return Tails(low=most.low, high=least.high)


def _rare(row: Row, chart: Chart, metric: Metric, *, off: int) -> Point:
    """A month of a chart whose three-sigma limits would give false alarms: by exact tails.

    Where so little is expected, the runs of Making Data Count say nothing either.
    """
    if chart.centre is None or not row["denominator"]:
        return Point("usual", "")
    side = outside(_tails(row, chart.centre, metric, off=off), level=LEVEL)
    if side == "usual":
        return Point("usual", "")
    where = "above" if side == "high" else "below"
    return Point(side, f"further {where} the average than chance gives")


def _chart(series: pl.DataFrame, metric: Metric) -> Chart:
    """The chart that follows from the kind of number, never from what it would flag."""
    if metric.kind == "survival":
        return xmr(series["value"].fill_null(float("nan")).to_numpy(), baseline=BASELINE)
    # A month that is too small to publish a share of is a gap: what may not be shown may not
    # be charted, and what rounding leaves of it is noise.
    published = (series["state"] == "ok").to_numpy()
    counts = np.where(published, series["numerator"].fill_null(0).to_numpy(), 0)
    bases = np.where(published, series["denominator"].fill_null(0).to_numpy(), 0)
    if metric.kind == "rate":
        return u_chart(counts, bases / 100, baseline=BASELINE)
    return p_chart(counts, bases, baseline=BASELINE)


def _comparisons(
    figures: pl.DataFrame, metric: Metric, measure: Measure, *, off: Off
) -> list[Row]:
    quarterly = figures.filter((pl.col("period") == "quarter") & (pl.col("state") == "ok"))
    whole = {
        (row["part"], row["period_start"]): row
        for row in quarterly.filter(pl.col("breakdown") == "all").iter_rows(named=True)
    }
    units = quarterly.filter(pl.col("breakdown") == "unit")
    return [
        row
        for (part, start), rows in units.group_by("part", "period_start", maintain_order=True)
        if (part, start) in whole
        for row in _funnelled(
            list(rows.iter_rows(named=True)), whole[part, start], metric, measure, off=off
        )
    ]


def _funnelled(
    rows: list[Row], whole: Row, metric: Metric, measure: Measure, *, off: Off
) -> list[Row]:
    """Units of one quarter beside the whole: by exact tails, spread between them, and number.

    A unit is named only where chance does not explain it, the spread between ten units or more
    does not either, and it stands among those that the false discovery rate allows.
    """
    centre = whole["value"]
    funnel = _funnel(rows, centre, metric)
    tails = [_tails(row, centre, metric, off=off(row)) for row in rows]
    p_values = [min(1.0, 2 * min(each.low, each.high)) for each in tails]
    believed = benjamini_hochberg(p_values, q=FALSE_DISCOVERIES).rejected
    scale = centre if metric.kind == "rate" else 1.0
    made = []
    for at, row in enumerate(rows):
        side = outside(tails[at], level=LEVEL)
        if side != funnel.signal.adjusted_standing[at] or not believed[at]:
            side = "usual"
        made.append(
            {
                **_place(row, "units"),
                "value": row["value"],
                "centre": centre,
                "lower": _number(scale * funnel.signal.adjusted_lower[at]),
                "upper": _number(scale * funnel.signal.adjusted_upper[at]),
                "signal": _word(side, measure.better),
                "reason": "" if side == "usual" else FURTHER,
            }
        )
    return made


def _slower(figures: pl.DataFrame, pace: pl.DataFrame | None, measure: Measure) -> list[Row]:
    """Units of each quarter by the cases that have ended, beside the pace of all units.

    Medians have no exact tail; what has ended and what was to be expected are counts. Fewer
    ends than expected are longer days.
    """
    if pace is None or pace.is_empty():
        return []
    quarterly = figures.filter(pl.col("period") == "quarter")
    whole = quarterly.filter(pl.col("breakdown") == "all").select(
        "part", "period_start", pl.col("value").alias("centre")
    )
    told = (
        quarterly.filter((pl.col("breakdown") == "unit") & ~pl.col("state").is_in(_UNTOLD))
        .join(whole, on=["part", "period_start"], how="inner")
        .join(pace, on=["part", "period_start", "level"], how="inner", maintain_order="left")
        .filter(pl.col("expected") > 0)
    )
    return [
        row
        for rows in told.partition_by("part", "period_start", maintain_order=True)
        for row in _paced(list(rows.iter_rows(named=True)), measure)
    ]


def _paced(rows: list[Row], measure: Measure) -> list[Row]:
    seen = [row["observed"] for row in rows]
    due = [row["expected"] for row in rows]
    funnel = funnel_of_counts(seen, due)
    believed = benjamini_hochberg(funnel.p_value, q=FALSE_DISCOVERIES).rejected
    made = []
    for at, row in enumerate(rows):
        side = funnel.signal.standing[at]
        if side != funnel.signal.adjusted_standing[at] or not believed[at]:
            side = "usual"
        made.append(
            {
                **_place(row, "units"),
                "value": row["value"],
                "centre": row["centre"],
                "lower": None,
                "upper": None,
                "signal": _word(_LONGER.get(side, side), measure.better),
                "reason": "" if side == "usual" else PACE.format(seen[at], due[at]),
            }
        )
    return made


def _funnel(rows: list[Row], centre: float, metric: Metric) -> Funnel:
    counts = [row["numerator"] for row in rows]
    if metric.kind == "rate":
        return funnel_of_counts(counts, [centre * row["denominator"] / 100 for row in rows])
    sizes = [int(row["denominator"]) for row in rows]
    return funnel_of_shares(counts, sizes, centre=centre)


def _place(row: Row, against: str) -> Row:
    columns = ("metric", "measure", "part", "breakdown", "level", "period", "period_start")
    return {**{name: row[name] for name in columns}, "against": against}


def _word(side: str, better: Direction) -> str:
    """What a point above or below means for the measure."""
    if side in {"usual", "no_data"}:
        return "usual"
    if better == "neutral":
        return "higher" if side == "high" else "lower"
    return "better" if (side == "high") == (better == "higher") else "worse"


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
