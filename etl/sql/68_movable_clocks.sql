-- scratch.movable_clocks: one row per clock that pauses or was put off: its end so far.
create or replace table scratch.movable_clocks as
with ends as (
    select
        clocks.clock,
        clocks.due_at,
        rules.calendar,
        rules.length_unit,
        lengths.rolls,
        coalesce(if(rules.rounds, later.done_on, clocks.done_on), parameters.as_of + 1)
            as stopped_on,
        extended.clock is not null as extended,
        extended.endless,
        if(extended.due_on > clocks.due_on, extended.told_on, null) as told_on,
        greatest(extended.due_on, clocks.due_on) as due_on,
        greatest(extended.counted_on, clocks.counted_on) as counted_on
    from scratch.due_days as clocks
    inner join staging.rules as rules on clocks.position = rules.position
    inner join staging.lengths as lengths on rules.length = lengths.length
    cross join staging.parameters as parameters
    left join scratch.extended as extended on clocks.clock = extended.clock
    left join scratch.later_stops as later on clocks.clock = later.clock
    where rules.pauses is not null or extended.clock is not null
)

select
    ends.clock,
    ends.calendar,
    ends.length_unit,
    ends.rolls,
    ends.stopped_on,
    ends.extended,
    ends.endless,
    ends.told_on,
    ends.due_on,
    -- As the clock measures it: an instant, a working day, or a day since 1900.
    case ends.length_unit
        when 'hours' then epoch_us(ends.due_at)
        when 'working_days' then days.working_index
        else ends.counted_on - date '1900-01-01'
    end as due
from ends
left join staging.days as days
    on ends.calendar = days.calendar and ends.counted_on = days.day;
