"""How long cases would take if all went on as in one quarter, whenever they were received."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from etl.store import Store
from metrics.catalog.time_to_resolution import TIME_TO_RESOLUTION
from metrics.catalog.times import TIME_TO_ACKNOWLEDGEMENT
from metrics.metric import Metric
from metrics.release_tables import TABLES
from metrics.statistics.cohorts import day_numbers, period_cohort
from metrics.statistics.survival import kaplan_meier, quantile

METRICS = (TIME_TO_RESOLUTION, TIME_TO_ACKNOWLEDGEMENT)
MEASURE = "median"

# Below so many ends nothing is told: one more or less would be another figure.
ENOUGH = 10
TOO_FEW = f"Fewer than {ENOUGH} came to their end in this quarter."
EMPTIED = (
    "At some age before half had come to their end nobody was left to watch in this quarter,"
    " so that no such length can be told."
)
NOT_REACHED = "At the pace of this quarter half would not have come to their end at any age."

_WATCHED = """
    select
        unit,
        happened_on as began_on,
        days,
        outcome = 'ended' as ended,
        count(*)::bigint as n
    from ({contributions})
    where outcome in ('ended', 'open') and happened_on is not null and days >= 0
    group by all
"""


def in_period(store: Store, calendar: pl.DataFrame) -> pl.DataFrame:
    """One row per metric, whole quarter, and everybody or a unit: the median of the quarter.

    Columns as in `metrics.release.TABLES["in_period"]`. Whoever was waiting at any time of the
    quarter is watched during it alone, from the age already reached (late entry). The median
    says how long it would take if all went on as in this quarter: it need not wait for the
    cases received in it to end, and clearing a backlog does not lengthen it as it lengthens the
    age of closed cases. It stands beside the time of those received in a quarter and is never
    mixed with it. The interval is Brookmeyer and Crowley's of the log-log band.

    Sources: as `metrics.statistics.cohorts.period_cohort` and `survival.quantile`.
    """
    as_of: date = store.frame("select as_of from staging.parameters")["as_of"][0]
    quarters = (
        calendar.filter((pl.col("period") == "quarter") & pl.col("complete"))
        .filter(pl.col("period_end") <= as_of + timedelta(days=1))
        .select("period_start", "period_end")
        .unique()
        .sort("period_start")
    )
    rows = [row for metric in METRICS for row in _of(store, metric, quarters)]
    return pl.DataFrame(rows, schema=TABLES["in_period"])


def _of(store: Store, metric: Metric, quarters: pl.DataFrame) -> Iterator[dict[str, Any]]:
    watched = store.frame(_WATCHED.format(contributions=metric.contributions))
    parts = [("all", "all", watched)] + [
        ("unit", str(unit), rows)
        for (unit,), rows in sorted(watched.partition_by("unit", as_dict=True).items())
    ]
    for breakdown, level, rows in parts:
        for start, end in quarters.iter_rows():
            yield {
                "metric": metric.name,
                "breakdown": breakdown,
                "level": level,
                "period_start": start,
                "period_end": end,
                **_told(rows, start, end),
            }


def _told(rows: pl.DataFrame, start: date, end: date) -> dict[str, Any]:
    began = day_numbers(rows["began_on"].to_numpy())
    followed = period_cohort(
        began,
        began + rows["days"].to_numpy(),
        start=np.datetime64(start),
        end=np.datetime64(end),
        resolution="day",
    )
    n = rows["n"].to_numpy()[followed.rows].astype(np.float64)
    # One last seen open within the quarter left it without an end.
    ended = (followed.ended & rows["ended"].to_numpy()[followed.rows]) * n
    curve = kaplan_meier(followed.days, ended, n - ended, entered=followed.entered)
    median = quantile(curve, 0.5)
    last = math.inf if curve.emptied_on is None else curve.emptied_on
    # What came after half had ended says nothing of when they had.
    emptied = curve.starts_after is not None or _reached(median.value) >= last < math.inf
    state, reason = "ok", ""
    if ended.sum() < ENOUGH:
        state, reason = "few", TOO_FEW
    elif emptied:
        state, reason = "not_assessable", EMPTIED
    elif median.value is None:
        state, reason = "not_reached", NOT_REACHED
    shown = state in {"ok", "not_reached"}
    return {
        "ended": int(ended.sum()),
        "watched": int(n.sum()),
        "value": median.value if shown else None,
        "low": median.low if shown else None,
        "high": median.high if shown and _reached(median.high) < last else None,
        "state": state,
        "reason": reason,
    }


def _reached(day: float | None) -> float:
    return math.inf if day is None else day
