-- scratch.extended: one row per clock whose end was put off before it had come.
create or replace table scratch.extended as
with recorded as (
    select
        clocks.clock,
        clocks.due_on,
        asked.sequence,
        asked.occurred_on,
        asked.recorded_on,
        -- The day that the event itself names counts, up to what the rule allows.
        asked.until_on is not null
        and coalesce(asked.until_on < ends.ends_on, extensions.length is null) as told,
        if(told, asked.until_on, ends.ends_on) as ends_on,
        if(told, asked.until_on, ends.counted_on) as counted_on,
        extensions.length is null and asked.until_on is null as endless
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
),

placed as (
    select
        *,
        max(ends_on) over (
            partition by clock order by recorded_on, sequence
            rows between unbounded preceding and 1 preceding
        ) as put_off_to
    from recorded
),

judged as (
    select
        *,
        -- One that came while an earlier one ran was in time; after a late one none is.
        bool_and(recorded_on <= greatest(due_on, put_off_to)) over (
            partition by clock order by recorded_on, sequence
        ) as in_time
    from placed
)

select
    clock,
    max(ends_on) as due_on,
    arg_max(counted_on, ends_on) as counted_on,
    -- Who named the end knew of every pause until then.
    arg_max_null(if(told, occurred_on, null), ends_on) as told_on,
    bool_or(endless) as endless
from judged
where in_time
group by clock;
