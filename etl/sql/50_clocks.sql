-- core.clocks: one row per case and clock; days are whole calendar days.
create or replace table core.clocks as
select
    cases.case_key,
    'resolution' as clock,
    cases.received_on as started_on,
    cases.resolved_on as stopped_on,
    cases.resolved_on is not null as ended,
    -- Whether a case that is gone was closed since, nobody knows: it was watched until then.
    coalesce(cases.resolved_on, cases.last_seen_on, parameters.as_of) as observed_until,
    (
        coalesce(cases.resolved_on, cases.last_seen_on, parameters.as_of) - cases.received_on
    )::integer as days,
    cases.reopened
from core.cases as cases
cross join staging.parameters as parameters
where cases.received_on is not null;
