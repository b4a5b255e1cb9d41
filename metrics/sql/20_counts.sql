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
)

-- One pass over the contributions for all breakdowns; a level's place is never null in its own.
select
    part,
    coalesce(unit, category, channel, severity, 0) as place,
    make_date(month_number // 12, month_number % 12 + 1, 1) as month,
    outcome,
    band,
    count(*)::bigint as n
from dated
group by grouping sets (
    (part, month_number, outcome, band),
    (part, month_number, outcome, band, unit),
    (part, month_number, outcome, band, category),
    (part, month_number, outcome, band, channel),
    (part, month_number, outcome, band, severity)
);
