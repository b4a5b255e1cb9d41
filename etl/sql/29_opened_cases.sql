-- temp.opened_cases: one row per case whose receipt only the first of its states tells.
create or replace temp table temp.opened_cases as
with received as (
    select case_key
    from temp.counted_events
    where kind = 'received'
    union all
    select case_key
    from core.derived_events
    where kind = 'received'
)

select
    openings.case_key,
    openings.source,
    openings.snapshot,
    openings.line,
    openings.stated_on,
    openings.stated_at
from core.openings as openings
anti join received on openings.case_key = received.case_key;
