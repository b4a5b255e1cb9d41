-- temp.rare_steps: one row per clock with any other event that it looks at.
create or replace temp table temp.rare_steps as
select
    timeline.number * 1048576 + steps.position * 1024 as clock,
    any_value(steps.position) as position,
    max(timeline.occurred_on) filter (where steps.role = 'last_start') as last_start_on,
    max(timeline.occurred_at) filter (where steps.role = 'last_start') as last_start_at,
    max(timeline.occurred_on) filter (where steps.role = 'restart') as restart_on,
    max(timeline.occurred_at) filter (where steps.role = 'restart') as restart_at,
    min(timeline.occurred_on) filter (where steps.role = 'fallback') as fallback_on,
    max(timeline.occurred_on) filter (where steps.role = 'last_stop') as last_stop_on,
    max(timeline.occurred_at) filter (where steps.role = 'last_stop') as last_stop_at,
    -- What was closed and opened again is not closed.
    coalesce(
        max(timeline.sequence) filter (where steps.role = 'undone')
        > max(timeline.sequence) filter (where steps.role = 'last_stop'), false
    ) as undone,
    arg_min(timeline.kind, timeline.occurred_at) filter (where steps.role = 'one_of_stops')
        as stop_kind,
    min(timeline.occurred_on) filter (where steps.role = 'lifted') as lifted_on,
    min(timeline.occurred_on) filter (where steps.role = 'waited') as waited_on,
    coalesce(bool_or(steps.role = 'requested'), false) as requested,
    coalesce(bool_or(steps.role = 'stop_anywhere' and timeline.level is null), false)
        as level_lost
from temp.timeline as timeline
inner join staging.rule_steps as steps
    on
        timeline.kind = steps.kind
        and (steps.levels is null or list_contains(steps.levels, timeline.level))
where steps.role not in ('start', 'stop', 'passed')
group by timeline.number * 1048576 + steps.position * 1024;
