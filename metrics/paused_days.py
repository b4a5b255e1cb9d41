"""How many of the days on which cases were open they stood paused, quarter by quarter."""

from typing import Any

import polars as pl

from etl.store import Store
from metrics.release_tables import TABLES

NOT_RECORDED = "No export of these cases records when a case is paused."

# From the receipt on, the day of the end left out. A pause runs to the next resumption of its
# reason, or of none, as it does for deadlines, and no longer than its case is open.
_SPANS = """
    with lives as (
        select
            cases.case_key,
            cases.unit,
            cases.received_on as from_on,
            coalesce(cases.resolved_on, cases.last_seen_on, parameters.as_of + 1) as until_on,
            recorded.kind is not null as is_recorded
        from core.cases as cases
        cross join staging.parameters as parameters
        left join core.recorded_kinds as recorded
            on cases.source = recorded.source and recorded.kind = 'paused'
        where cases.received_on is not null
    ),

    marks as (
        select case_key, kind, sequence, occurred_on, coalesce(level, '') as reason
        from core.events
        where kind in ('paused', 'resumed')
    ),

    pauses as (
        select
            lives.case_key,
            lives.unit,
            greatest(lives.from_on, opening.occurred_on) as from_on,
            coalesce(least(min(closing.occurred_on), lives.until_on), lives.until_on)
                as until_on
        from marks as opening
        inner join lives on opening.case_key = lives.case_key
        left join marks as closing
            on
                opening.case_key = closing.case_key
                and closing.kind = 'resumed'
                and opening.sequence < closing.sequence
                and (closing.reason in ('', opening.reason) or opening.reason = '')
        where opening.kind = 'paused'
        group by lives.case_key, lives.unit, lives.from_on, lives.until_on, opening.sequence,
            opening.occurred_on
    )

    select unit, from_on, until_on, if(is_recorded, 'open', 'unrecorded') as way from lives
    union all
    -- Pauses may overlap: each counts from where those before it end.
    select
        unit,
        greatest(from_on, coalesce(max(until_on) over before, from_on)) as from_on,
        until_on,
        'paused' as way
    from pauses
    window before as (
        partition by case_key order by from_on, until_on
        rows between unbounded preceding and 1 preceding
    )
"""
_DAYS = f"""
    with spans as ({_SPANS})

    select
        if(grouping(spans.unit) = 0, 'unit', 'all') as breakdown,
        coalesce(spans.unit, 'all') as level,
        quarters.period_start,
        quarters.period_end,
        spans.way,
        sum(
            least(spans.until_on, quarters.period_end)
            - greatest(spans.from_on, quarters.period_start)
        )::bigint as days
    from spans
    inner join metrics.quarters as quarters
        on spans.from_on < quarters.period_end and quarters.period_start < spans.until_on
    where spans.from_on < spans.until_on
    group by grouping sets (
        (quarters.period_start, quarters.period_end, spans.way),
        (quarters.period_start, quarters.period_end, spans.way, spans.unit)
    )
    order by all
"""  # noqa: S608  our own statement


def paused_days(store: Store, calendar: pl.DataFrame) -> pl.DataFrame:
    """One row per whole quarter, for everybody and each unit that had an open case in it.

    Columns as in `metrics.release.TABLES["paused_days"]`: the days on which cases were open,
    cases times days, how many of them the case stood paused, whatever rules make of it, and
    their share. `unrecorded` are the days of cases whose source never records a pause: they are
    no part of the share, and where there are no others it is not assessable. All days are
    counted, and those of one case hang together, so that the share has no interval.
    """
    quarters = calendar.filter((pl.col("period") == "quarter") & pl.col("complete"))
    store.replace("metrics.quarters", quarters.select("period_start", "period_end").unique())
    days = store.frame(_DAYS)
    store.drop("metrics.quarters")
    place = ("breakdown", "level", "period_start", "period_end")
    rows = [
        dict(zip(place, key, strict=True)) | _told(dict(ways.select("way", "days").iter_rows()))
        for key, ways in days.group_by(*place, maintain_order=True)
    ]
    return pl.DataFrame(rows, schema=TABLES["paused_days"])


def _told(days: dict[str, int]) -> dict[str, Any]:
    is_known = days.get("open", 0) > 0
    return {
        "open": days.get("open", 0),
        "paused": days.get("paused", 0),
        "unrecorded": days.get("unrecorded", 0),
        "share": days.get("paused", 0) / days["open"] if is_known else None,
        "state": "ok" if is_known else "not_assessable",
        "reason": "" if is_known else NOT_RECORDED,
    }
