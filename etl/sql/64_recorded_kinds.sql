-- core.recorded_kinds: one row per source and kind of event that its exports ever record.
create or replace table core.recorded_kinds as
select distinct
    source,
    kind
from core.events;
