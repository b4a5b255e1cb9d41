-- core.exposure: one row per unit and span of days with the same headcount.
create or replace table core.exposure as
with spans as (
    select
        headcount.unit,
        headcount.from_on,
        headcount.people,
        lead(headcount.from_on, 1, parameters.as_of + 1) over (
            partition by headcount.unit order by headcount.from_on
        ) as until_on
    from staging.headcount as headcount
    cross join staging.parameters as parameters
    where headcount.from_on <= parameters.as_of
)

select
    unit,
    from_on,
    least(until_on, (select parameters.as_of + 1 from staging.parameters as parameters))
        as until_on,
    people
from spans
where people > 0;
