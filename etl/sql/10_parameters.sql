-- staging.parameters: one row: the as-of day, the days that all sources cover, the calendar.
create or replace table staging.parameters as
with told as (
    select
        source,
        grain,
        as_of,
        coverage_from,
        coverage_until
    from staging.deliveries
    union all
    select
        deliveries.source,
        deliveries.grain,
        confirmations.as_of,
        deliveries.coverage_from,
        confirmations.as_of as coverage_until
    from staging.confirmations as confirmations
    inner join staging.deliveries as deliveries
        on
            confirmations.source = deliveries.source
            and confirmations.export = deliveries.export
            and confirmations.sha256 = deliveries.sha256
),

covered as (
    select
        source,
        min(coverage_from) as coverage_from,
        max(coverage_until) as coverage_until
    from told
    where grain in ('case', 'allegation') and as_of <= coalesce($as_of, as_of)
    group by source
),

newest as (
    select
        coalesce($as_of, max(as_of)) as as_of,
        $time_zone::text as time_zone,
        $fiscal_year_start_month::integer as fiscal_year_start_month
    from told
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
