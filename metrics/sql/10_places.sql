-- metrics.places: one row per breakdown and level that anything counted has: a number.
create or replace table metrics.places as
with levels as (
    select distinct
        'unit' as breakdown,
        unit as level
    from core.cases
    union
    select distinct
        'category' as breakdown,
        category as level
    from core.cases
    union
    select distinct
        'channel' as breakdown,
        channel as level
    from core.cases
    union
    select distinct
        'severity' as breakdown,
        severity as level
    from core.cases
    union
    select distinct
        'unit' as breakdown,
        unit as level
    from core.engagements
    union
    -- What is counted beside the cases has no level of its own.
    select
        unnest(['unit', 'category', 'channel', 'severity']) as breakdown,
        'unknown' as level
    union
    select
        'all' as breakdown,
        'all' as level
)

select
    breakdown,
    level,
    -- In the order in which cells stand, 'all' being the first: its place is 0.
    (row_number() over (order by breakdown, level) - 1)::integer as place
from levels;
