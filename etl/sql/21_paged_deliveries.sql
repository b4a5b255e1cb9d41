-- core.paged_deliveries: one row per delivery whose files say that they are pages of an export.
create or replace table core.paged_deliveries as
with parts as (
    select
        *,
        -- Files of one day are one delivery, unless each loading holds all there is.
        if(delivery = 'full', loading, 0) as part_of
    from core.snapshots
),

counted as (
    select
        source,
        export,
        holds_until,
        part_of,
        any_value(delivery) as delivery,
        max(snapshot) as snapshot,
        count(*) as files,
        -- Two first pages with totals of their own are answers to two questions.
        greatest(
            max(pages_total), sum(distinct pages_total) filter (pages_are_first)
        )::bigint as total,
        sum(pages_records)::bigint as records,
        bool_and(coalesce(pages_are_followed, false)) as is_followed,
        bool_or(coalesce(pages_are_first, false)) as is_first,
        arg_min(pages_told, snapshot) filter (pages_told <> '') as told
    from parts
    group by source, export, holds_until, part_of
    having count(pages_records) > 0
)

select
    source,
    export,
    snapshot,
    holds_until as as_of,
    files,
    total,
    records,
    is_followed,
    is_first,
    coalesce(told, '') as told,
    coalesce(records < total, is_followed) as is_short,
    -- A later export says again what an earlier one lacks, unless it holds changes alone.
    delivery = 'delta'
    or holds_until = max(holds_until) over (partition by source, export) as counts_now
from counted;
