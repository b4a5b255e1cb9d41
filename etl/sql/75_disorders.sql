-- core.disorders: one row per case and step done: whether a later step was done before it.
create or replace table core.disorders as
with firsts as (
    select *
    from core.step_events
    qualify row_number() over (partition by case_key, step order by place) = 1
),

overtaken as (
    select distinct
        firsts.case_key,
        firsts.step
    from firsts
    inner join core.step_events as later
        on
            firsts.case_key = later.case_key
            and firsts.round = later.round
            and firsts.position < later.position
            and (
                firsts.occurred_on > later.occurred_on
                -- Midnight stands for a day of which the hour is not told.
                or (
                    firsts.occurred_at > later.occurred_at
                    and later.occurred_at <> later.occurred_on
                )
                or (
                    firsts.occurred_at = later.occurred_at
                    and firsts.snapshot = later.snapshot
                    and firsts.ordinal > later.ordinal
                )
            )
)

select
    states.case_key,
    states.step as part,
    case
        when states.done_on is null then 'not_assessable'
        when overtaken.case_key is not null then 'gap'
        else 'kept'
    end as result,
    states.done_on as found_on,
    null::integer as days
from core.step_states as states
left join overtaken
    on states.case_key = overtaken.case_key and states.step = overtaken.step
where
    states.done_on is not null
    -- Done, for all we know, and never recorded.
    or (states.proven_on is not null and not states.is_recorded);
