-- core.step_waits: one row per case and step of the procedure: the wait for the next one.
create or replace view core.step_waits as
with words as (
    -- As numbers that have names: millions of texts would take longer to count than to find.
    select
        'ended'::enum('ended', 'open', 'unrecorded') as ended,
        'open'::enum('ended', 'open', 'unrecorded') as still_open,
        'unrecorded'::enum('ended', 'open', 'unrecorded') as unrecorded
),

watched as (
    select
        states.*,
        steps.step,
        states.done_on is not null and nexts.position is not null as is_wait,
        states.next_on < states.done_on or states.is_next_lost as is_lost,
        -- The last day on which a wait that has not ended was watched.
        coalesce(states.next_on, states.resolved_on, parameters.as_of) as until_on
    from core.step_states as states
    inner join staging.procedure_steps as steps on states.position = steps.position
    left join staging.procedure_steps as nexts on states.position + 1 = nexts.position
    cross join staging.parameters as parameters
)

select
    watched.case_key,
    watched.position,
    watched.step,
    watched.done_on,
    watched.proven_on,
    watched.resolved_on,
    watched.is_recorded,
    watched.is_required,
    -- Null where the step was not done, or is the last.
    case
        when not watched.is_wait then null
        when watched.is_lost or watched.until_on < watched.done_on then words.unrecorded
        when watched.next_on is not null then words.ended
        else words.still_open
    end as outcome,
    case
        when
            watched.is_wait and not coalesce(watched.is_lost, false)
            and watched.until_on >= watched.done_on
            then watched.until_on - watched.done_on
    end::integer as days
from watched
cross join words;
