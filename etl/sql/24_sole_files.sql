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
),

described as (
    select
        snapshot,
        count(*) as rows_told
    from staging.cases
    group by snapshot
),

spoken as (
    select
        snapshot,
        count(*) as cases
    from core.spoken_rows
    group by snapshot
)

select
    snapshots.snapshot,
    -- Where a row is a whole case, one row of it may still correct another, if there are two.
    snapshots.grain <> 'case' or described.rows_told = spoken.cases as every_row_counts
from alone
inner join core.snapshots as snapshots on alone.snapshot = snapshots.snapshot
left join described on alone.snapshot = described.snapshot
left join spoken on alone.snapshot = spoken.snapshot;
