-- core.reviews: one row per case a supervisor must look at: the longest time without a look.
create or replace table core.reviews as
with spans as (
    select
        *,
        lead(looked_on) over (partition by case_key order by looked_on) - looked_on as days
    from core.looks
),

longest as (
    select
        spans.case_key,
        limits.part,
        limits.days as most,
        coalesce(max(spans.days), 0)::integer as days,
        -- Since when nobody looked in the first time that was too long.
        min(spans.looked_on) filter (where spans.days > limits.days) as unseen_from
    from spans
    inner join staging.practice_limits as limits on limits.demand = 'review'
    group by spans.case_key, limits.part, limits.days
)

select
    longest.case_key,
    longest.part,
    case
        when recorded.kind is null then 'not_assessable'
        when longest.days > longest.most then 'gap'
        when cases.resolved_on is null then 'pending'
        else 'kept'
    end as result,
    coalesce(longest.unseen_from + longest.most + 1, cases.resolved_on) as found_on,
    longest.days
from longest
inner join core.cases as cases on longest.case_key = cases.case_key
left join core.recorded_kinds as recorded
    on cases.source = recorded.source and recorded.kind = 'supervisor_review';
