-- temp.seen_steps: one row per clock with an event that starts or stops it, its first.
create or replace temp table temp.seen_steps as
select
    timeline.number * 1048576 + steps.position * 1024 as clock,
    min(timeline.occurred_on) filter (where steps.role = 'start') as start_on,
    min(timeline.occurred_at) filter (where steps.role = 'start') as start_at,
    min(timeline.occurred_on) filter (where steps.role = 'stop') as stop_on,
    min(timeline.occurred_at) filter (where steps.role = 'stop') as stop_at,
    coalesce(bool_or(steps.role = 'passed'), false) as passed
from temp.timeline as timeline
inner join staging.rule_steps as steps
    on
        timeline.kind = steps.kind
        and (steps.levels is null or list_contains(steps.levels, timeline.level))
where steps.role in ('start', 'stop', 'passed')
group by timeline.number * 1048576 + steps.position * 1024;
