-- scratch.told_again: one row per change that several pieces of a history tell alike.
create or replace table scratch.told_again as
-- It happened once: the latest piece's row stands for it.
with pieces as (
    select snapshot
    from core.snapshots
    where delivery = 'delta'
    qualify count(*) over (partition by source, export) > 1
)

select
    changes.case_key,
    changes.field,
    changes.export,
    changes.occurred_at,
    changes.ordinal,
    changes.before,
    changes.after,
    max(changes.snapshot) as snapshot
from staging.changes as changes
inner join pieces on changes.snapshot = pieces.snapshot
group by all
having min(changes.snapshot) < max(changes.snapshot);
