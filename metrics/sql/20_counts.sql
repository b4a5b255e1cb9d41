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

-- Units are many and the other levels few: all contributions are grouped twice, by unit and by
-- the other three at once, and what is left of them once for each of these and for all.
others as (
    select
        part,
        month_number,
        outcome,
        band,
        category,
        channel,
        severity,
        count(*) as n
    from dated
    group by part, month_number, outcome, band, category, channel, severity
),

placed as (
    select
        part,
        unit as place,
        month_number,
        outcome,
        band,
        count(*) as n
    from dated
    group by part, month_number, outcome, band, unit
    union all
    select
        part,
        -- A level's place is never null in its own breakdown.
        coalesce(category, channel, severity, 0) as place,
        month_number,
        outcome,
        band,
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
