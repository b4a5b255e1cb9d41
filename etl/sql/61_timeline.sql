-- scratch.timeline: one row per event of a case that some rule looks at, by the case's number.
create or replace table scratch.timeline as
with kinds as (
    select kind
    from staging.rule_steps
    union
    select kind
    from staging.extensions
    union
    select unnest(['paused', 'resumed', 'resolved', 'reopened']) as kind
    from staging.rules
    where pauses is not null
)

select
    cases.number,
    events.kind,
    events.level,
    events.sequence,
    events.occurred_on,
    events.until_on,
    coalesce(events.occurred_at, events.occurred_on::timestamp) as occurred_at
from core.events as events
inner join scratch.numbered_cases as cases on events.case_key = cases.case_key
where events.kind in (select kinds.kind from kinds)
union all
-- The day of the incident is a fact of the case, and may start a clock like an event.
select
    number,
    'incident' as kind,
    null as level,
    0 as sequence,
    incident_on as occurred_on,
    null as until_on,
    incident_on::timestamp as occurred_at
from scratch.numbered_cases
where incident_on is not null and 'incident' in (select kinds.kind from kinds);
