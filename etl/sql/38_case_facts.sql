-- core.case_facts: one row per case: what its export says of it, from the row that counts.
create or replace table core.case_facts as
with described as (
    select
        rows_of.*,
        chosen.only_line is not null as is_whole_case,
        -- One row per allegation repeats the case: its first row stands for it. One row per
        -- case: the last row corrects those above it.
        row_number() over (
            partition by rows_of.case_key
            order by
                snapshots.as_of desc,
                if(chosen.only_line is null, rows_of.snapshot, -rows_of.snapshot),
                if(chosen.only_line is null, rows_of.line, -rows_of.line)
        ) as place
    from staging.cases as rows_of
    inner join core.chosen_rows as chosen
        on rows_of.snapshot = chosen.snapshot and rows_of.case_key = chosen.case_key
    inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
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
    count(*) as export_rows,
    count(distinct row(unit, channel, severity, status, incident_on)) as versions
from described
group by case_key;
