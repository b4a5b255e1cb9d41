-- core.deadlines: one row per case and rule in force when the case was received.
create or replace table core.deadlines as
with facts as (
    select
        due_days.*,
        done.first_on as done_on,
        parameters.as_of,
        cases.outcome = 'withdrawn' and cases.resolved_on is not null as withdrawn,
        cases.resolved_on,
        passed.position is not null as passed,
        stops.kind is not null as stop_recorded,
        starts.kind is not null as start_recorded
    from core.due_days as due_days
    inner join core.cases as cases on due_days.case_key = cases.case_key
    cross join staging.parameters as parameters
    left join core.milestones as done
        on due_days.case_key = done.case_key and due_days.to_kind = done.kind
    left join core.recorded_kinds as stops
        on due_days.source = stops.source and due_days.to_kind = stops.kind
    left join core.recorded_kinds as starts
        on due_days.source = starts.source and due_days.from_kind = starts.kind
    left join core.passed_steps as passed
        on due_days.case_key = passed.case_key and due_days.position = passed.position
),

judged as (
    select
        *,
        case
            -- First of all: nothing is judged before its day, not even that it cannot be.
            when due_on > as_of then 'not_due: the day has not come'
            when undecidable then 'not_assessable: what the rule depends on is not recorded'
            when not (start_recorded and stop_recorded)
                then 'not_assessable: the exports never record this step'
            when started_on is null and done_on is not null
                then 'not_assessable: the start has no date'
            when started_on is null then 'not_applicable: the step before has not happened'
            when due_on is null then 'not_assessable: the calendar does not reach back so far'
            when done_on < started_on then 'not_assessable: the dates are out of order'
            when done_on <= due_on then 'met: done in time'
            when done_on is not null then 'met_late: done after the day'
            when withdrawn and resolved_on <= due_on
                then 'not_applicable: withdrawn before the day'
            when passed then 'not_assessable: the step was passed and its date is lost'
            else 'missed: not done'
        end as judgement
    from facts
)

select
    case_key,
    rule,
    started_on,
    due_on,
    done_on,
    split_part(judgement, ': ', 1) as result,
    split_part(judgement, ': ', 2) as branch
from judged;
