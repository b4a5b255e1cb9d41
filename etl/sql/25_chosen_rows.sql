-- core.chosen_rows: one row per case and export: the delivery that speaks last for the case.
create or replace table core.chosen_rows as
with spoken as (
    select
        snapshot,
        line,
        source,
        export,
        case_key
    from staging.cases
    union all
    select
        snapshot,
        line,
        source,
        export,
        case_key
    from staging.events
    union all
    select
        snapshot,
        line,
        source,
        export,
        case_key
    from staging.findings
    union all
    select
        snapshot,
        line,
        source,
        export,
        case_key
    from staging.feedback
),

latest as (
    select
        spoken.source,
        spoken.export,
        spoken.case_key,
        max_by(spoken.snapshot, (snapshots.as_of, spoken.snapshot)) as snapshot
    from spoken
    inner join core.snapshots as snapshots on spoken.snapshot = snapshots.snapshot
    group by spoken.source, spoken.export, spoken.case_key
)

-- Where a row is a whole case, the last row of the delivery corrects those above it.
select
    latest.source,
    latest.export,
    latest.case_key,
    latest.snapshot,
    max(spoken.line) filter (where snapshots.grain = 'case') as only_line
from latest
inner join spoken
    on latest.snapshot = spoken.snapshot and latest.case_key = spoken.case_key
inner join core.snapshots as snapshots on latest.snapshot = snapshots.snapshot
group by latest.source, latest.export, latest.case_key, latest.snapshot;
