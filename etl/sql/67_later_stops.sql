-- temp.later_stops: one row per round of a rule whose stops count only from its start on.
create or replace temp table temp.later_stops as
with seen as (
    select
        clocks.clock,
        steps.role,
        steps.alternative,
        steps.needed,
        timeline.kind,
        min(timeline.occurred_on) as first_on,
        min(timeline.occurred_at) as first_at
    from temp.due_days as clocks
    inner join staging.rules as rules on clocks.position = rules.position and rules.rounds
    inner join staging.rule_steps as steps
        on clocks.position = steps.position and steps.role in ('stop', 'lifted')
    inner join temp.timeline as timeline
        on clocks.number = timeline.number and steps.kind = timeline.kind
    where
        (steps.levels is null or list_contains(steps.levels, timeline.level))
        and (
            rules.earlier_stops <> 'ignored'
            or timeline.occurred_on > clocks.started_on
            or (not rules.repeats and timeline.occurred_on = clocks.started_on)
        )
    group by all
),

-- Kinds that must come together: the set is whole with the last of them.
sets as (
    select
        clock,
        role,
        max(first_on) as first_on,
        max(first_at) as first_at,
        if(needed = 1, any_value(kind), null) as kind
    from seen
    group by clock, role, alternative, needed, if(needed = 1, kind, null)
    having count(*) >= needed
)

select
    clock,
    min(first_on) filter (where role = 'stop') as done_on,
    min(first_at) filter (where role = 'stop') as done_at,
    arg_min(kind, first_at) filter (where role = 'stop') as done_kind,
    min(first_on) filter (where role = 'lifted') as lifted_on
from sets
group by clock;
