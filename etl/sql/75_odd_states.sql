-- temp.odd_states: one row per step of the procedure and case that took it in no plain way.
create or replace temp table temp.odd_states as
with firsts as (
    select
        events.case_key,
        events.kind,
        min(events.occurred_on) as first_on
    from core.events as events
    where
        events.case_key in (
            select cases.case_key
            from temp.case_steps as cases
            where not cases.is_plain
        )
    group by events.case_key, events.kind
),

states as (
    select
        cases.case_key,
        cases.ended_early,
        cases.resolved_on,
        steps.step,
        steps.position,
        firsts.first_on as done_on
    from temp.case_steps as cases
    cross join staging.procedure_steps as steps
    left join firsts
        on cases.case_key = firsts.case_key and steps.step = firsts.kind
    where not cases.is_plain
)

select
    case_key,
    position,
    done_on,
    least(
        min(
            case
                when not (ended_early and step in ('resolved', 'closed', 'cancelled'))
                    then done_on
            end
        ) over later,
        case when not ended_early then resolved_on end
    ) as proven_on
from states
window
    later as (
        partition by case_key
        order by position desc
        rows between unbounded preceding and 1 preceding
    );
