-- core.events: one row per case, kind, level, party, instant and place, up to the as-of day.
create or replace table core.events as
with placed as (
    select *
    from temp.placed_events
    union all by name
    -- Alone in its second, an event stands in its place without a look at any other.
    select
        *,
        0 as place
    from temp.told_events
    where
        occurred_on <= (select parameters.as_of from staging.parameters as parameters)
        and hash(case_key, second)
        not in (select crowded.mark from temp.crowded_seconds as crowded)
)

select
    * exclude (second, place),
    -- Grows from event to event of a case: its second, and its place within that.
    second * 16777216 + place as sequence
from placed;
