-- core.conflicts: one row per case that one delivery describes in several ways as of one day.
create or replace table core.conflicts as
with steps as (
    select
        events.case_key,
        events.snapshot,
        events.line,
        list((events.kind, events.level, events.occurred_at) order by events.kind) as told
    from staging.events as events
    inner join core.case_facts as facts
        on events.case_key = facts.case_key and facts.export_rows > 1
    group by events.case_key, events.snapshot, events.line
),

described as (
    select
        rows_of.source,
        rows_of.export,
        rows_of.case_key,
        row(
            rows_of.unit, rows_of.category, rows_of.channel, rows_of.severity,
            rows_of.outcome, rows_of.status, rows_of.incident_on, rows_of.source_days,
            steps.told
        ) as facts,
        row(steps.told) as steps_told
    from staging.cases as rows_of
    inner join core.case_facts as facts
        on rows_of.case_key = facts.case_key and facts.export_rows > 1
    inner join core.chosen_rows as chosen
        on
            rows_of.snapshot = chosen.snapshot
            and rows_of.case_key = chosen.case_key
            and chosen.only_line is not null
    left join steps
        on
            rows_of.snapshot = steps.snapshot
            and rows_of.line = steps.line
            and rows_of.case_key = steps.case_key
)

select
    source,
    export,
    case_key,
    count(distinct facts) as ways,
    count(distinct steps_told) as ways_of_dating
from described
group by source, export, case_key
having count(distinct facts) > 1;
