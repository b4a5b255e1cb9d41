-- temp.plain_steps: one row per step of the procedure and plain way to take its steps.
create or replace temp table temp.plain_steps as
-- Millions of cases take their steps in a few ways: what holds for all cases of one way is
-- found once.
with ways as (
    select distinct
        source,
        severity,
        positions
    from temp.case_steps
    where is_plain
),

listed as (
    select
        ways.source,
        ways.severity,
        ways.positions,
        unnest(demanded.positions) as position,
        unnest(demanded.recorded) as is_recorded,
        unnest(demanded.required) as is_required,
        -- After the last step comes none, of which nothing can be said.
        unnest(list_append(demanded.recorded[2:], null)) as is_next_recorded
    from ways
    inner join temp.demanded_steps as demanded
        on ways.source = demanded.source and ways.severity = demanded.severity
)

select
    *,
    list_position(positions, position) as done_place,
    list_position(positions, position + 1) as next_place,
    -- The steps that were taken stand in order: the next one proves all before it over.
    1 + len(list_filter(positions, lambda place: place <= position)) as proven_place
from listed;
