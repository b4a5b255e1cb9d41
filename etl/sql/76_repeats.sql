-- core.repeats: one row per case and step done more than once between two reopenings.
create or replace table core.repeats as
with counted as (
    select
        case_key,
        position,
        round,
        max(occurred_on) as last_on,
        max(occurred_on) - min(occurred_on) as days
    from temp.step_events
    group by case_key, position, round
    having min(occurred_at) <> max(occurred_at)
)

select
    case_key,
    position,
    min(last_on) as found_on,
    sum(days)::integer as days
from counted
group by case_key, position;
