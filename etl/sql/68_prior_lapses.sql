-- temp.prior_lapses: one row per case, rule that waits for lapses, and such a lapse.
create or replace temp table temp.prior_lapses as
select
    clocks.number * 1048576 + later.position * 1024 as clock,
    coalesce(moved.due_on, clocks.due_on) as lapsed_on,
    row_number() over (
        partition by clocks.number, later.position
        order by coalesce(moved.due_on, clocks.due_on), clocks.clock
    ) as place
from staging.rules as later
inner join staging.rules as earlier on list_contains(later.lapse_rules, earlier.rule)
inner join temp.due_days as clocks on earlier.position = clocks.position
inner join temp.concerned as concerned
    on
        clocks.number = concerned.number
        and clocks.position = concerned.position
        and concerned.hindrance is null
left join temp.needless_clocks as needless on clocks.clock = needless.clock
cross join staging.parameters as parameters
left join temp.moved_ends as moved on clocks.clock = moved.clock
left join temp.later_stops as stops on clocks.clock = stops.clock
left join temp.rare_steps as rare on clocks.clock = rare.clock
where
    coalesce(moved.due_on, clocks.due_on) <= parameters.as_of
    and needless.clock is null
    and not coalesce(clocks.passed, false)
    and coalesce(rare.waited_on > clocks.started_on, true)
    and coalesce(
        if(earlier.rounds, stops.done_on, clocks.done_on)
        > coalesce(moved.due_on, clocks.due_on), true
    );
