-- temp.told_events: one row per event that the exports tell of, whatever the as-of day.
-- A view: to write millions of events down once more takes longer than to look them up.
create or replace temp view temp.told_events as
select
    said.case_key,
    said.kind,
    said.occurred_on,
    said.occurred_at,
    said.level,
    said.party,
    said.ordinal,
    said.snapshot,
    said.line,
    said.actor_key,
    said.until_on,
    said.has_hours,
    -- Seconds since the first day of the year 1.
    (
        epoch_us(coalesce(said.occurred_at, said.occurred_on::timestamp))
        + 62135596800000000
    ) // 1000000 as second
from temp.stated_events as said
where
    said.has_hours
    -- A case's row has the day of what its history has by the hour.
    or hash(said.case_key, said.kind, said.level, said.party, said.occurred_on)
    not in (select known.mark from temp.told_by_the_hour as known);
