-- temp.placed_events: one row per event up to the as-of day of a second that holds several.
create or replace temp table temp.placed_events as
with crowded as (
    select *
    from temp.twins_united
    union all by name
    select *
    from temp.told_events
    where
        occurred_on <= (select parameters.as_of from staging.parameters as parameters)
        and hash(case_key, second) in (select seconds.mark from temp.crowded_seconds as seconds)
        and hash(case_key, kind, level, occurred_at)
        not in (select twice.mark from temp.twice_told as twice)
)

select
    case_key,
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
    has_hours,
    second,
    row_number() over (
        partition by case_key, second
        order by
            occurred_at, kind <> 'received', ordinal nulls first, snapshot, line, kind, party
    ) as place
from crowded;
