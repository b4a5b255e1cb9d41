-- temp.waiting_clocks: one row per clock that waits for lapses: its start, end and stop.
create or replace temp table temp.waiting_clocks as
select
    concerned.clock,
    concerned.number,
    concerned.position,
    1 as round,
    lapses.lapsed_on as started_on,
    ends.ends_on as due_on,
    -- An escalation that came before it was demanded fulfils the demand.
    seen.stop_on as done_on,
    seen.stop_at as done_at,
    seen.passed
from temp.concerned as concerned
inner join staging.rules as rules
    on concerned.position = rules.position and rules.lapse_rules is not null
left join temp.seen_steps as seen on concerned.clock = seen.clock
left join temp.prior_lapses as lapses
    on concerned.clock = lapses.clock and rules.lapse_times = lapses.place
left join temp.length_ends as ends
    on
        rules.length * 10000000::bigint + (lapses.lapsed_on - date '1900-01-01')
        = ends.length_day;
