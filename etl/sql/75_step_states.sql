-- core.step_states: one row per case and step of the procedure: when done, when proven over.
create or replace table core.step_states as
with plain as (
    select
        cases.case_key,
        cases.positions,
        cases.days,
        cases.resolved_on,
        unnest(demanded.positions) as position,
        unnest(demanded.recorded) as is_recorded,
        unnest(demanded.required) as is_required
    from temp.case_steps as cases
    inner join temp.demanded_steps as demanded
        on cases.source = demanded.source and cases.severity = demanded.severity
    where cases.is_plain
)

select
    case_key,
    position,
    date '1900-01-01' + days[list_position(positions, position)]::integer as done_on,
    -- The steps that were taken stand in order: the next one proves all before it over.
    least(
        date '1900-01-01'
        + days[1 + len(list_filter(positions, lambda place: place <= position))]::integer,
        resolved_on
    ) as proven_on,
    is_recorded,
    is_required,
    resolved_on is null as is_open
from plain
union all
select
    odd.case_key,
    odd.position,
    odd.done_on,
    odd.proven_on,
    demanded.recorded[odd.position + 1] as is_recorded,
    demanded.required[odd.position + 1] as is_required,
    cases.resolved_on is null as is_open
from temp.odd_states as odd
inner join core.cases as cases on odd.case_key = cases.case_key
inner join temp.demanded_steps as demanded
    on cases.source = demanded.source and cases.severity = demanded.severity;
