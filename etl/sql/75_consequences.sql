-- core.consequences: one row per case that was upheld: whether anything followed in time.
create or replace table core.consequences as
with upheld as (
    select
        cases.case_key,
        cases.source,
        limits.part,
        limits.days,
        coalesce(firsts.decided_on, cases.resolved_on) as upheld_on
    from core.cases as cases
    inner join staging.practice_limits as limits on limits.demand = 'consequence'
    left join core.first_days as firsts on cases.case_key = firsts.case_key
    where
        cases.received_on is not null
        and list_contains(['substantiated', 'partly'], cases.outcome)
)

select
    upheld.case_key,
    upheld.part,
    case
        when recorded.kind is null or upheld.upheld_on is null then 'not_assessable'
        -- Nothing is judged before its day: else the young that are judged are the quick.
        when parameters.as_of <= upheld.upheld_on + upheld.days then 'pending'
        when followed.first_on <= upheld.upheld_on + upheld.days then 'kept'
        else 'gap'
    end as result,
    upheld.upheld_on + upheld.days + 1 as found_on,
    (coalesce(followed.first_on, parameters.as_of) - upheld.upheld_on)::integer as days
from upheld
cross join staging.parameters as parameters
left join core.recorded_kinds as recorded
    on upheld.source = recorded.source and recorded.kind = 'consequence'
left join core.milestones as followed
    on upheld.case_key = followed.case_key and followed.kind = 'consequence';
