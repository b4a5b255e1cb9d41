-- temp.clock_facts: one row per clock and round: everything that decides its result.
create or replace temp table temp.clock_facts as
with clocks as (
    select *
    from temp.due_days
    union all by name
    select *
    from temp.waiting_clocks
)

select
    clocks.clock,
    clocks.number,
    clocks.position,
    clocks.round,
    clocks.passed,
    coalesce(clocks.doubt, interval 0 hours) as doubt,
    clocks.started_on,
    if(rules.rounds, later.done_on, clocks.done_on) as done_on,
    if(rules.rounds, later.done_at, clocks.done_at) as done_at,
    if(rules.rounds, later.done_kind, rare.stop_kind) as done_kind,
    coalesce(moved.due_on, clocks.due_on) as due_on,
    coalesce(moved.unpaused_due_on, clocks.due_on) as unpaused_due_on,
    coalesce(moved.due_at, clocks.due_at) as due_at,
    rare.level_lost,
    coalesce(hourless.done_by, if(rules.rounds, later.done_at, clocks.done_at)) as done_by,
    moved.endless,
    moved.paused_days,
    concerned.withdrawn_on,
    needless.clock is not null as needless,
    unwatched.clock is not null as unwatched,
    case
        when concerned.hindrance is not null then concerned.hindrance
        when rules.on_request and not coalesce(rare.requested, false)
            then 'not_applicable: nobody has asked for it'
        when clocks.started_on is null and rules.lapse_rules is not null
            then 'not_applicable: fewer deadlines have lapsed'
        when clocks.started_on is null and clocks.done_on is not null
            then 'not_assessable: the start has no date'
        when clocks.started_on is null
            then 'not_applicable: the step before has not happened'
        when rare.waited_on <= clocks.started_on then 'not_applicable: it did not wait so long'
        when clocks.due_on is null
            then 'not_assessable: the calendar does not reach back so far'
    end as hindrance
from clocks
inner join staging.rules as rules on clocks.position = rules.position
inner join temp.concerned as concerned
    on clocks.number * 1048576 + clocks.position * 1024 = concerned.clock
left join temp.rare_steps as rare on concerned.clock = rare.clock
left join temp.later_stops as later on clocks.clock = later.clock
left join temp.hourless_stops as hourless on clocks.clock = hourless.clock
left join temp.moved_ends as moved on clocks.clock = moved.clock
left join temp.needless_clocks as needless on clocks.clock = needless.clock
left join temp.unwatched_clocks as unwatched on clocks.clock = unwatched.clock;
