-- scratch.exact_midnights: one row per case, rule in hours and step that fell on a midnight.
create or replace table scratch.exact_midnights as
-- Midnight stands for a day without an hour, unless the export tells the hour itself.
with parts as (
    select
        rules.position,
        steps.kind,
        steps.role in ('stop', 'last_stop') as stops
    from staging.rules as rules
    inner join staging.rule_steps as steps on rules.position = steps.position
    where
        rules.length_unit = 'hours'
        and steps.role in ('start', 'last_start', 'restart', 'stop', 'last_stop')
    union
    select
        position,
        'received' as kind,
        false as stops
    from staging.rules
    where length_unit = 'hours' and from_receipt
)

select distinct
    cases.number,
    parts.position,
    parts.stops,
    events.occurred_at
from core.events as events
inner join parts on events.kind = parts.kind
inner join scratch.numbered_cases as cases on events.case_key = cases.case_key
cross join staging.parameters as parameters
where
    events.has_hours
    and events.occurred_at = timezone(
        'UTC', timezone(parameters.time_zone, events.occurred_on::timestamp)
    );
