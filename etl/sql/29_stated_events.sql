-- temp.stated_events: one row per event as each export states it, whatever the as-of day.
-- A view: to write millions of events down once more takes longer than to look them up.
create or replace temp view temp.stated_events as
with told as (
    select
        * exclude (exactness),
        coalesce(exactness = 'instant', false) as has_hours
    from temp.counted_events
    union all by name
    select *
    from temp.former_ends
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
    has_hours
from told;
