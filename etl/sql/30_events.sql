-- core.events: one row per case, kind, level and instant, up to the end of the as-of day.
create or replace table core.events as
with dated as (
    select
        case_key,
        source,
        kind,
        occurred_on,
        occurred_at,
        level,
        min(snapshot) as snapshot,
        min(line) as line,
        min(ordinal) as ordinal,
        min(actor_key) as actor_key
    from core.told_events
    where occurred_on <= (select parameters.as_of from staging.parameters as parameters)
    group by case_key, source, kind, occurred_on, occurred_at, level
)

select
    * exclude (ordinal),
    row_number() over (
        partition by case_key
        order by
            occurred_at, kind <> 'received', ordinal nulls first, snapshot, line, kind
    ) as sequence
from dated;
