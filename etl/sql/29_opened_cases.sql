-- temp.opened_cases: one row per case whose receipt only the first of its states tells.
create or replace temp table temp.opened_cases as
select openings.*
from core.openings as openings
anti join (
    select case_key
    from temp.counted_events
    where kind = 'received'
    union all
    select case_key
    from core.derived_events
    where kind = 'received'
) as received
    on openings.case_key = received.case_key;
