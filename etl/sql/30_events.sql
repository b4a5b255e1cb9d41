-- core.events: one row per case, kind, level, party, instant and place, up to the as-of day.
create or replace table core.events as
with dated as (
    select
        case_key,
        source,
        kind,
        occurred_on,
        occurred_at,
        level,
        party,
        ordinal,
        snapshot,
        line,
        actor_key,
        until_on,
        has_hours
    from temp.twins_united
    union all
    select
        case_key,
        source,
        kind,
        occurred_on,
        occurred_at,
        level,
        party,
        ordinal,
        snapshot,
        line,
        actor_key,
        until_on,
        has_hours
    from temp.told_events
    where
        occurred_on <= (select parameters.as_of from staging.parameters as parameters)
        and hash(case_key, kind, level, occurred_at)
        not in (select twice.mark from temp.twice_told as twice)
)

select
    *,
    row_number() over (
        partition by case_key
        order by
            occurred_at, kind <> 'received', ordinal nulls first, snapshot, line, kind, party
    ) as sequence
from dated;
