-- metrics.doubtful: one row per case that a failed check puts in doubt for one metric.
create or replace table metrics.doubtful as
with at_fault as (
    select
        name,
        doubt
    from metrics.at_fault
    where metric = $metric
)

select
    affected.case_key,
    coalesce(bool_or(at_fault.doubt = 'misplaced'), false) as misplaced,
    coalesce(bool_or(at_fault.doubt = 'extra'), false) as extra,
    coalesce(bool_or(at_fault.doubt = 'unsure' and affected.step is null), false) as unsure,
    coalesce(
        list(distinct affected.step) filter (where at_fault.doubt = 'unsure'), []
    ) as steps
from quality.affected_cases as affected
inner join at_fault on affected.name = at_fault.name
group by affected.case_key;
