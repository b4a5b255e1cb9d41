-- temp.contested_events: one row per event that counts of the files that compete for a case.
create or replace temp table temp.contested_events as
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
inner join core.chosen_rows as chosen
    on
        events.snapshot = chosen.snapshot
        and events.case_key = chosen.case_key
        and events.line = coalesce(chosen.only_line, events.line)
anti join temp.sole_files as files
    on events.snapshot = files.snapshot and files.every_row_counts;
