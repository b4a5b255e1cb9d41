-- core.snapshots: one row per delivery known on the as-of day.
create or replace table core.snapshots as
with confirmed as (
    select
        source,
        export,
        sha256,
        max(as_of) as as_of
    from staging.confirmations
    where as_of <= (select parameters.as_of from staging.parameters as parameters)
    group by source, export, sha256
),

known as (
    select
        deliveries.*,
        greatest(deliveries.as_of, confirmed.as_of) as holds_until,
        coalesce(deliveries.delivery, 'undeclared') = 'delta'
        and not coalesce(deliveries.coverage_told, false) as follows_on,
        lag(deliveries.coverage_until) over (
            partition by deliveries.source, deliveries.export
            order by deliveries.as_of, deliveries.loading, deliveries.snapshot
        ) as covered_until
    from staging.deliveries as deliveries
    left join confirmed
        on
            deliveries.source = confirmed.source
            and deliveries.export = confirmed.export
            and deliveries.sha256 = confirmed.sha256
    where deliveries.as_of <= (select parameters.as_of from staging.parameters as parameters)
)

select
    snapshot,
    loading,
    source,
    export,
    grain,
    coalesce(delivery, 'undeclared') as delivery,
    sha256,
    as_of,
    -- Later than that where a full export came again and nothing had changed.
    holds_until,
    rows_in,
    rows_loaded,
    rows_rejected,
    rows_repeated,
    coalesce(rows_left_out, 0) as rows_left_out,
    columns('^pages_'),
    -- What has changed is told since the delivery before, unless somebody says otherwise.
    case
        when follows_on and covered_until is not null
            then least(covered_until + 1, coverage_until)
        else coverage_from
    end as coverage_from,
    greatest(coverage_until, holds_until) as coverage_until
from known;
