-- temp.told_events: one row per event that the exports tell of, whatever the as-of day.
create or replace temp table temp.told_events as
with dated as (
    select
        case_key,
        source,
        snapshot,
        line,
        kind,
        level,
        occurred_on,
        occurred_at,
        ordinal,
        actor_key,
        party,
        until_on,
        coalesce(exactness = 'instant', false) as has_hours
    from temp.counted_events
    union all
    select
        case_key,
        source,
        snapshot,
        line,
        kind,
        level,
        occurred_on,
        occurred_at,
        ordinal,
        actor_key,
        null as party,
        null as until_on,
        coalesce(exactness = 'instant', false) as has_hours
    from core.derived_events
)

select * from dated
union all
select
    openings.case_key,
    openings.source,
    openings.snapshot,
    openings.line,
    'received' as kind,
    null as level,
    openings.stated_on as occurred_on,
    openings.stated_at as occurred_at,
    null as ordinal,
    null as actor_key,
    null as party,
    null as until_on,
    false as has_hours
from core.openings as openings
anti join dated
    on openings.case_key = dated.case_key and dated.kind = 'received';
