-- core.follow_ups: one row per case and event that calls for another: whether it came in time.
create or replace table core.follow_ups as
with recorded as (
    select
        limits.part,
        kinds.source,
        bool_or(kinds.kind = limits.part) as is_called,
        bool_or(list_contains(limits.kinds, kinds.kind)) as is_answered
    from staging.practice_limits as limits
    cross join core.recorded_kinds as kinds
    where limits.demand = 'follow_up'
    group by limits.part, kinds.source
),

-- The first call of a case counts, and the first answer from then on.
told as (
    select
        cases.case_key,
        limits.part,
        recorded.is_called,
        recorded.is_answered,
        calls.first_on as called_on,
        calls.first_on + limits.days as due_on,
        min(answers.occurred_on) as done_on
    from core.cases as cases
    inner join recorded on cases.source = recorded.source
    inner join staging.practice_limits as limits
        on recorded.part = limits.part and limits.demand = 'follow_up'
    left join temp.named_milestones as calls
        on cases.case_key = calls.case_key and limits.part = calls.kind
    left join core.events as answers
        on
            cases.case_key = answers.case_key
            and list_contains(limits.kinds, answers.kind)
            and calls.first_on <= answers.occurred_on
    where calls.case_key is not null or not recorded.is_called
    group by all
)

select
    told.case_key,
    told.part,
    case
        when not told.is_called then 'not_assessable'
        -- Nothing is judged before its day: else the young that are judged are the quick.
        when parameters.as_of <= told.due_on then 'pending'
        when told.done_on <= told.due_on then 'kept'
        when told.done_on is not null then 'gap'
        when not told.is_answered then 'not_assessable'
        else 'gap'
    end as result,
    told.due_on + 1 as found_on,
    (coalesce(told.done_on, parameters.as_of) - told.called_on)::integer as days
from told
cross join staging.parameters as parameters;
