-- core.step_states: one row per case and step of the procedure: when done, when proven over.
create or replace table core.step_states as
with dated as (
    select
        cases.case_key,
        steps.position,
        steps.is_recorded,
        steps.is_required,
        steps.is_next_recorded,
        cases.resolved_on,
        date '1900-01-01' + cases.days[steps.done_place]::integer as done_on,
        least(
            date '1900-01-01' + cases.days[steps.proven_place]::integer, cases.resolved_on
        ) as proven_on,
        date '1900-01-01' + cases.days[steps.next_place]::integer as next_on
    from temp.case_steps as cases
    inner join temp.plain_steps as steps
        on
            cases.source = steps.source
            and cases.severity = steps.severity
            and cases.positions = steps.positions
    where cases.is_plain
)

select
    case_key,
    position,
    done_on,
    proven_on,
    next_on,
    -- What proves this step over, where the next one was not taken, proves that over too.
    next_on is null and (proven_on is not null or not is_next_recorded) as is_next_lost,
    is_recorded,
    is_required,
    resolved_on
from dated
union all
select
    odd.case_key,
    odd.position,
    odd.done_on,
    odd.proven_on,
    nexts.done_on as next_on,
    nexts.done_on is null
    and (nexts.proven_on is not null or not demanded.recorded[odd.position + 2])
        as is_next_lost,
    demanded.recorded[odd.position + 1] as is_recorded,
    demanded.required[odd.position + 1] as is_required,
    cases.resolved_on
from temp.odd_states as odd
inner join core.cases as cases on odd.case_key = cases.case_key
inner join temp.demanded_steps as demanded
    on cases.source = demanded.source and cases.severity = demanded.severity
left join temp.odd_states as nexts
    on odd.case_key = nexts.case_key and odd.position + 1 = nexts.position;
