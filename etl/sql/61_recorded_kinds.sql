-- core.recorded_kinds: one row per source and kind of event that its exports ever record.
create or replace table core.recorded_kinds as
select distinct
    source,
    kind
from core.events
union
select distinct
    source,
    'incident' as kind
from core.cases
where incident_on is not null;
