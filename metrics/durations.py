"""Time to resolution from counts: by day where they are exact, by band where they are not."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
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
TOO_EARLY = (
    "Most cases of this period have not been watched for so long yet,"
    " and fewer than {count} of the others are still open then."
)
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
    names = tuple(measure.name for measure in metric.measures)
    rows: list[Row] = []
    for row in grid(setting, parts).iter_rows(named=True):
        histogram = found.get(tuple(row[name] for name in KEY))
        rows.append({**row, "measured": _measured(histogram, setting, names)})
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


def _measured(
    histogram: Mapping[str, Any] | None, setting: Setting, names: tuple[str, ...]
) -> dict[str, Row]:
    ended = sum(histogram["ended"]) if histogram else 0
    still = sum(histogram["open"]) if histogram else 0
    lost = sum(histogram[UNRECORDED]) if histogram else 0
    beside: Row = {
        "numerator": ended,
        "denominator": ended + still,
        "pending": still,
        "missing": lost,
    }
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

    def told(estimate: Estimate, day: float | None, otherwise: str) -> Row:
        if estimate.value is None:
            return figure("not_reached", otherwise, low=estimate.low, **beside)
        if day is not None and too_early(histogram, day, fewest=setting.min_denominator):
            reason = TOO_EARLY.format(count=setting.min_denominator)
            return figure("not_reached", reason, **beside)
        return figure(value=estimate.value, low=estimate.low, high=estimate.high, **beside)

    # No more than is told: of many levels and months each takes its time.
    reached = {name: quantile(curve, QUARTILES[name]) for name in names if name in QUARTILES}
    left = {name: (share_open(curve, AGES[name]), AGES[name]) for name in names if name in AGES}
    return {name: told(each, each.value, NOT_REACHED) for name, each in reached.items()} | {
        name: told(each, day, NOT_WATCHED) for name, (each, day) in left.items()
    }


def too_early(histogram: Mapping[str, npt.ArrayLike], day: float, *, fewest: int) -> bool:
    """Whether an estimate for this day stands on a few early cases of a young period.

    So it is where most cases were last seen open before the day, and fewer than `fewest` were
    seen on it: the first three decisions of a month say nothing of its other forty cases.
    """
    bands, ended, still = (np.asarray(histogram[name]) for name in ("band", "ended", "open"))
    known = bands >= 0
    left = int(still[known & (bands < day)].sum())
    at_risk = int((ended + still)[known & (bands >= day)].sum())
    return at_risk < fewest and 2 * left > int((ended + still)[known].sum())


def _curve(histogram: Mapping[str, list[int]], setting: Setting) -> Curve:
    make: Callable[..., Curve] = kaplan_meier if setting.exact else life_table
    days, ended, still = (np.asarray(histogram[name]) for name in ("band", "ended", "open"))
    watched = days >= 0  # the unrecorded have no day
    return make(days[watched], ended[watched], still[watched])
