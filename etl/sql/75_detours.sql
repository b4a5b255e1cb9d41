-- core.detours: one row per case and step done: whether the case came back to it from another.
create or replace table core.detours as
with changed as (
    select *
    from core.step_events
    qualify
        step is distinct from lag(step) over (partition by case_key order by place)
        or round is distinct from lag(round) over (partition by case_key order by place)
),

visits as (
    select
        *,
        lag(step, 2) over in_round = step as is_return,
        lag(occurred_on, 2) over in_round as left_on
    from changed
    window in_round as (partition by case_key, round order by place)
)

select
    visits.case_key,
    visits.step as part,
    case
        when cases.resolved_on is null then 'pending'
        when bool_or(visits.is_return) then 'gap'
        else 'kept'
    end as result,
    min(visits.occurred_on) filter (where visits.is_return) as found_on,
    sum(visits.occurred_on - visits.left_on) filter (where visits.is_return)::integer as days
from visits
inner join core.cases as cases on visits.case_key = cases.case_key
group by visits.case_key, visits.step, cases.resolved_on;
