-- temp.contested_events: one row per event that counts of the files that compete for a case.
create or replace temp table temp.contested_events as
with contested as (
    -- Most files are alone: none of their events need be looked up.
    select chosen.*
    from core.chosen_rows as chosen
    anti join temp.sole_files as files
        on chosen.snapshot = files.snapshot and files.every_row_counts
)

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
inner join contested
    on
        events.snapshot = contested.snapshot
        and events.case_key = contested.case_key
        and events.line = coalesce(contested.only_line, events.line)
-- Said again, since the engine would else join all events first and ask for the files then.
where events.snapshot in (select disputed.snapshot from contested as disputed);
