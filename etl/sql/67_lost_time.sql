-- temp.lost_time: one row per span in which a clock stands, as the clock measures it.
create or replace temp table temp.lost_time as
select
    spans.clock,
    spans.from_on,
    spans.until_on,
    -- An instant, a working day, or a day since 1900.
    case rules.length_unit
        when 'hours' then epoch_us(spans.from_at)
        when 'working_days' then first_day.working_index
        else spans.from_on - 1 - date '1900-01-01'
    end as stands_from,
    case rules.length_unit
        when 'hours' then epoch_us(spans.until_at)
        when 'working_days' then last_day.working_index
        else spans.until_on - 1 - date '1900-01-01'
    end as stands_until
from temp.lost_spans as spans
inner join staging.rules as rules on spans.position = rules.position
left join staging.days as first_day
    on rules.calendar = first_day.calendar and spans.from_on - 1 = first_day.day
left join staging.days as last_day
    on rules.calendar = last_day.calendar and spans.until_on - 1 = last_day.day;
