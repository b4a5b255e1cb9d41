-- core.case_facts: one row per case: what its export says of it, from the row that counts.
create or replace table core.case_facts as
with described as (
    select
        rows_of.*,
        snapshots.grain,
        chosen.only_line is not null or snapshots.grain = 'snapshot' as is_whole_case,
        -- One row per allegation repeats the case: its first row stands for it. One row per
        -- case: the last row corrects those above it. One row per state: the last state counts.
        row_number() over (
            partition by rows_of.case_key
            order by
                snapshots.as_of desc,
                rows_of.stated_at desc nulls last,
                rows_of.ordinal desc nulls last,
                if(is_whole_case, -rows_of.snapshot, rows_of.snapshot),
                if(is_whole_case, -rows_of.line, rows_of.line)
        ) as place
    from staging.cases as rows_of
    inner join core.chosen_rows as chosen
        on rows_of.snapshot = chosen.snapshot and rows_of.case_key = chosen.case_key
    inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
    where
        rows_of.stated_on is null
        or rows_of.stated_on <= (select parameters.as_of from staging.parameters as parameters)
)

select
    case_key,
    arg_min_null(source, place) as source,
    arg_min_null(snapshot, place) as snapshot,
    arg_min_null(line, place) as line,
    arg_min_null(incident_on, place) as incident_on,
    arg_min_null(unit, place) as unit,
    arg_min_null(category, place) as category,
    arg_min_null(channel, place) as channel,
    arg_min_null(severity, place) as severity,
    -- What one allegation came to is a finding, not yet the outcome of its case.
    arg_min_null(outcome, place) filter (where is_whole_case) as outcome,
    arg_min_null(status, place) as status,
    arg_min_null(source_days, place) as source_days,
    arg_min_null(source_due_on, place) as source_due_on,
    arg_min_null(source_reopens, place) as source_reopens,
    arg_min_null(source_verdict, place) as source_verdict,
    arg_min_null(assignee_key, place) as assignee_key,
    arg_min_null(reporter_key, place) as reporter_key,
    arg_min_null(anonymity, place) as anonymity,
    arg_min_null(raised_by, place) as raised_by,
    -- The states of a case differ because it moves on; they are one description of it.
    greatest(1, count(*) filter (where grain <> 'snapshot')) as export_rows,
    greatest(
        1,
        count(distinct row(unit, channel, severity, status, incident_on))
        filter (where grain <> 'snapshot')
    ) as versions
from described
group by case_key;
