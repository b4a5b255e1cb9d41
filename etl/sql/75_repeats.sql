-- core.repeats: one row per case and step done: whether it was done more than once.
create or replace table core.repeats as
with counted as (
    select
        case_key,
        step,
        round,
        count(distinct occurred_at) > 1 as is_repeated,
        max(occurred_on) as last_on,
        max(occurred_on) - min(occurred_on) as days
    from core.step_events
    group by case_key, step, round
)

select
    counted.case_key,
    counted.step as part,
    case
        when cases.resolved_on is null then 'pending'
        when bool_or(counted.is_repeated) then 'gap'
        else 'kept'
    end as result,
    min(counted.last_on) filter (where counted.is_repeated) as found_on,
    sum(counted.days) filter (where counted.is_repeated)::integer as days
from counted
inner join core.cases as cases on counted.case_key = cases.case_key
group by counted.case_key, counted.step, cases.resolved_on;
