-- core.done_again: one row per case, step done and way to do it again: whether that happened.
create or replace view core.done_again as
with again as (
    select
        states.case_key,
        'bounced' as gap,
        states.position,
        states.is_open,
        detours.found_on,
        detours.days
    from core.step_states as states
    left join core.detours as detours
        on states.case_key = detours.case_key and states.position = detours.position
    where states.done_on is not null
    union all
    select
        states.case_key,
        'repeated' as gap,
        states.position,
        states.is_open,
        repeats.found_on,
        repeats.days
    from core.step_states as states
    left join core.repeats as repeats
        on states.case_key = repeats.case_key and states.position = repeats.position
    where states.done_on is not null
)

select
    case_key,
    gap,
    position,
    found_on,
    days,
    case
        when is_open then 'pending'
        when found_on is not null then 'gap'
        else 'kept'
    end as result
from again;
