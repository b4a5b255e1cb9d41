-- temp.adjusted_starts: one row per clock that starts on another day than its event's.
create or replace temp table temp.adjusted_starts as
with begun as (
    select
        starts.clock,
        starts.started_on,
        coalesce(rules.waiting_length, rules.late_length) as lead_length,
        make_date(year(starts.started_on), rules.year_month, rules.year_day) as year_end,
        timezone(parameters.time_zone, timezone('UTC', starts.started_at)) as local_at,
        coalesce(60 * hour(local_at) + minute(local_at) >= rules.closes, false) as late
    from temp.starts as starts
    inner join staging.rules as rules on starts.position = rules.position
    cross join staging.parameters as parameters
    where
        not starts.fell_back
        and starts.started_on is not null
        and coalesce(rules.waiting_length, rules.late_length, rules.year_month) is not null
)

select
    begun.clock,
    case
        when begun.lead_length is not null then ends.ends_on
        when begun.year_end < begun.started_on then (begun.year_end + to_years(1))::date
        else begun.year_end
    end as started_on
from begun
left join temp.length_ends as ends
    on
        begun.lead_length * 10000000::bigint
        + (begun.started_on + begun.late::integer - date '1900-01-01') = ends.length_day;
