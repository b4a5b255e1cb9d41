-- temp.again: one row per further round of a clock that runs again whenever it was stopped.
create or replace temp table temp.again as
with later as (
    select distinct
        starts.clock,
        starts.number,
        starts.position,
        timeline.occurred_on as started_on
    from temp.starts as starts
    inner join staging.rules as rules on starts.position = rules.position and rules.repeats
    inner join staging.rule_steps as steps
        on starts.position = steps.position and steps.role = 'stop'
    inner join temp.timeline as timeline
        on starts.number = timeline.number and steps.kind = timeline.kind
    where timeline.occurred_on > starts.started_on
)

select
    number,
    position,
    started_on,
    1 + row_number() over (partition by clock order by started_on) as round,
    -- The last digits of the key are the round.
    clock + row_number() over (partition by clock order by started_on) as clock
from later
qualify row_number() over (partition by clock order by started_on) < 1024;
