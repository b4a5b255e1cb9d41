-- metrics.grouped: one row per part, month, level of every field, outcome and day: its count.
create or replace table metrics.grouped as
select
    part,
    date_trunc('month', happened_on)::date as month,
    unit,
    category,
    channel,
    severity,
    outcome,
    coalesce(days, -1)::integer as band,
    count(*)::bigint as n
from metrics.contributed
where happened_on is not null
group by all;
