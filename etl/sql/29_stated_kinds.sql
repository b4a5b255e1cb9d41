-- temp.stated_kinds: one row per kind of event that is told both by the day and by hours.
create or replace temp table temp.stated_kinds as
-- Known before their events are looked at: where there is none, no event need be read again.
select kind
from temp.stated_events
group by kind
having bool_or(has_hours) and not bool_and(has_hours);
