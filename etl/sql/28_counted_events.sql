-- temp.counted_events: one row per row of staging.events that counts.
create or replace temp view temp.counted_events as
select
    events.case_key,
    events.source,
    events.snapshot,
    events.line,
    events.kind,
    events.level,
    events.occurred_on,
    events.occurred_at,
    events.exactness,
    events.ordinal,
    events.actor_key,
    events.party,
    events.until_on
from staging.events as events
semi join temp.sole_files as files
    on events.snapshot = files.snapshot and files.every_row_counts
union all
select
    events.case_key,
    events.source,
    events.snapshot,
    events.line,
    events.kind,
    events.level,
    events.occurred_on,
    events.occurred_at,
    events.exactness,
    events.ordinal,
    events.actor_key,
    events.party,
    events.until_on
from staging.events as events
inner join core.chosen_rows as chosen
    on
        events.snapshot = chosen.snapshot
        and events.case_key = chosen.case_key
        and events.line = coalesce(chosen.only_line, events.line)
anti join temp.sole_files as files
    on events.snapshot = files.snapshot and files.every_row_counts;
