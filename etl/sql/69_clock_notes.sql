-- temp.clock_notes: one row per clock that was counted in another way than usual: how.
create or replace temp table temp.clock_notes as
select
    clocks.clock,
    concat_ws(
        '; ',
        if(clocks.fell_back, 'counted without the event that should start it', null),
        if(clocks.restarted, 'started again', null),
        if(moved.extended, 'put off in time', null),
        if(moved.paused_days > 0, 'without the time that it stood', null)
    ) as words
from temp.due_days as clocks
left join temp.moved_ends as moved on clocks.clock = moved.clock
where clocks.fell_back or clocks.restarted or moved.extended or moved.paused_days > 0;
