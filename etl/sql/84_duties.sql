-- core.duties: one row per duty beside the cases that was planned: whether it was done in time.
create or replace table core.duties as
select
    duties.kind,
    duties.name,
    duties.due_on,
    if(duties.done_on <= parameters.as_of, duties.done_on, null) as done_on,
    case
        when parameters.as_of <= duties.due_on + limits.days then 'pending'
        when duties.done_on <= duties.due_on + limits.days then 'kept'
        else 'gap'
    end as result
from staging.duties as duties
cross join staging.parameters as parameters
inner join staging.practice_limits as limits
    on limits.demand = 'duty' and duties.kind = limits.part;
