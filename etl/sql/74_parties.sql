-- core.parties: one row per case and party that must have news of it, and since when.
create or replace table core.parties as
-- Who raised the case is a party from the receipt on, unless nobody knows who it is; anybody
-- else from the first event that names them.
with named as (
    select
        case_key,
        party,
        min(occurred_on) as first_on
    from core.events
    where party is not null
    group by case_key, party
),

everybody as (
    select
        cases.case_key,
        cases.source,
        limits.part,
        limits.days as limit_days,
        limits.kinds,
        cases.resolved_on,
        if(limits.part = 'reporter', cases.received_on, named.first_on) as since_on
    from core.cases as cases
    cross join staging.practice_limits as limits
    left join named
        on cases.case_key = named.case_key and limits.part = named.party
    where
        limits.demand = 'news'
        and (limits.part <> 'reporter' or cases.anonymity is distinct from 'anonymous')
)

select *
from everybody
where since_on is not null;
