-- metrics.counts: one row per part, breakdown, level, month, outcome and day with a count.
create or replace table metrics.counts as
select
    part,
    'all' as breakdown,
    'all' as level,
    month,
    outcome,
    band,
    sum(n)::bigint as n
from metrics.grouped
group by all
union all
select
    part,
    'unit' as breakdown,
    unit as level,
    month,
    outcome,
    band,
    sum(n)::bigint as n
from metrics.grouped
group by all
union all
select
    part,
    'category' as breakdown,
    category as level,
    month,
    outcome,
    band,
    sum(n)::bigint as n
from metrics.grouped
group by all
union all
select
    part,
    'channel' as breakdown,
    channel as level,
    month,
    outcome,
    band,
    sum(n)::bigint as n
from metrics.grouped
group by all
union all
select
    part,
    'severity' as breakdown,
    severity as level,
    month,
    outcome,
    band,
    sum(n)::bigint as n
from metrics.grouped
group by all;
