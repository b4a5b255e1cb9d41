-- core.check_ups: one row per case and day of checking for retaliation: whether it was done.
create or replace table core.check_ups as
with windows as (
    -- A check belongs to the day that it is nearest to; the last has as long as the first.
    select
        part,
        days,
        days - lag(days, 1, 0) over (order by days) as before,
        coalesce(lead(days) over (order by days) - days, min(days) over ()) as after
    from staging.practice_limits
    where demand = 'check_up'
),

told as (
    select
        cases.case_key,
        windows.part,
        cases.anonymity,
        recorded.kind is not null as is_recorded,
        cases.received_on + windows.days as due_on,
        cases.received_on + windows.days + windows.after // 2 as until_on,
        count(checks.case_key) as checks
    from core.cases as cases
    cross join windows
    left join core.recorded_kinds as recorded
        on cases.source = recorded.source and recorded.kind = 'retaliation_check'
    left join core.events as checks
        on
            cases.case_key = checks.case_key
            and checks.kind = 'retaliation_check'
            and cases.received_on + windows.days - windows.before // 2 < checks.occurred_on
            and checks.occurred_on <= cases.received_on + windows.days + windows.after // 2
    -- Nobody can ask a person of whom nobody knows who it is.
    where cases.received_on is not null and cases.anonymity is distinct from 'anonymous'
    group by all
)

select
    told.case_key,
    told.part,
    case
        when not told.is_recorded then 'not_assessable'
        when parameters.as_of <= told.until_on then 'pending'
        when told.checks > 0 then 'kept'
        -- Perhaps nobody could be asked.
        when told.anonymity is null then 'not_assessable'
        else 'gap'
    end as result,
    told.until_on + 1 as found_on,
    null::integer as days
from told
cross join staging.parameters as parameters;
