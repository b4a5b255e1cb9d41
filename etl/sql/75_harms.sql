-- core.harms: one row per case and harm that is watched for: whether it came within its days.
create or replace table core.harms as
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
inner join staging.practice_limits as limits on limits.demand = 'harm'
left join core.recorded_kinds as recorded
    on cases.source = recorded.source and limits.part = recorded.kind
left join temp.named_milestones as harms
    on cases.case_key = harms.case_key and limits.part = harms.kind
where
    cases.received_on is not null
    -- Nobody can take revenge on a person of whom nobody knows who it is.
    and (
        limits.part = 'confidentiality_breach'
        or cases.anonymity is distinct from 'anonymous'
    );
