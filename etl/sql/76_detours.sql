-- core.detours: one row per case and step to which the case came back from another.
create or replace table core.detours as
with changed as (
    select *
    from temp.step_events
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
    case_key,
    position,
    min(occurred_on) as found_on,
    sum(occurred_on - left_on)::integer as days
from visits
where is_return
group by case_key, position;
