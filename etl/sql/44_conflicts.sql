-- core.conflicts: one row per case that one delivery describes in several ways as of one day.
create or replace table core.conflicts as
with told as (
    select rows_of.*
    from staging.cases as rows_of
    inner join core.case_facts as facts
        on rows_of.case_key = facts.case_key and facts.export_rows > 1
    inner join core.chosen_rows as chosen
        on
            rows_of.snapshot = chosen.snapshot
            and rows_of.case_key = chosen.case_key
            and chosen.only_line is not null
),

-- Exports that have one row each for a case have nothing to be compared with.
several as (
    select
        source,
        export,
        case_key
    from told
    group by source, export, case_key
    having count(*) > 1
),

steps as (
    select
        events.case_key,
        events.snapshot,
        events.line,
        list((events.kind, events.level, events.occurred_at) order by events.kind) as dated
    from staging.events as events
    semi join several on events.case_key = several.case_key
    group by events.case_key, events.snapshot, events.line
),

described as (
    select
        told.*,
        steps.dated
    from told
    semi join several on told.case_key = several.case_key
    left join steps
        on
            told.snapshot = steps.snapshot
            and told.line = steps.line
            and told.case_key = steps.case_key
)

select
    source,
    export,
    case_key,
    count(distinct row(
        unit, category, channel, severity, outcome, status, incident_on, source_days, dated
    )) as ways,
    count(distinct row(dated)) as ways_of_dating
from described
group by source, export, case_key
having ways > 1;
