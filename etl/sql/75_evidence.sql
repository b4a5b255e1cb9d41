-- core.evidence: one row per case that was decided: whether enough sources spoke before that.
create or replace table core.evidence as
with spoken as (
    select
        cases.case_key,
        limits.part,
        recorded.kind is not null as is_recorded,
        limits.amount,
        firsts.decided_on,
        count(distinct evidence.party) as sources,
        count(evidence.kind) > count(evidence.party) as is_unnamed
    from core.cases as cases
    inner join staging.practice_limits as limits on limits.demand = 'evidence'
    inner join core.first_days as firsts
        on cases.case_key = firsts.case_key and firsts.decided_on is not null
    left join core.recorded_kinds as recorded
        on cases.source = recorded.source and recorded.kind = 'evidence_added'
    left join core.events as evidence
        on
            cases.case_key = evidence.case_key
            and evidence.kind = 'evidence_added'
            and firsts.decided_on >= evidence.occurred_on
    where cases.received_on is not null
    group by all
)

select
    case_key,
    part,
    case
        when not is_recorded then 'not_assessable'
        when sources >= amount then 'kept'
        -- Of some evidence nobody noted where it came from: perhaps from one source more.
        when is_unnamed then 'not_assessable'
        else 'gap'
    end as result,
    decided_on as found_on,
    null::integer as days
from spoken;
