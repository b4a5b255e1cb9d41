-- core.notes: one row per case with notes: whether each was written when it happened.
create or replace table core.notes as
with written as (
    select
        events.case_key,
        limits.part,
        limits.days as allowed,
        -- A note stands on the day of what it tells, until the day on which it was written.
        max(events.until_on - events.occurred_on)::integer as days,
        max(events.until_on) as written_on,
        count(*) > count(events.until_on) as is_undated
    from core.events as events
    inner join core.cases as cases on events.case_key = cases.case_key
    inner join staging.practice_limits as limits
        on limits.demand = 'note' and events.kind = limits.part
    where cases.received_on is not null
    group by all
)

select
    case_key,
    part,
    case
        when days > allowed then 'gap'
        when is_undated then 'not_assessable'
        else 'kept'
    end as result,
    written_on as found_on,
    days
from written;
