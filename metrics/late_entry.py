"""Months that are still being entered: what they may come to, from how earlier ones grew."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from etl.store import Store
from metrics.periods import month_of, months_between
from metrics.release import TABLES
from metrics.statistics.completion import chain_ladder, reporting_triangle

METRIC = "report_frequency"
ENOUGH_MONTHS = 6
# A month of which so much is there is as good as whole.
NEARLY_ALL = 0.995
TOO_SHORT = (
    f"Fewer than {ENOUGH_MONTHS} months have passed in each of which every source was"
    " delivered, so that nobody can say how much of the newest months is still to come."
)

# The first delivery of a source tells of years at once: what it holds has no known delay.
# A full export that came again unchanged says of its month that nothing was entered in it.
_DELIVERED = """
    with told as (
        select source, as_of
        from core.snapshots
        where grain in ('case', 'allegation', 'snapshot')
        union all
        select snapshots.source, later.as_of
        from staging.confirmations as later
        cross join staging.parameters as parameters
        inner join core.snapshots as snapshots
            on later.source = snapshots.source
            and later.export = snapshots.export
            and later.sha256 = snapshots.sha256
        where snapshots.grain in ('case', 'allegation', 'snapshot')
            and later.as_of <= parameters.as_of
    )
    select distinct source, date_trunc('month', as_of)::date as month from told
"""
_ENTERED = """
    with seen as (
        select rows_of.case_key, min(snapshots.as_of) as entered_on
        from staging.cases as rows_of
        inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
        group by rows_of.case_key
    )
    select
        date_trunc('month', cases.received_on)::date as month,
        date_trunc('month', seen.entered_on)::date as entered,
        count(*)::bigint as n
    from core.cases as cases
    inner join seen on cases.case_key = seen.case_key
    where cases.received_on <= seen.entered_on
    group by all
"""


def late_months(store: Store) -> pl.DataFrame:
    """One row per whole month received of which some cases are still to be entered.

    Columns as in `metrics.release.TABLES["late_months"]`: cases seen so far, the share of the
    final number that this is thought to be, and the range of the final number (95 %), by the
    chain ladder of the months in which cases came in with the deliveries. `grey` where so
    little is there that the month is not to be compared at all. One row of state `few` where
    there have been too few monthly deliveries; none where nothing is late.
    """
    delivered = store.frame(_DELIVERED)
    months = _months(delivered)
    if len(months) < ENOUGH_MONTHS:
        return pl.DataFrame([_row(state="few", reason=TOO_SHORT)], schema=TABLES["late_months"])
    counted = store.frame(_ENTERED).filter(
        pl.col("month").is_in(months) & pl.col("entered").is_in(months)
    )
    as_of: date = store.frame("select as_of from staging.parameters")["as_of"][0]
    return _completed(counted, months, whole_until=as_of)


def _months(delivered: pl.DataFrame) -> list[date]:
    """Months in a row, up to the newest, in which every source was delivered, but the first."""
    if delivered.is_empty():
        return []
    sources = delivered["source"].n_unique()
    every = set(
        delivered.group_by("month").len().filter(pl.col("len") == sources)["month"].to_list()
    )
    newest = max(delivered["month"].to_list())
    run: list[date] = []
    for month in reversed(months_between(min(delivered["month"].to_list()), newest)):
        if month not in every:
            break
        run.insert(0, month)
    return run[1:]


def _completed(counted: pl.DataFrame, months: list[date], *, whole_until: date) -> pl.DataFrame:
    place = {month: number for number, month in enumerate(months)}
    rows = counted.filter(pl.col("entered") >= pl.col("month"))
    happened, recorded = (
        np.repeat([place[month] for month in rows[name]], rows["n"].to_numpy())
        for name in ("month", "entered")
    )
    found = chain_ladder(
        reporting_triangle(
            happened.astype(np.int64), recorded.astype(np.int64), months=len(months)
        )
    )
    told = [
        _row(
            month=month,
            seen=int(found.seen[at]),
            complete=_number(found.complete[at]),
            low=_count(found.low[at]),
            high=_count(found.high[at]),
            grey=bool(found.grey[at]),
        )
        for month, at in place.items()
        if not found.complete[at] >= NEARLY_ALL and _is_whole(month, whole_until)
    ]
    return pl.DataFrame(told, schema=TABLES["late_months"])


def _is_whole(month: date, until: date) -> bool:
    return month < month_of(until) or month_of(date.fromordinal(until.toordinal() + 1)) > month


def _row(**told: Any) -> dict[str, Any]:
    blank = dict.fromkeys(TABLES["late_months"])
    return {**blank, "metric": METRIC, "state": "ok", "reason": "", **told}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _count(value: float) -> int | None:
    return None if np.isnan(value) else int(value)
