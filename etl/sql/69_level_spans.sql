-- core.level_spans: one row per case and uninterrupted stay on a level of the ladder.
create or replace table core.level_spans as
with arrivals as (
    select
        cases.case_key,
        ladder.level,
        cases.received_on as from_on,
        0 as place
    from core.cases as cases
    inner join staging.ladder as ladder on ladder.rank = 0
    where cases.received_on is not null
    union all
    select
        case_key,
        coalesce(to_level, 'unknown') as level,
        occurred_on as from_on,
        place
    from core.escalations
),

spans as (
    select
        *,
        lead(from_on) over (partition by case_key order by place) as left_on
    from arrivals
)

select
    spans.case_key,
    spans.place,
    spans.level,
    spans.from_on,
    -- The first day after the stay: it ends with the next level, or with the case.
    greatest(spans.from_on, coalesce(spans.left_on, cases.resolved_on, parameters.as_of + 1))
        as until_on,
    until_on - spans.from_on as days,
    coalesce(spans.left_on, cases.resolved_on) is not null as ended
from spans
inner join core.cases as cases on spans.case_key = cases.case_key
cross join staging.parameters as parameters;
