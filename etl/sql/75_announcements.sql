-- core.announcements: one row per case with something announced: whether all of it was kept.
create or replace table core.announcements as
with announced as (
    select
        case_key,
        until_on,
        count(*) over (partition by case_key order by until_on) as announced
    from core.events
    where kind = 'milestone_announced'
),

-- By each day announced, as much must have been reached as was announced up to it.
compared as (
    select
        announced.case_key,
        announced.until_on,
        announced.announced,
        count(met.case_key) filter (where met.occurred_on <= announced.until_on) as met_in_time
    from announced
    left join core.events as met
        on announced.case_key = met.case_key and met.kind = 'milestone_met'
    group by announced.case_key, announced.until_on, announced.announced
),

told as (
    select
        compared.case_key,
        bool_or(compared.until_on is null) as is_undated,
        max(compared.until_on) as last_on,
        min(compared.until_on) filter (
            where
            compared.until_on < parameters.as_of
            and compared.met_in_time < compared.announced
        ) as missed_on
    from compared
    cross join staging.parameters as parameters
    group by compared.case_key
)

select
    cases.case_key,
    limits.part,
    case
        when announcing.kind is null or meeting.kind is null then 'not_assessable'
        when told.missed_on is not null then 'gap'
        when told.is_undated then 'not_assessable'
        when told.last_on >= parameters.as_of then 'pending'
        else 'kept'
    end as result,
    coalesce(told.missed_on, told.last_on) + 1 as found_on,
    null::integer as days
from core.cases as cases
cross join staging.parameters as parameters
cross join staging.practice_limits as limits
left join core.recorded_kinds as announcing
    on cases.source = announcing.source and announcing.kind = 'milestone_announced'
left join core.recorded_kinds as meeting
    on cases.source = meeting.source and meeting.kind = 'milestone_met'
left join told on cases.case_key = told.case_key
where limits.demand = 'milestone' and (told.case_key is not null or announcing.kind is null);
