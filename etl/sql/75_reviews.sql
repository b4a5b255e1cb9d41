-- core.reviews: one row per case a supervisor must look at: the longest time without a look.
create or replace table core.reviews as
with owed as (
    select
        cases.*,
        limits.part,
        limits.days,
        coalesce(cases.resolved_on, parameters.as_of) as until_on  -- or it is not over yet
    from core.cases as cases
    cross join staging.parameters as parameters
    inner join staging.practice_limits as limits on limits.demand = 'review'
    where cases.received_on is not null
),

looks as (
    select
        owed.case_key,
        events.occurred_on as looked_on
    from owed
    inner join core.events as events
        on owed.case_key = events.case_key and events.kind = 'supervisor_review'
    where owed.received_on <= events.occurred_on and events.occurred_on <= owed.until_on
    union
    select
        case_key,
        unnest([received_on, until_on]) as looked_on
    from owed
),

spans as (
    select
        *,
        lead(looked_on) over (partition by case_key order by looked_on) - looked_on as days
    from looks
),

longest as (
    select
        spans.case_key,
        coalesce(max(spans.days), 0)::integer as days,
        min(spans.looked_on) filter (where spans.days > owed.days) as unseen_from
    from spans
    inner join owed on spans.case_key = owed.case_key
    group by spans.case_key
)

select
    owed.case_key,
    owed.part,
    case
        when recorded.kind is null then 'not_assessable'
        when longest.days > owed.days then 'gap'
        when owed.resolved_on is null then 'pending'
        else 'kept'
    end as result,
    coalesce(longest.unseen_from + owed.days + 1, owed.resolved_on) as found_on,
    longest.days
from owed
inner join longest on owed.case_key = longest.case_key
left join core.recorded_kinds as recorded
    on owed.source = recorded.source and recorded.kind = 'supervisor_review';
