-- core.deadlines: one row per case, rule in force when it was received, and round of its clock.
create or replace table core.deadlines as
with judged as (
    select
        facts.*,
        rules.rule,
        rules.to_kind,
        rules.earlier_stops = 'out_of_order' and facts.done_on < facts.started_on as disordered,
        case
            when rules.length_unit <> 'hours' then facts.done_on <= facts.due_on
            when facts.done_by <= facts.due_at - facts.doubt then true
            when facts.done_at + least(facts.doubt, interval 1 second) > facts.due_at then false
        end as in_time,
        case
            -- First of all: nothing is judged before its day, not even that it cannot be.
            when facts.due_on > parameters.as_of then 'not_due: the day has not come'
            when facts.hindrance is not null then facts.hindrance
            when disordered then 'not_assessable: the dates are out of order'
            when facts.needless then 'not_applicable: another step made it needless in time'
            when facts.unwatched then 'not_assessable: gone from the exports before the day'
            when rules.no_earlier and facts.done_on < facts.due_on
                then 'missed: done before the day'
            when rules.no_earlier then 'met: not done before the day'
            when in_time then 'met: done in time'
            when facts.endless then 'not_assessable: extended, and until when is not recorded'
            when facts.done_on is not null and in_time is null
                then 'not_assessable: the hours are not recorded'
            when facts.done_on is not null then 'met_late: done after the day'
            when facts.withdrawn_on <= facts.due_on
                then 'not_applicable: withdrawn before the day'
            when facts.level_lost
                then 'not_assessable: the level that it was passed to is not recorded'
            when facts.passed then 'not_assessable: the step was passed and its date is lost'
            else 'missed: not done'
        end as judgement
    from temp.clock_facts as facts
    inner join staging.rules as rules on facts.position = rules.position
    cross join staging.parameters as parameters
)

select
    cases.case_key,
    judged.rule,
    judged.round,
    judged.started_on,
    judged.due_on,
    judged.due_at,
    judged.unpaused_due_on,
    judged.done_on,
    if(judged.done_on is null, null, coalesce(judged.done_kind, judged.to_kind)) as done_kind,
    coalesce(judged.paused_days, 0) as paused_days,
    split_part(judged.judgement, ': ', 1) as result,
    concat_ws('; ', split_part(judged.judgement, ': ', 2), notes.words) as branch
from judged
inner join temp.numbered_cases as cases on judged.number = cases.number
left join temp.clock_notes as notes on judged.clock = notes.clock;
