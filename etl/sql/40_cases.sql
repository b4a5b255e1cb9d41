-- core.cases: one row per case received up to the as-of day, or whose receipt has no date.
create or replace table core.cases as
with gone as (
    select
        case_key,
        max(last_seen_on) as last_seen_on
    from core.vanished_cases
    group by case_key
)

select
    facts.case_key,
    facts.source,
    facts.snapshot,
    facts.line,
    receipts.received_on,
    receipts.received_at,
    facts.incident_on,
    case
        when facts.status in ('resolved', 'closed', 'cancelled') then 'closed'
        when facts.status is not null then 'open'
    end as status,
    facts.source_due_on,
    facts.source_days,
    facts.source_reopens,
    facts.source_verdict,
    facts.assignee_key,
    facts.reporter_key,
    facts.anonymity,
    facts.raised_by,
    -- Of a case that its newest full delivery lacks: the last day on which one had it.
    gone.last_seen_on,
    facts.export_rows,
    facts.versions,
    coalesce(facts.unit, 'unknown') as unit,
    coalesce(facts.category, 'unknown') as category,
    coalesce(facts.channel, 'unknown') as channel,
    coalesce(facts.severity, 'unknown') as severity,
    coalesce(facts.outcome, findings.outcome) as outcome,
    -- Closed for good: the last closure, unless the case was opened again after it.
    case
        when closures.closed_place > coalesce(closures.reopened_place, 0)
            then closures.closed_on
    end as resolved_on,
    -- Some systems tell how often a case was reopened and never when.
    closures.reopened_place is not null or coalesce(facts.source_reopens, 0) > 0 as reopened
from temp.described_cases as facts
left join temp.receipts as receipts on facts.case_key = receipts.case_key
left join core.findings as findings on facts.case_key = findings.case_key
left join core.closures as closures on facts.case_key = closures.case_key
left join gone on facts.case_key = gone.case_key
where
    receipts.received_on is null
    or receipts.received_on <= (select parameters.as_of from staging.parameters as parameters);
