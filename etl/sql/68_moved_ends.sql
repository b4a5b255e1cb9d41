-- scratch.moved_ends: one row per clock that pauses or was extended: its end then.
create or replace table scratch.moved_ends as
with standing as (
    select
        clocks.*,
        -- A day that was named in writing has the pauses before it in itself.
        if(clocks.told_on > spans.from_on, 0, spans.stands_until - spans.stands_from) as lost,
        greatest(least(spans.until_on, clocks.stopped_on) - spans.from_on, 0) as stood,
        -- A pause that begins when the time is used up gives none back.
        spans.stands_from - coalesce(sum(lost) over (
            partition by clocks.clock order by spans.from_on
            rows between unbounded preceding and 1 preceding
        ), 0) < clocks.due as counts
    from scratch.movable_clocks as clocks
    left join scratch.lost_time as spans on clocks.clock = spans.clock
),

summed as (
    select
        clock,
        calendar,
        length_unit,
        rolls,
        extended,
        endless,
        due_on,
        due,
        coalesce(sum(stood), 0)::integer as paused_days,
        coalesce(sum(lost) filter (where counts), 0)::bigint as lost
    from standing
    group by all
)

select
    summed.clock,
    summed.extended,
    summed.endless,
    summed.paused_days,
    summed.due_on as unpaused_due_on,
    if(summed.length_unit = 'hours', make_timestamp(summed.due + summed.lost), null) as due_at,
    case
        when summed.lost = 0 then summed.due_on
        when summed.length_unit = 'hours'
            then timezone(parameters.time_zone, timezone('UTC', due_at))::date
        when summed.length_unit = 'working_days' then worked.day
        when summed.rolls then landing.next_working_day
        else date '1900-01-01' + try_cast(summed.due + summed.lost as integer)
    end as due_on
from summed
cross join staging.parameters as parameters
left join staging.days as worked
    on
        summed.length_unit = 'working_days' and summed.calendar = worked.calendar
        and summed.due + summed.lost = worked.working_index and worked.is_working
left join staging.days as landing
    on
        summed.rolls and summed.calendar = landing.calendar
        and date '1900-01-01' + try_cast(summed.due + summed.lost as integer) = landing.day;
