-- temp.hourless_stops: one row per clock in hours whose stop has a day alone: when that ended.
create or replace temp table temp.hourless_stops as
with stops as (
    select
        clocks.clock,
        clocks.number,
        clocks.position,
        if(rules.rounds, later.done_on, clocks.done_on) as done_on,
        if(rules.rounds, later.done_at, clocks.done_at) as done_at
    from temp.due_days as clocks
    inner join staging.rules as rules
        on clocks.position = rules.position and rules.length_unit = 'hours'
    left join temp.later_stops as later on clocks.clock = later.clock
)

select
    stops.clock,
    -- A day on which clocks go forward or back has 23 hours, or 25.
    timezone('UTC', timezone(parameters.time_zone, (stops.done_on + 1)::timestamp)) as done_by
from stops
cross join staging.parameters as parameters
left join temp.exact_midnights as exact
    on
        stops.number = exact.number
        and stops.position = exact.position
        and exact.stops
        and stops.done_at = exact.occurred_at
where
    exact.number is null
    and stops.done_at
    = timezone('UTC', timezone(parameters.time_zone, stops.done_on::timestamp));
