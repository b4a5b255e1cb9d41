-- staging.parameters: one row: the as-of day, the days that all sources cover, the calendar.
create or replace table staging.parameters as
with covered as (
    select
        source,
        min(coverage_from) as coverage_from,
        max(coverage_until) as coverage_until
    from staging.deliveries
    where grain in ('case', 'allegation') and as_of <= coalesce($as_of, as_of)
    group by source
),

newest as (
    select
        coalesce($as_of, max(as_of)) as as_of,
        $time_zone::text as time_zone,
        $fiscal_year_start_month::integer as fiscal_year_start_month
    from staging.deliveries
)

select
    newest.as_of,
    coalesce(max(covered.coverage_from), newest.as_of) as coverage_from,
    least(coalesce(min(covered.coverage_until), newest.as_of), newest.as_of) as coverage_until,
    newest.time_zone,
    newest.fiscal_year_start_month
from newest
left join covered on true
group by newest.as_of, newest.time_zone, newest.fiscal_year_start_month;
