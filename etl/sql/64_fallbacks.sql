-- temp.fallbacks: one row per clock with a fallback: its start and end without the event.
create or replace temp table temp.fallbacks as
select
    seen.clock,
    second_end.ends_on as due_on,
    second_end.counted_on,
    if(rules.fallback_counted = 'after', seen.fallback_on, first_end.ends_on) as started_on,
    -- An event that comes when all is over cannot set the clock going any more.
    if(
        rules.fallback_when = 'not_in_time', first_end.ends_on, second_end.ends_on
    ) as event_until
from temp.rare_steps as seen
inner join staging.rules as rules
    on seen.position = rules.position and rules.fallback_first is not null
inner join temp.length_ends as first_end
    on
        rules.fallback_first * 10000000::bigint + (seen.fallback_on - date '1900-01-01')
        = first_end.length_day
inner join temp.length_ends as second_end
    on
        rules.fallback_second * 10000000::bigint + (first_end.ends_on - date '1900-01-01')
        = second_end.length_day;
