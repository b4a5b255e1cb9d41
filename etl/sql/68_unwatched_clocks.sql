-- scratch.unwatched_clocks: one row per undone clock, due after its case was last seen.
create or replace table scratch.unwatched_clocks as
with gone as (
    select
        numbered.number,
        cases.last_seen_on
    from core.cases as cases
    inner join scratch.numbered_cases as numbered on cases.case_key = numbered.case_key
    where cases.last_seen_on is not null
)

select clocks.clock
from scratch.due_days as clocks
inner join gone on clocks.number = gone.number
inner join staging.rules as rules on clocks.position = rules.position
inner join scratch.concerned as concerned
    on clocks.number * 1048576 + clocks.position * 1024 = concerned.clock
left join scratch.moved_ends as moved on clocks.clock = moved.clock
left join scratch.later_stops as later on clocks.clock = later.clock
where
    if(rules.rounds, later.done_on, clocks.done_on) is null
    and gone.last_seen_on < coalesce(moved.due_on, clocks.due_on)
    -- Withdrawn in time, it waited for nothing more.
    and not coalesce(concerned.withdrawn_on <= coalesce(moved.due_on, clocks.due_on), false);
