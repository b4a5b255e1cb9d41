-- core.recorded_steps: one row per source and rule: whether its steps are ever recorded there.
create or replace table core.recorded_steps as
with sources as (
    select distinct source
    from core.cases
),

sets as (
    select
        sources.source,
        steps.position,
        steps.role,
        count(recorded.kind) = max(steps.needed) as recorded
    from sources
    cross join staging.rule_steps as steps
    left join core.recorded_kinds as recorded
        on sources.source = recorded.source and steps.kind = recorded.kind
    where steps.role in ('start', 'last_start', 'stop', 'last_stop')
    group by
        sources.source, steps.position, steps.role, steps.alternative,
        if(steps.needed = 1, steps.kind, null)
)

select
    source,
    position,
    -- A rule that waits for lapses starts with nothing that an export could record.
    coalesce(bool_or(recorded) filter (where role like '%start'), true) as start_recorded,
    coalesce(bool_or(recorded) filter (where role like '%stop'), false) as stop_recorded
from sets
group by source, position;
