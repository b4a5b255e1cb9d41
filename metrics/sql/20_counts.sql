-- metrics.counts: one row per part, breakdown, level, month, outcome and day with a count.
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
        year(happened_on) * 12 + month(happened_on) - 1 as month_number,
        coalesce(days, -1)::integer as band
    from metrics.contributed
    where happened_on is not null
)

-- One pass over the contributions for all breakdowns; a level is never null in its own.
select
    part,
    case
        when grouping(unit) = 0 then 'unit'
        when grouping(category) = 0 then 'category'
        when grouping(channel) = 0 then 'channel'
        when grouping(severity) = 0 then 'severity'
        else 'all'
    end as breakdown,
    coalesce(unit, category, channel, severity, 'all') as level,
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
