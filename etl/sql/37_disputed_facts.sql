-- temp.disputed_facts: one row per case that several rows describe: what counts of them.
create or replace temp table temp.disputed_facts as
with several as (
    select case_key
    from temp.described_rows
    group by case_key
    having count(*) > 1
),

described as (
    select
        *,
        -- One row per allegation repeats the case: its first row stands for it. One row per
        -- case: the last row corrects those above it. One row per state: the last state counts.
        row_number() over (
            partition by case_key
            order by
                as_of desc,
                stated_at desc nulls last,
                ordinal desc nulls last,
                if(is_whole_case, -snapshot, snapshot),
                if(is_whole_case, -line, line)
        ) as place
    from temp.described_rows
    where case_key in (select several.case_key from several)
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
    arg_min_null(subject_key, place) as subject_key,
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
