-- core.coverage_gaps: one row per source and span of days of which no delivery tells.
create or replace table core.coverage_gaps as
with spans as (
    select
        source,
        coverage_from,
        coverage_until,
        max(coverage_until) over (
            partition by source
            order by coverage_from, coverage_until, snapshot
            rows between unbounded preceding and 1 preceding
        ) as told_until
    from core.snapshots
    where grain in ('case', 'allegation') and coverage_from is not null
)

select
    source,
    told_until + 1 as gap_from,
    -- The first day that is told of again: periods are half open.
    coverage_from as gap_until
from spans
where coverage_from > told_until + 1;
