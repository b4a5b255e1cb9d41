-- core.looks: one row per case and day of a look by a supervisor, first and last day included.
create or replace table core.looks as
with owed as (
    select
        cases.case_key,
        cases.received_on,
        coalesce(cases.resolved_on, parameters.as_of) as until_on  -- or it is not over yet
    from core.cases as cases
    cross join staging.parameters as parameters
    semi join staging.practice_limits as limits on limits.demand = 'review'
    where cases.received_on is not null
)

select
    owed.case_key,
    events.occurred_on as looked_on
from owed
inner join core.events as events
    on owed.case_key = events.case_key and events.kind = 'supervisor_review'
where owed.received_on <= events.occurred_on and events.occurred_on <= owed.until_on
union
select
    case_key,
    unnest([received_on, until_on]) as looked_on
from owed;
