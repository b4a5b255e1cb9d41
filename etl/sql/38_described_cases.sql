-- temp.described_cases: one row per case: what its export says of it, from the row that counts.
create or replace temp view temp.described_cases as
select
    case_key,
    source,
    snapshot,
    line,
    incident_on,
    unit,
    category,
    channel,
    severity,
    status,
    source_days,
    source_due_on,
    source_reopens,
    source_verdict,
    assignee_key,
    reporter_key,
    anonymity,
    raised_by,
    outcome,
    export_rows,
    versions
from temp.disputed_facts
union all
select
    rows_of.case_key,
    rows_of.source,
    rows_of.snapshot,
    rows_of.line,
    rows_of.incident_on,
    rows_of.unit,
    rows_of.category,
    rows_of.channel,
    rows_of.severity,
    rows_of.status,
    rows_of.source_days,
    rows_of.source_due_on,
    rows_of.source_reopens,
    rows_of.source_verdict,
    rows_of.assignee_key,
    rows_of.reporter_key,
    rows_of.anonymity,
    rows_of.raised_by,
    if(rows_of.is_whole_case, rows_of.outcome, null) as outcome,
    1::bigint as export_rows,
    1::bigint as versions
from temp.described_rows as rows_of
anti join temp.disputed_facts as disputed on rows_of.case_key = disputed.case_key;
