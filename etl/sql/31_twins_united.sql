-- temp.twins_united: one row per event up to the as-of day that may be told more than once.
create or replace temp table temp.twins_united as
with crowded as (
    select
        told.*,
        hash(told.case_key, told.kind, told.level, told.occurred_at)
        in (select twice.mark from temp.twice_told as twice) as is_twice,
        -- A row of a history is one event; each part of a case says all of its events again.
        told.kind = 'reopened' and snapshots.grain not in ('case', 'allegation') as opens
    from temp.told_events as told
    inner join core.snapshots as snapshots on told.snapshot = snapshots.snapshot
    where
        told.occurred_on <= (select parameters.as_of from staging.parameters as parameters)
        and hash(told.case_key, told.second)
        in (select seconds.mark from temp.crowded_seconds as seconds)
),

alternating as (
    select
        *,
        opens and not coalesce(lag(opens) over of_second, false) as turns
    from crowded
    where is_twice or kind in ('resolved', 'closed', 'cancelled', 'reopened')
    window of_second as (
        partition by case_key, second, snapshot order by occurred_at, ordinal, line
    )
),

placed as (
    select
        * exclude (ordinal),
        -- Told with and without its place, it is the same event.
        coalesce(
            ordinal, min(ordinal) over (partition by case_key, kind, level, party, occurred_at)
        ) as ordinal,
        -- Closed, reopened and closed again in one minute, a case was closed twice.
        count(*) filter (where turns) over (
            partition by case_key, second, snapshot order by occurred_at, ordinal, line
        ) as turn
    from alternating
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
where is_twice
group by case_key, kind, occurred_on, occurred_at, level, party, ordinal, second, turn;
