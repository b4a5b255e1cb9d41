-- temp.described_rows: one row per row that may say what its case is like.
create or replace temp table temp.described_rows as
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
    rows_of.outcome,
    rows_of.status,
    rows_of.source_days,
    rows_of.source_due_on,
    rows_of.source_reopens,
    rows_of.source_verdict,
    rows_of.assignee_key,
    rows_of.reporter_key,
    rows_of.subject_key,
    rows_of.anonymity,
    rows_of.raised_by,
    rows_of.stated_at,
    rows_of.ordinal,
    snapshots.grain,
    snapshots.holds_until as as_of,
    chosen.only_line is not null or snapshots.grain = 'snapshot' as is_whole_case
from staging.cases as rows_of
inner join core.chosen_rows as chosen
    on rows_of.snapshot = chosen.snapshot and rows_of.case_key = chosen.case_key
inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
where
    rows_of.stated_on is null
    or rows_of.stated_on <= (select parameters.as_of from staging.parameters as parameters);
