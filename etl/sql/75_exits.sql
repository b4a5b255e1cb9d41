-- core.exits: one row per case in which a service ended: whether a plan for that came before.
create or replace table core.exits as
select
    cases.case_key,
    limits.part,
    case
        when ended_recorded.kind is null or plan_recorded.kind is null then 'not_assessable'
        when plans.first_on <= ends.first_on then 'kept'
        else 'gap'
    end as result,
    ends.first_on as found_on,
    null::integer as days
from core.cases as cases
cross join staging.practice_limits as limits
left join core.recorded_kinds as ended_recorded
    on cases.source = ended_recorded.source and ended_recorded.kind = 'service_ended'
left join core.recorded_kinds as plan_recorded
    on cases.source = plan_recorded.source and plan_recorded.kind = 'disengagement_plan'
left join core.milestones as ends
    on cases.case_key = ends.case_key and ends.kind = 'service_ended'
left join core.milestones as plans
    on cases.case_key = plans.case_key and plans.kind = 'disengagement_plan'
where limits.demand = 'exit' and (ends.case_key is not null or ended_recorded.kind is null);
