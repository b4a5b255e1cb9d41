-- core.chosen_rows: one row per case, export and file of the loading that speaks last for it.
create or replace table core.chosen_rows as
with competing as (
    select
        spoken.snapshot,
        spoken.case_key,
        spoken.last_line,
        snapshots.source,
        snapshots.export,
        snapshots.grain,
        snapshots.holds_until,
        snapshots.loading
    from core.spoken_rows as spoken
    inner join core.snapshots as snapshots on spoken.snapshot = snapshots.snapshot
    anti join temp.sole_files as alone on spoken.snapshot = alone.snapshot
),

-- Files that are loaded together are parts of one delivery: a history may be cut in two.
latest as (
    select
        source,
        export,
        case_key,
        max_by(loading, (holds_until, loading)) as loading
    from competing
    group by source, export, case_key
)

-- Where a row is a whole case, the last row of the delivery corrects those above it.
select
    heard.case_key,
    heard.snapshot,
    case
        when heard.grain <> 'case' then null
        when heard.snapshot = max(heard.snapshot) over (
            partition by heard.source, heard.export, heard.case_key
        ) then heard.last_line
        else 0
    end as only_line
from competing as heard
inner join latest
    on
        heard.source = latest.source
        and heard.export = latest.export
        and heard.case_key = latest.case_key
        and heard.loading = latest.loading
union all
select
    spoken.case_key,
    spoken.snapshot,
    if(snapshots.grain = 'case', spoken.last_line, null) as only_line
from core.spoken_rows as spoken
inner join core.snapshots as snapshots on spoken.snapshot = snapshots.snapshot
semi join temp.sole_files as alone on spoken.snapshot = alone.snapshot;
