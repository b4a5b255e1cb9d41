-- core.spoken_rows: one row per case and file known on the as-of day: where it speaks of it.
create or replace table core.spoken_rows as
with spoken as (
    select columns('^(snapshot|line|case_key)$') from staging.cases
    union all
    -- Where a row is a case, what it tells of steps stands in the same line.
    select columns('^(snapshot|line|case_key)$') from staging.events
    where
        snapshot not in (
            select snapshots.snapshot
            from core.snapshots as snapshots
            where snapshots.grain in ('case', 'allegation', 'snapshot')
        )
    union all
    select columns('^(snapshot|line|case_key)$') from staging.findings
    union all
    select columns('^(snapshot|line|case_key)$') from staging.feedback
    union all
    select columns('^(snapshot|line|case_key)$') from staging.changes
    union all
    select columns('^(snapshot|line|case_key)$') from staging.source_deadlines
)

select
    snapshot,
    case_key,
    max(line) as last_line
from spoken
where snapshot in (select snapshots.snapshot from core.snapshots as snapshots)
group by snapshot, case_key;
