-- core.workloads: one row per open case and promise: whether somebody has time for it.
-- A view, since a person's other cases change what is said of this one.
create or replace view core.workloads as
with assigning as (
    select
        source,
        bool_or(assignee_key is not null) as is_recorded
    from core.cases
    group by source
),

waiting as (
    select
        cases.case_key,
        cases.received_on,
        cases.assignee_key,
        assigning.is_recorded,
        parameters.as_of,
        count(*) over (partition by cases.assignee_key) as load
    from core.cases as cases
    cross join staging.parameters as parameters
    inner join assigning on cases.source = assigning.source
    where
        cases.received_on is not null
        and cases.resolved_on is null
        and cases.last_seen_on is null
)

select
    waiting.case_key,
    limits.part,
    waiting.as_of as found_on,
    null::integer as days,
    case
        when not waiting.is_recorded then 'not_assessable'
        when limits.part = 'overloaded_handler'
            then if(waiting.load > limits.amount, 'gap', 'kept')
        when waiting.as_of <= waiting.received_on + limits.days then 'pending'
        when waiting.assignee_key is not null then 'kept'
        else 'gap'
    end as result
from waiting
inner join staging.practice_limits as limits
    on
        limits.demand = 'workload'
        and (
            limits.part = 'nobody_assigned'
            or waiting.assignee_key is not null
            or not waiting.is_recorded
        );
