-- temp.former_ends: one row per end of a case that an earlier delivery tells alone.
-- A list shows the last end alone: to leave out the one before a reopening corrects nothing.
create or replace temp table temp.former_ends as
with reopenings as (
    select
        events.case_key,
        snapshots.source,
        snapshots.export,
        { 'as_of': snapshots.holds_until, 'loading': snapshots.loading } as told,
        min(events.occurred_on) as reopened_on,
        min(events.occurred_at) as reopened_at
    from temp.contested_events as events
    inner join core.snapshots as snapshots on events.snapshot = snapshots.snapshot
    where events.kind = 'reopened' and snapshots.grain in ('case', 'allegation')
    group by all
),

ends as (
    select
        case_key,
        occurred_on
    from temp.counted_events
    where kind in ('resolved', 'closed', 'cancelled')
    union all
    select
        case_key,
        occurred_on
    from core.derived_events
    where kind in ('resolved', 'closed', 'cancelled')
)

select
    events.case_key,
    events.snapshot,
    events.line,
    events.kind,
    events.level,
    events.occurred_on,
    events.occurred_at,
    events.ordinal,
    events.actor_key,
    coalesce(events.exactness = 'instant', false) as has_hours
from staging.events as events
inner join core.snapshots as earlier on events.snapshot = earlier.snapshot
inner join reopenings
    on
        events.case_key = reopenings.case_key
        and earlier.source = reopenings.source
        and earlier.export = reopenings.export
        and { 'as_of': earlier.holds_until, 'loading': earlier.loading } < reopenings.told
        and events.occurred_on <= reopenings.reopened_on
        and coalesce(events.occurred_at <= reopenings.reopened_at, true)
anti join ends
    on reopenings.case_key = ends.case_key and reopenings.reopened_on >= ends.occurred_on
where events.kind in ('resolved', 'closed', 'cancelled')
-- Of several the newest is believed.
qualify dense_rank() over (
    partition by events.case_key, reopenings.source, reopenings.export
    order by earlier.holds_until desc, earlier.loading desc
) = 1;
