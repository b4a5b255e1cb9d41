-- temp.told_events: one row per event that the exports tell of, whatever the as-of day.
-- A view: to write millions of events down once more takes longer than to look them up.
create or replace temp view temp.told_events as
with told as (
    select
        * exclude (exactness),
        coalesce(exactness = 'instant', false) as has_hours
    from temp.counted_events
    union all by name
    select
        case_key,
        snapshot,
        line,
        kind,
        level,
        occurred_on,
        occurred_at,
        ordinal,
        actor_key,
        coalesce(exactness = 'instant', false) as has_hours
    from core.derived_events
    union all by name
    select
        case_key,
        snapshot,
        line,
        'received' as kind,
        stated_on as occurred_on,
        stated_at as occurred_at,
        false as has_hours
    from temp.opened_cases
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
    -- Seconds since the first day of the year 1.
    (epoch_us(coalesce(occurred_at, occurred_on::timestamp)) + 62135596800000000)
    // 1000000 as second
from told;
