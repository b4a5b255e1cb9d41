-- scratch.extended: one row per clock whose end was put off before it had come.
create or replace table scratch.extended as
with recorded as (
    select
        clocks.clock,
        clocks.due_on,
        asked.recorded_on,
        ends.ends_on,
        ends.counted_on,
        extensions.length is null as endless
    from scratch.asked_extensions as asked
    inner join scratch.due_days as clocks on asked.clock = clocks.clock
    inner join staging.extensions as extensions
        on asked.position = extensions.position and asked.kind = extensions.kind
    left join scratch.length_ends as ends
        on
            extensions.length * 10000000::bigint + (
                if(extensions.counts_from = 'start', clocks.started_on, clocks.due_on)
                - date '1900-01-01'
            ) = ends.length_day
)

select
    clock,
    max(ends_on) as due_on,
    arg_max(counted_on, ends_on) as counted_on,
    bool_or(endless) as endless
from recorded
where
    recorded_on <= due_on
    -- One that came while an earlier one ran was in time too.
    or exists (
        select 1
        from recorded as earlier
        where
            recorded.clock = earlier.clock
            and earlier.recorded_on <= earlier.due_on
            and recorded.recorded_on <= earlier.ends_on
    )
group by clock;
