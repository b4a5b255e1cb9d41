-- core.later_reports: one row per case settled early: whether its subject was reported again.
-- A view, since a later case of somebody else's changes what is said of this one.
create or replace view core.later_reports as
with settled as (
    select
        cases.case_key,
        cases.subject_key,
        limits.part,
        min(events.occurred_on) as settled_on,
        min(events.occurred_on) + limits.days as until_on
    from core.cases as cases
    inner join core.events as events on cases.case_key = events.case_key
    inner join staging.practice_limits as limits
        on limits.demand = 'repeat' and list_contains(limits.kinds, events.kind)
    where cases.received_on is not null
    group by cases.case_key, cases.subject_key, limits.part, limits.days
),

returned as (
    select
        settled.*,
        min(later.received_on) as again_on
    from settled
    left join core.cases as later
        on
            settled.subject_key = later.subject_key
            and settled.case_key <> later.case_key
            and settled.settled_on < later.received_on
            and settled.until_on >= later.received_on
    group by all
)

select
    returned.case_key,
    returned.part,
    returned.again_on as found_on,
    (returned.again_on - returned.settled_on)::integer as days,
    case
        when returned.subject_key is null then 'not_assessable'
        -- One that came back early waits too: judged at once, it would be all that is judged.
        when parameters.as_of <= returned.until_on then 'pending'
        when returned.again_on is not null then 'gap'
        else 'kept'
    end as result
from returned
cross join staging.parameters as parameters;
