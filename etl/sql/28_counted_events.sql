-- temp.counted_events: one row per row of staging.events that counts.
create or replace temp view temp.counted_events as
select
    events.case_key,
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
    case_key,
    snapshot,
    line,
    kind,
    level,
    occurred_on,
    occurred_at,
    exactness,
    ordinal,
    actor_key,
    party,
    until_on
from temp.contested_events;
