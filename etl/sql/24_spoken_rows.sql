-- core.spoken_rows: one row per case and file known on the as-of day: where it speaks of it.
create or replace table core.spoken_rows as
with spoken as (
    select columns('^(snapshot|line|case_key)$') from staging.cases
    union all
    select columns('^(snapshot|line|case_key)$') from staging.events
    union all
    select columns('^(snapshot|line|case_key)$') from staging.findings
    union all
    select columns('^(snapshot|line|case_key)$') from staging.feedback
    union all
    select columns('^(snapshot|line|case_key)$') from staging.changes
    union all
    select columns('^(snapshot|line|case_key)$') from staging.source_deadlines
),

heard as (
    select
        snapshot,
        case_key,
        max(line) as last_line
    from spoken
    where snapshot in (select snapshots.snapshot from core.snapshots as snapshots)
    group by snapshot, case_key
)

select
    heard.snapshot,
    snapshots.source,
    snapshots.export,
    heard.case_key,
    snapshots.grain,
    snapshots.holds_until as as_of,
    snapshots.loading,
    heard.last_line
from heard
inner join core.snapshots as snapshots on heard.snapshot = snapshots.snapshot;
