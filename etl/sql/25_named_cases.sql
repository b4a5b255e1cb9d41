-- core.named_cases: one row per case and file known on the as-of day that names it.
create or replace view core.named_cases as
with named as (
    select
        snapshot,
        case_key,
        true as is_read
    from core.spoken_rows
    union all
    -- A row of which something could not be read says that the case is there, and no more.
    select
        snapshot,
        case_key,
        false as is_read
    from staging.rejects
    where case_key is not null
)

select
    named.case_key,
    named.snapshot,
    named.is_read,
    snapshots.source,
    snapshots.export,
    snapshots.holds_until,
    snapshots.loading
from named
inner join core.snapshots as snapshots on named.snapshot = snapshots.snapshot;
