-- core.step_waits: one row per case and step done that another follows: the days until then.
create or replace view core.step_waits as
with spans as (
    select
        states.case_key,
        states.done_on as started_on,
        states.next_on as ended_on,
        steps.step || '_to_' || next_steps.step as part,
        case
            when states.next_on < states.done_on or states.is_next_lost then 'unrecorded'
            when states.next_on is not null then 'ended'
            else 'open'
        end as outcome,
        -- The last day on which a wait that has not ended was watched.
        coalesce(states.resolved_on, parameters.as_of) as watched_until
    from core.step_states as states
    inner join staging.procedure_steps as steps on states.position = steps.position
    inner join staging.procedure_steps as next_steps
        on steps.position + 1 = next_steps.position
    cross join staging.parameters as parameters
    where states.done_on is not null
)

select
    case_key,
    part,
    if(outcome = 'open' and watched_until < started_on, 'unrecorded', outcome) as outcome,
    case
        when outcome = 'ended' then ended_on - started_on
        when outcome = 'open' and watched_until >= started_on then watched_until - started_on
    end::integer as days
from spans;
