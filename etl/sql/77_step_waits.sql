-- core.step_waits: one row per case and step done that another follows: the days until then.
create or replace view core.step_waits as
with spans as (
    select
        befores.case_key,
        befores.done_on as started_on,
        afters.done_on as ended_on,
        steps.step || '_to_' || next_steps.step as part,
        case
            when afters.done_on < befores.done_on then 'unrecorded'
            when afters.done_on is not null then 'ended'
            when afters.proven_on is not null or not afters.is_recorded then 'unrecorded'
            else 'open'
        end as outcome,
        -- The last day on which a wait that has not ended was watched.
        coalesce(cases.resolved_on, parameters.as_of) as watched_until
    from core.step_states as befores
    inner join core.step_states as afters
        on befores.case_key = afters.case_key and befores.position + 1 = afters.position
    inner join staging.procedure_steps as steps on befores.position = steps.position
    inner join staging.procedure_steps as next_steps on afters.position = next_steps.position
    inner join core.cases as cases on befores.case_key = cases.case_key
    cross join staging.parameters as parameters
    where befores.done_on is not null
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
