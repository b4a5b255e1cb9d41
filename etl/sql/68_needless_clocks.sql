-- temp.needless_clocks: one row per clock that another step made needless before its end.
create or replace temp table temp.needless_clocks as
with lifted as (
    select
        clocks.clock,
        if(rules.rounds, later.lifted_on, rare.lifted_on) as lifted_on,
        if(rules.rounds, later.done_on, clocks.done_on) as done_on,
        least(within.ends_on, coalesce(moved.due_on, clocks.due_on)) as lifted_until
    from temp.due_days as clocks
    inner join staging.rules as rules on clocks.position = rules.position and rules.lifts
    left join temp.rare_steps as rare
        on clocks.number * 1048576 + clocks.position * 1024 = rare.clock
    left join temp.later_stops as later on clocks.clock = later.clock
    left join temp.moved_ends as moved on clocks.clock = moved.clock
    left join temp.length_ends as within
        on
            rules.lifted_length * 10000000::bigint + (clocks.started_on - date '1900-01-01')
            = within.length_day
)

select clock
from lifted
where lifted_on <= least(done_on, lifted_until);
