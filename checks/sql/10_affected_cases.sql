-- quality.affected_cases: one row per check, case and step that a finding puts in doubt.
create or replace table quality.affected_cases as
with places as (
    select distinct
        name,
        snapshot,
        line,
        step
    from quality.findings
    where snapshot is not null and line is not null
),

spoken as (
    select
        snapshot,
        line,
        case_key
    from staging.cases
    union all
    select
        snapshot,
        line,
        case_key
    from staging.events
    union all
    select
        snapshot,
        line,
        case_key
    from staging.feedback
)

select distinct
    places.name,
    spoken.case_key,
    places.step
from places
inner join spoken on places.snapshot = spoken.snapshot and places.line = spoken.line;
