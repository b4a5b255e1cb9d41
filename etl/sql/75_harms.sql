-- core.harms: one row per case and harm that is watched for: whether it came within its days.
create or replace table core.harms as
with watched as (
    select *
    from staging.practice_limits
    where demand = 'harm'
),

harms as (
    select
        case_key,
        kind,
        min(occurred_on) as first_on
    from core.events
    where kind in (select watched.part from watched)
    group by case_key, kind
)

select
    cases.case_key,
    limits.part,
    case
        when recorded.kind is null then 'not_assessable'
        -- Harm that came early waits too: judged at once, it would be all that is judged.
        when parameters.as_of <= cases.received_on + limits.days then 'pending'
        when harms.first_on <= cases.received_on + limits.days then 'gap'
        else 'kept'
    end as result,
    harms.first_on as found_on,
    (harms.first_on - cases.received_on)::integer as days
from core.cases as cases
cross join staging.parameters as parameters
cross join watched as limits
left join core.recorded_kinds as recorded
    on cases.source = recorded.source and limits.part = recorded.kind
left join harms
    on cases.case_key = harms.case_key and limits.part = harms.kind
where
    cases.received_on is not null
    -- Nobody can take revenge on a person of whom nobody knows who it is.
    and (
        limits.part = 'confidentiality_breach'
        or cases.anonymity is distinct from 'anonymous'
    );
