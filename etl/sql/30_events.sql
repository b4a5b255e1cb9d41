-- core.events: one row per case, kind, level, party, instant and place, up to the as-of day.
create or replace table core.events as
with placed as (
    select
        * exclude (ordinal),
        -- Told with and without its place, it is the same event.
        coalesce(
            ordinal,
            min(ordinal) over (partition by case_key, kind, level, party, occurred_at)
        ) as ordinal
    from core.told_events
    where occurred_on <= (select parameters.as_of from staging.parameters as parameters)
),

dated as (
    select
        case_key,
        source,
        kind,
        occurred_on,
        occurred_at,
        level,
        party,
        ordinal,
        min(snapshot) as snapshot,
        min(line) as line,
        min(actor_key) as actor_key,
        max(until_on) as until_on,
        -- Told by the day and by the hour, it is known by the hour.
        bool_or(has_hours) as has_hours
    from placed
    group by case_key, source, kind, occurred_on, occurred_at, level, party, ordinal
)

select
    *,
    row_number() over (
        partition by case_key
        order by
            occurred_at, kind <> 'received', ordinal nulls first, snapshot, line, kind, party
    ) as sequence
from dated;
