"""Time to resolution from counts: by day where they are exact, by band where they are not."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl

from metrics.figures import (
    KEY,
    WITHHELD,
    Row,
    Setting,
    as_figures,
    by_period,
    figure,
    grid,
)
from metrics.metric import Metric
from metrics.statistics.intervals import Estimate
from metrics.statistics.life_table import life_table
from metrics.statistics.survival import (
    Curve,
    kaplan_meier,
    quantile,
    share_open,
)

NOBODY = "There is nothing to count in this period."
TOO_FEW = "Fewer than {count} cases: a length of time of so few may point at one of them."
NOT_REACHED = "So many are still open that this point has not been reached."
NOT_WATCHED = "No case of this period has been watched for so long yet."
NOT_RECORDED = "The exports do not record what this length of time is measured by."

QUARTILES = {"q25": 0.25, "median": 0.5, "q75": 0.75, "p90": 0.9}
AGES = {"open_7": 7, "open_9": 9, "open_30": 30, "open_60": 60, "open_90": 90}
# Cases of which it cannot be known when the time began or ended: printed beside the figure.
UNRECORDED = "unrecorded"


def durations(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """Quartiles in days and shares still open, for every row of the grid.

    Exact counts give Kaplan-Meier by day; protected ones the actuarial estimate over the bands
    of the policy, so that no single case's duration can be read off.
    """
    found = {
        tuple(row[name] for name in KEY): row
        for row in _histograms(by_period(cells, metric, setting)).iter_rows(named=True)
    }
    rows: list[Row] = []
    for row in grid(setting, parts).iter_rows(named=True):
        histogram = found.get(tuple(row[name] for name in KEY))
        rows.append({**row, "measured": _measured(histogram, setting)})
    return as_figures(rows, metric, lambda name, row: row["measured"][name])


def _histograms(summed: pl.DataFrame) -> pl.DataFrame:
    """One row per figure's place: lists of bands, of cases ended and of cases open in each."""
    return (
        summed.with_columns(
            pl.col("n").is_null().alias("withheld"),
            pl.when(pl.col("outcome") == "ended").then("n").otherwise(0).alias("ended"),
            pl.when(pl.col("outcome") == "open").then("n").otherwise(0).alias("open"),
            pl.when(pl.col("outcome") == UNRECORDED).then("n").otherwise(0).alias(UNRECORDED),
        )
        .group_by(*KEY, "band")
        .agg(pl.col("ended", "open", UNRECORDED).sum(), pl.col("withheld").any())
        .sort("band")
        .group_by(*KEY, maintain_order=True)
        .agg(pl.col("band", "ended", "open", UNRECORDED), pl.col("withheld").any())
    )


def _measured(histogram: Mapping[str, Any] | None, setting: Setting) -> dict[str, Row]:
    ended = sum(histogram["ended"]) if histogram else 0
    still = sum(histogram["open"]) if histogram else 0
    lost = sum(histogram[UNRECORDED]) if histogram else 0
    beside: Row = {
        "numerator": ended,
        "denominator": ended + still,
        "pending": still,
        "missing": lost,
    }
    names = (*QUARTILES, *AGES)
    if histogram and histogram["withheld"]:
        gone = figure("withheld", WITHHELD, pending=None, missing=None)
        return dict.fromkeys(names, gone)
    if ended + still == 0 and lost >= (1 if setting.exact else setting.min_denominator):
        return {name: figure("not_assessable", NOT_RECORDED, **beside) for name in names}
    if histogram is None or (ended + still == 0 and setting.exact):
        return {name: figure("no_data", NOBODY, **beside) for name in names}
    if ended + still < setting.min_denominator:
        reason = TOO_FEW.format(count=setting.min_denominator)
        return {name: figure("few", reason, **beside) for name in names}
    curve = _curve(histogram, setting)
    quartiles = {
        name: _told(quantile(curve, share), NOT_REACHED, beside)
        for name, share in QUARTILES.items()
    }
    ages = {
        name: _told(share_open(curve, day), NOT_WATCHED, beside) for name, day in AGES.items()
    }
    return quartiles | ages


def _curve(histogram: Mapping[str, list[int]], setting: Setting) -> Curve:
    make: Callable[..., Curve] = kaplan_meier if setting.exact else life_table
    days, ended, still = (np.asarray(histogram[name]) for name in ("band", "ended", "open"))
    watched = days >= 0  # the unrecorded have no day
    return make(days[watched], ended[watched], still[watched])


def _told(estimate: Estimate, otherwise: str, beside: Row) -> Row:
    if estimate.value is None:
        return figure("not_reached", otherwise, low=estimate.low, **beside)
    return figure(value=estimate.value, low=estimate.low, high=estimate.high, **beside)
