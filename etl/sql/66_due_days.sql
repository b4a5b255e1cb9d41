-- temp.due_days: one row per clock and round: when it ends, if nothing moves its end.
create or replace temp table temp.due_days as
with rounds as (
    select
        starts.*,
        1 as round,
        coalesce(adjusted.started_on, starts.started_on) as begun_on
    from temp.starts as starts
    left join temp.adjusted_starts as adjusted on starts.clock = adjusted.clock
    union all by name
    select
        *,
        started_on as begun_on
    from temp.again
)

select
    rounds.clock,
    rounds.number,
    rounds.position,
    rounds.round,
    rounds.passed,
    rounds.done_on,
    rounds.done_at,
    rounds.fell_back,
    rounds.restarted,
    rounds.begun_on as started_on,
    rounds.started_at,
    -- How much later in its day it may have started: to its end, which clocks may move.
    if(
        rules.length_unit = 'hours' and exact.number is null
        and rounds.started_at
        = timezone('UTC', timezone(parameters.time_zone, rounds.started_on::timestamp)),
        timezone('UTC', timezone(parameters.time_zone, (rounds.started_on + 1)::timestamp))
        - rounds.started_at,
        interval 0 hours
    ) as doubt,
    -- From the instant, so that 24 hours are 24 hours in any week, or from the end of its day.
    if(
        rules.length_unit = 'hours', rounds.started_at + doubt + to_hours(rules.within), null
    ) as due_at,
    if(rounds.fell_back, rounds.fallback_counted, ends.counted_on) as counted_on,
    case
        when rounds.fell_back then rounds.fallback_due
        when rules.length_unit <> 'hours' then ends.ends_on
        else timezone(parameters.time_zone, timezone('UTC', due_at))::date
    end as due_on
from rounds
inner join staging.rules as rules on rounds.position = rules.position
cross join staging.parameters as parameters
left join temp.exact_midnights as exact
    on
        rounds.number = exact.number
        and rounds.position = exact.position
        and not exact.stops
        and rounds.started_at = exact.occurred_at
left join temp.length_ends as ends
    on
        rules.length * 10000000::bigint + (rounds.begun_on - date '1900-01-01')
        = ends.length_day;
