-- temp.counted_days: one row per calendar and day, and per day since 1900 of no calendar.
create or replace temp table temp.counted_days as
select
    calendar,
    day,
    is_working,
    working_index
from staging.days
union all
-- Where no holiday matters, no calendar has to reach back to the start.
select
    'every day' as calendar,
    date '1900-01-01' + numbers.number::integer as day,
    true as is_working,
    numbers.number as working_index
from range(
    (select max(staging.days.day) - date '1900-01-01' from staging.days)
) as numbers (number);
