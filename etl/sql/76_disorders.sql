-- core.disorders: one row per case and step before which a later step was done.
create or replace table core.disorders as
with firsts as (
    select *
    from temp.step_events
    qualify row_number() over (partition by case_key, step order by place) = 1
)

select distinct
    firsts.case_key,
    firsts.position
from firsts
inner join temp.step_events as later
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
        );
