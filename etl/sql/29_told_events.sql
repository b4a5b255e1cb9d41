-- core.told_events: one row per event that the exports tell of, whatever the as-of day.
create or replace table core.told_events as
with dated as (
    select
        events.case_key,
        events.source,
        events.snapshot,
        events.line,
        events.kind,
        events.level,
        events.occurred_on,
        events.occurred_at,
        events.ordinal,
        events.actor_key,
        events.party,
        events.until_on,
        coalesce(events.exactness = 'instant', false) as has_hours
    from staging.events as events
    inner join core.chosen_rows as chosen
        on
            events.snapshot = chosen.snapshot
            and events.case_key = chosen.case_key
            and events.line = coalesce(chosen.only_line, events.line)
    union all
    select
        derived.case_key,
        derived.source,
        derived.snapshot,
        derived.line,
        derived.kind,
        derived.level,
        derived.occurred_on,
        derived.occurred_at,
        derived.ordinal,
        derived.actor_key,
        null as party,
        null as until_on,
        coalesce(derived.exactness = 'instant', false) as has_hours
    from core.derived_events as derived
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
