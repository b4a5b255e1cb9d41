-- temp.length_ends: one row per length that rules count and day: the day on which it ends.
create or replace temp table temp.length_ends as
with counted as (
    select
        lengths.*,
        days.day,
        days.working_index
        -- The start's own day counts as the first, if it is a working day at all.
        - if(lengths.same_day and days.is_working, 1, 0)
        -- No working day at all from a day that is none: the next one.
        + if(lengths.within = 0 and not days.is_working, 1, 0)
        + lengths.within as last_index,
        (days.day + to_months(lengths.within))::date as months_later
    from staging.lengths as lengths
    inner join temp.counted_days as days on lengths.calendar = days.calendar
    where lengths.unit <> 'hours'
),

ended as (
    select
        counted.length,
        counted.calendar,
        counted.day,
        counted.rolls,
        case counted.unit
            when 'working_days' then due.day
            when 'calendar_days'
                then counted.day + counted.within - counted.same_day::integer
            when 'weeks' then counted.day + 7 * counted.within - counted.same_day::integer
            -- A day that its month does not have is that month's last day already.
            else
                counted.months_later
                - (counted.same_day and day(counted.months_later) = day(counted.day))::integer
        end as ends_on
    from counted
    left join staging.days as due
        on
            counted.unit = 'working_days'
            and counted.calendar = due.calendar
            and counted.last_index = due.working_index
            and due.is_working
)

select
    -- One whole number joins far faster than two columns.
    ended.length * 10000000::bigint + (ended.day - date '1900-01-01') as length_day,
    -- Before and after the move to a working day: a pause is added before it.
    ended.ends_on as counted_on,
    if(ended.rolls, landing.next_working_day, ended.ends_on) as ends_on
from ended
left join staging.days as landing
    on ended.rolls and ended.calendar = landing.calendar and ended.ends_on = landing.day
where ended.ends_on is not null;
