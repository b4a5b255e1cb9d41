-- core.referrals: one row per case and partner it was referred to: whether a service began.
create or replace table core.referrals as
with recorded as (
    select
        source,
        bool_or(kind = 'referral_made') as is_made,
        bool_or(kind = 'service_started') as is_started
    from core.recorded_kinds
    group by source
),

told as (
    select
        cases.case_key,
        limits.part,
        recorded.is_made,
        recorded.is_started,
        min(made.occurred_on) as made_on,
        min(made.occurred_on) + limits.days as due_on,
        min(started.occurred_on) as started_on
    from core.cases as cases
    inner join recorded on cases.source = recorded.source
    cross join staging.practice_limits as limits
    left join core.events as made
        on
            cases.case_key = made.case_key
            and made.kind = 'referral_made'
            and limits.part = made.party
    left join core.events as started
        on
            cases.case_key = started.case_key
            and started.kind = 'service_started'
            and limits.part = started.party
            and made.occurred_on <= started.occurred_on
    where limits.demand = 'referral' and (made.case_key is not null or not recorded.is_made)
    group by cases.case_key, limits.part, limits.days, recorded.is_made, recorded.is_started
)

select
    told.case_key,
    told.part,
    case
        when not told.is_made then 'not_assessable'
        when parameters.as_of <= told.due_on then 'pending'
        when told.started_on <= told.due_on then 'kept'
        when told.started_on is not null then 'gap'
        when not told.is_started then 'not_assessable'
        else 'gap'
    end as result,
    told.due_on + 1 as found_on,
    (coalesce(told.started_on, parameters.as_of) - told.made_on)::integer as days
from told
cross join staging.parameters as parameters;
