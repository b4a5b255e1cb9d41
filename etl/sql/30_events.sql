-- core.events: one row per case, kind, level and instant, up to the end of the as-of day.
create or replace table core.events as
with dated as (
    select
        events.case_key,
        events.source,
        events.kind,
        events.occurred_on,
        events.occurred_at,
        events.level,
        min(events.snapshot) as snapshot,
        min(events.line) as line
    from staging.events as events
    inner join core.chosen_rows as chosen
        on
            events.snapshot = chosen.snapshot
            and events.case_key = chosen.case_key
            and events.line = coalesce(chosen.only_line, events.line)
    where events.occurred_on <= (select parameters.as_of from staging.parameters as parameters)
    group by
        events.case_key, events.source, events.kind,
        events.occurred_on, events.occurred_at, events.level
)

select
    *,
    row_number() over (
        partition by case_key order by occurred_at, snapshot, line, kind
    ) as sequence
from dated;
