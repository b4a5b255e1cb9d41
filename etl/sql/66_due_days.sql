-- scratch.due_days: one row per clock and round: when it ends, if nothing moves its end.
create or replace table scratch.due_days as
with rounds as (
    select
        starts.*,
        1 as round,
        coalesce(adjusted.started_on, starts.started_on) as begun_on
    from scratch.starts as starts
    left join scratch.adjusted_starts as adjusted on starts.clock = adjusted.clock
    union all by name
    select
        *,
        started_on as begun_on
    from scratch.again
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
    case
        when rules.length_unit = 'hours'
            then rounds.started_at = timezone(
                'UTC', timezone(parameters.time_zone, rounds.started_on::timestamp)
            )
            and exact.number is null
    end as hourless,
    -- From the instant, so that 24 hours are 24 hours in any week; where only the day is known,
    -- from its end.
    case
        when rules.length_unit = 'hours'
            then rounds.started_at + to_hours(rules.within + if(hourless, 24, 0))
    end as due_at,
    if(rounds.fell_back, rounds.fallback_counted, ends.counted_on) as counted_on,
    case
        when rounds.fell_back then rounds.fallback_due
        when rules.length_unit <> 'hours' then ends.ends_on
        else timezone(parameters.time_zone, timezone('UTC', due_at))::date
    end as due_on
from rounds
inner join staging.rules as rules on rounds.position = rules.position
cross join staging.parameters as parameters
left join scratch.exact_midnights as exact
    on
        rounds.number = exact.number
        and rounds.position = exact.position
        and not exact.stops
        and rounds.started_at = exact.occurred_at
left join scratch.length_ends as ends
    on
        rules.length * 10000000::bigint + (rounds.begun_on - date '1900-01-01')
        = ends.length_day;
