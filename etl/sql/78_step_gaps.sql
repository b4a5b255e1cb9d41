-- core.step_gaps: one row per case, kind of gap and step or other part: its result.
create or replace view core.step_gaps as
with found as (
    select
        case_key,
        'skipped' as gap,
        position,
        case
            when proven_on is null then 'pending'
            when done_on is not null then 'kept'
            when not is_recorded or is_required is null then 'not_assessable'
            else 'gap'
        end as result,
        proven_on as found_on,
        null::integer as days
    from core.step_states
    where is_required is distinct from false
    union all
    select
        states.case_key,
        'out_of_order' as gap,
        states.position,
        case
            when states.done_on is null then 'not_assessable'
            when disorders.case_key is not null then 'gap'
            else 'kept'
        end as result,
        states.done_on as found_on,
        null::integer as days
    from core.step_states as states
    left join core.disorders as disorders
        on states.case_key = disorders.case_key and states.position = disorders.position
    where
        states.done_on is not null
        -- Done, for all we know, and never recorded.
        or (states.proven_on is not null and not states.is_recorded)
    union all by name
    select *
    from core.done_again
)

select
    found.case_key,
    found.gap,
    steps.step as part,
    found.result,
    found.found_on,
    found.days
from found
inner join staging.procedure_steps as steps on found.position = steps.position
union all
select
    case_key,
    gap,
    part,
    result,
    found_on,
    days
from core.owed_gaps;
