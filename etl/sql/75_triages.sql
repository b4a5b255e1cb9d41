-- core.triages: one row per triaged case: whether all that makes a triage whole was done.
create or replace table core.triages as
with acts as (
    select
        part,
        unnest(kinds) as act
    from staging.practice_limits
    where demand = 'triage'
),

done as (
    select
        cases.case_key,
        acts.part,
        bool_and(recorded.kind is not null) as is_recorded,
        bool_and(taken.first_on is not null) as is_whole,
        max(taken.first_on) as last_on
    from core.cases as cases
    inner join core.first_days as firsts
        on cases.case_key = firsts.case_key and firsts.triaged_on is not null
    cross join acts
    left join core.recorded_kinds as recorded
        on cases.source = recorded.source and acts.act = recorded.kind
    left join temp.named_milestones as taken
        on cases.case_key = taken.case_key and acts.act = taken.kind
    group by cases.case_key, acts.part
),

-- The triage is over once somebody works on what it came to.
after as (
    select
        events.case_key,
        min(events.occurred_on) as over_on
    from core.events as events
    semi join done on events.case_key = done.case_key
    where events.kind in ('investigated', 'decided', 'resolved', 'closed', 'cancelled')
    group by events.case_key
)

select
    done.case_key,
    done.part,
    case
        -- First of all: were it judged when it is whole, the young would all be whole.
        when after.over_on is null then 'pending'
        when done.is_whole then 'kept'
        when not done.is_recorded then 'not_assessable'
        else 'gap'
    end as result,
    coalesce(after.over_on, done.last_on) as found_on,
    null::integer as days
from done
left join after on done.case_key = after.case_key;
