-- temp.lost_spans: one row per clock and span of days in which it stands still.
create or replace temp table temp.lost_spans as
with overlapping as (
    select
        clocks.clock,
        clocks.position,
        greatest(pauses.from_on, clocks.started_on) as from_on,
        greatest(pauses.from_at, clocks.started_at) as from_at,
        pauses.until_on,
        pauses.until_at,
        -- Two pauses at once are one: a new one begins where all before it are over.
        coalesce(pauses.from_at > max(pauses.until_at) over (
            partition by clocks.clock order by pauses.from_at, pauses.until_at
            rows between unbounded preceding and 1 preceding
        ), true) as begins
    from temp.due_days as clocks
    inner join staging.rules as rules
        on clocks.position = rules.position and rules.pauses is not null
    inner join temp.pauses as pauses
        on clocks.number = pauses.number and rules.pauses in (pauses.way, 'either')
    where
        pauses.until_on >= clocks.started_on
        and coalesce(pauses.until_at > clocks.started_at, true)
),

numbered as (
    select
        *,
        count(*) filter (where begins) over (
            partition by clock order by from_at, until_at
            rows between unbounded preceding and current row
        ) as span
    from overlapping
)

select
    clock,
    position,
    min(from_on) as from_on,
    max(until_on) as until_on,
    min(from_at) as from_at,
    max(until_at) as until_at
from numbered
group by clock, position, span;
