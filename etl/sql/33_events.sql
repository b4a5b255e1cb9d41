-- core.events: one row per case, kind, level, party, instant and place, up to the as-of day.
create or replace table core.events as
with placed as (
    select *
    from temp.placed_events
    union all by name
    -- Alone in its second, an event stands in its place without a look at any other.
    select
        *,
        0 as place
    from temp.told_events
    where
        occurred_on <= (select parameters.as_of from staging.parameters as parameters)
        and hash(case_key, second)
        not in (select crowded.mark from temp.crowded_seconds as crowded)
)

select
    placed.case_key,
    snapshots.source,
    placed.kind,
    placed.occurred_on,
    placed.occurred_at,
    placed.level,
    placed.party,
    placed.ordinal,
    placed.snapshot,
    placed.line,
    placed.actor_key,
    placed.until_on,
    placed.has_hours,
    -- Grows from event to event of a case: its second, and its place within that.
    placed.second * 16777216 + placed.place as sequence
from placed
inner join core.snapshots as snapshots on placed.snapshot = snapshots.snapshot;
