-- core.own_decisions: one row per case reviewed from outside: whether we decided it ourselves.
create or replace table core.own_decisions as
select
    cases.case_key,
    limits.part,
    case
        when reviewing.kind is null or deciding.kind is null then 'not_assessable'
        -- Nothing is judged before its day: else the young that are judged are the quick.
        when parameters.as_of <= reviews.first_on + limits.days then 'pending'
        when decisions.first_on <= reviews.first_on + limits.days then 'kept'
        else 'gap'
    end as result,
    reviews.first_on + limits.days + 1 as found_on,
    (coalesce(decisions.first_on, parameters.as_of) - reviews.first_on)::integer as days
from core.cases as cases
cross join staging.parameters as parameters
inner join staging.practice_limits as limits on limits.demand = 'own_decision'
left join core.recorded_kinds as reviewing
    on cases.source = reviewing.source and limits.part = reviewing.kind
left join core.recorded_kinds as deciding
    on cases.source = deciding.source and list_contains(limits.kinds, deciding.kind)
left join core.milestones as reviews
    on cases.case_key = reviews.case_key and limits.part = reviews.kind
left join core.milestones as decisions
    on cases.case_key = decisions.case_key and list_contains(limits.kinds, decisions.kind)
where
    cases.received_on is not null
    and (reviews.case_key is not null or reviewing.kind is null);
