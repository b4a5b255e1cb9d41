-- temp.starts: one row per clock but those that wait for lapses: when it starts and stops.
create or replace temp table temp.starts as
with begun as (
    select
        concerned.clock,
        concerned.number,
        concerned.position,
        seen.passed,
        coalesce(seen.stop_on, if(rare.undone, null, rare.last_stop_on)) as done_on,
        coalesce(seen.stop_at, if(rare.undone, null, rare.last_stop_at)) as done_at,
        case
            when rules.from_receipt then concerned.received_on
            else coalesce(seen.start_on, rare.last_start_on)
        end as event_on,
        case
            when rules.from_receipt then concerned.received_at
            else coalesce(seen.start_at, rare.last_start_at)
        end as event_at,
        coalesce(rare.restart_at >= event_at, false) as again,
        if(again, rare.restart_on, event_on) as begun_on,
        if(again, rare.restart_at, event_at) as begun_at,
        coalesce(begun_on > fallbacks.event_until, fallbacks.event_until is not null)
            as fell_back,
        fallbacks.started_on as fallback_on,
        fallbacks.due_on as fallback_due,
        fallbacks.counted_on as fallback_counted
    from temp.concerned as concerned
    inner join staging.rules as rules
        on concerned.position = rules.position and rules.lapse_rules is null
    left join temp.seen_steps as seen on concerned.clock = seen.clock
    left join temp.rare_steps as rare on concerned.clock = rare.clock
    left join temp.fallbacks as fallbacks on concerned.clock = fallbacks.clock
)

select
    clock,
    number,
    position,
    passed,
    done_on,
    done_at,
    fell_back,
    fallback_due,
    fallback_counted,
    again and not fell_back as restarted,
    if(fell_back, fallback_on, begun_on) as started_on,
    if(fell_back, null, begun_at) as started_at
from begun;
