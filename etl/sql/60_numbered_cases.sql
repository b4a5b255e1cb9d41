-- temp.numbered_cases: one row per case with a number, which joins faster than a key.
create or replace temp table temp.numbered_cases as
select
    row_number() over () as number,
    case_key,
    source,
    received_on,
    coalesce(received_at, received_on::timestamp) as received_at,
    incident_on,
    unit,
    category,
    channel,
    severity,
    outcome,
    resolved_on
from core.cases;
