-- temp.disputed_facts: one row per case that several rows describe: what counts of them.
create or replace temp table temp.disputed_facts as
with several as (
    select case_key from temp.described_rows
    group by case_key
    having count(*) > 1
),

described as (
    select
        rows_of.*,
        columns('^reads_'),
        rows_of.grain <> 'snapshot' as is_list,
        rows_of.grain <> 'snapshot' and reads.reads_status as is_told,
        -- Of allegations the first stands for the case, of corrections and states the last.
        row_number() over (
            partition by rows_of.case_key order by
                rows_of.as_of desc, rows_of.stated_at desc nulls last,
                rows_of.ordinal desc nulls last,
                if(rows_of.is_whole_case, -rows_of.snapshot, rows_of.snapshot),
                if(rows_of.is_whole_case, -rows_of.line, rows_of.line)
        ) as place
    from temp.described_rows as rows_of
    inner join temp.read_fields as reads on rows_of.snapshot = reads.snapshot
    where rows_of.case_key in (select several.case_key from several)
)

select
    case_key,
    arg_min_null(source, place) as source,
    arg_min_null(snapshot, place) as snapshot,
    arg_min_null(line, place) as line,
    arg_min_null(incident_on, place) filter (where reads_incident_on) as incident_on,
    arg_min_null(unit, place) filter (where reads_unit) as unit,
    arg_min_null(category, place) filter (where reads_category) as category,
    arg_min_null(channel, place) filter (where reads_channel) as channel,
    arg_min_null(severity, place) filter (where reads_severity) as severity,
    -- What one allegation came to is a finding; a state with a blank has no other status.
    arg_min_null(outcome, place) filter (where is_whole_case and reads_outcome) as outcome,
    arg_min_null(status, place) filter (where is_told or status is not null) as status,
    arg_min_null(source_days, place) filter (where reads_source_days) as source_days,
    arg_min_null(source_due_on, place) filter (where reads_source_due_on) as source_due_on,
    arg_min_null(source_reopens, place) filter (where reads_source_reopens) as source_reopens,
    arg_min_null(source_verdict, place) filter (where reads_source_verdict) as source_verdict,
    arg_min_null(assignee_key, place) filter (where reads_assignee_key) as assignee_key,
    arg_min_null(reporter_key, place) filter (where reads_reporter_key) as reporter_key,
    arg_min_null(subject_key, place) filter (where reads_subject_key) as subject_key,
    arg_min_null(anonymity, place) filter (where reads_anonymity) as anonymity,
    arg_min_null(raised_by, place) filter (where reads_raised_by) as raised_by,
    greatest(1, count(*) filter (where is_list)) as export_rows,
    -- Lists with a field each do not differ; nor do states, since a case moves on.
    greatest(
        1, count(distinct row(unit)) filter (where is_list and reads_unit),
        count(distinct row(channel)) filter (where is_list and reads_channel),
        count(distinct row(severity)) filter (where is_list and reads_severity),
        count(distinct row(status)) filter (where is_list and reads_status),
        count(distinct row(incident_on)) filter (where is_list and reads_incident_on)
    ) as versions
from described
group by case_key;
