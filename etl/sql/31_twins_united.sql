-- temp.twins_united: one row per event up to the as-of day that may be told more than once.
create or replace temp table temp.twins_united as
with placed as (
    select
        * exclude (ordinal),
        -- Told with and without its place, it is the same event.
        coalesce(
            ordinal,
            min(ordinal) over (partition by case_key, kind, level, party, occurred_at)
        ) as ordinal
    from temp.told_events
    where
        occurred_on <= (select parameters.as_of from staging.parameters as parameters)
        and hash(case_key, second) in (select crowded.mark from temp.crowded_seconds as crowded)
        and hash(case_key, kind, level, occurred_at)
        in (select twice.mark from temp.twice_told as twice)
)

select
    case_key,
    kind,
    occurred_on,
    occurred_at,
    level,
    party,
    ordinal,
    second,
    min(snapshot) as snapshot,
    min(line) as line,
    min(actor_key) as actor_key,
    max(until_on) as until_on,
    -- Told by the day and by the hour, it is known by the hour.
    bool_or(has_hours) as has_hours
from placed
group by case_key, kind, occurred_on, occurred_at, level, party, ordinal, second;
