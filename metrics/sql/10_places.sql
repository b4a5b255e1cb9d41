-- metrics.places: one row per breakdown and level that a case has, and one for all: a number.
create or replace table metrics.places as
with levels as (
    select distinct
        'unit' as breakdown,
        unit as level
    from core.cases
    union all
    select distinct
        'category' as breakdown,
        category as level
    from core.cases
    union all
    select distinct
        'channel' as breakdown,
        channel as level
    from core.cases
    union all
    select distinct
        'severity' as breakdown,
        severity as level
    from core.cases
    union all
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
