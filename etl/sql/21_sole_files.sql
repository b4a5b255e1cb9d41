-- temp.sole_files: one row per file with which no other file of its export competes.
create or replace temp table temp.sole_files as
with alone as (
    -- Where an export has come once, in one file, nothing need be compared.
    select min(snapshot) as snapshot
    from core.snapshots
    group by source, export
    having count(*) = 1
    union
    -- Of a history that comes in pieces every piece counts.
    select snapshot
    from core.snapshots
    where delivery = 'delta' and grain in ('event', 'change', 'snapshot')
)

select
    snapshots.snapshot,
    -- Where a row is a whole case, one row of it may still correct another.
    snapshots.grain <> 'case' as every_row_counts
from alone
inner join core.snapshots as snapshots on alone.snapshot = snapshots.snapshot;
