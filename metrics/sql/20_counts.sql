-- metrics.counts: one row per part, place, month, outcome and day with a count.
create or replace table metrics.counts as
with dated as (
    select
        part,
        unit,
        category,
        channel,
        severity,
        outcome,
        -- Months by number: cheaper to group by than dates.
        (year(happened_on) * 12 + month(happened_on) - 1)::integer as month_number,
        coalesce(days, -1)::integer as band
    from metrics.contributed
    where happened_on is not null
),

-- Units are many and other levels few: all is grouped twice, by unit and by the others at once,
-- and what is left of the second once for each of the others and for everybody.
others as (
    select
        * exclude (unit),
        count(*) as n
    from dated
    group by all
),

placed as (
    select
        * exclude (unit, category, channel, severity),
        unit as place,
        count(*) as n
    from dated
    group by all
    union all by name
    select
        part,
        month_number,
        outcome,
        band,
        -- A level's place is never null in its own breakdown.
        coalesce(category, channel, severity, 0) as place,
        sum(n) as n
    from others
    group by grouping sets (
        (part, month_number, outcome, band),
        (part, month_number, outcome, band, category),
        (part, month_number, outcome, band, channel),
        (part, month_number, outcome, band, severity)
    )
)

select
    part,
    place,
    make_date(month_number // 12, month_number % 12 + 1, 1) as month,
    outcome,
    band,
    n::bigint as n
from placed;
