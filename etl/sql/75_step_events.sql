-- temp.step_events: one row per event that is a step and case whose steps are not plain.
create or replace temp table temp.step_events as
with rounds as (
    select
        *,
        -- A case that is opened again takes its steps again: that is no detour. What one row
        -- tells beside the opening comes after it.
        count(*) filter (where kind = 'reopened') over (
            partition by case_key
            order by occurred_at, ordinal nulls first, snapshot, line
            range between unbounded preceding and current row
        )::integer as round
    from core.events
    where case_key in (
        select cases.case_key
        from temp.case_steps as cases
        where not cases.is_plain
    )
)

select
    rounds.case_key,
    rounds.snapshot,
    rounds.round,
    steps.step,
    steps.position,
    rounds.occurred_on,
    rounds.occurred_at,
    rounds.ordinal,
    -- What happened at the same instant, or on the same day where no more is told, was done
    -- in the order of the procedure, unless the export itself tells the order.
    row_number() over (
        partition by rounds.case_key
        order by rounds.occurred_at, rounds.ordinal nulls first, steps.position, rounds.sequence
    ) as place
from rounds
inner join staging.procedure_steps as steps on rounds.kind = steps.step;
