-- core.step_states: one row per case and step of the procedure: when done, when proven over.
create or replace table core.step_states as
with firsts as (
    select
        case_key,
        step,
        min(occurred_on) as done_on
    from core.step_events
    group by case_key, step
),

states as (
    select
        cases.case_key,
        cases.resolved_on,
        steps.step,
        steps.position,
        firsts.done_on,
        recorded.kind is not null as is_recorded,
        case
            when not steps.mandatory then false
            when steps.severities is null then true
            -- A severity that nobody recorded: whether the step is due cannot be decided.
            when cases.severity <> 'unknown'
                then list_contains(steps.severities, cases.severity)
        end as is_required,
        -- Such a case may end before all its steps: its closing proves nothing.
        coalesce(cases.outcome in ('withdrawn', 'referred', 'out_of_scope'), false)
        or cancelled.case_key is not null as ended_early
    from core.cases as cases
    cross join staging.procedure_steps as steps
    left join firsts on cases.case_key = firsts.case_key and steps.step = firsts.step
    left join core.recorded_kinds as recorded
        on cases.source = recorded.source and steps.step = recorded.kind
    left join core.milestones as cancelled
        on cases.case_key = cancelled.case_key and cancelled.kind = 'cancelled'
)

select
    *,
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
