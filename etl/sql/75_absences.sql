-- core.absences: one row per case that needs a conference and discipline: whether it was there.
create or replace table core.absences as
with called as (
    select
        cases.case_key,
        limits.part,
        required.first_on as called_on,
        required.first_on + limits.days as due_on,
        called_for.kind is not null as is_called,
        held.kind is not null as is_held
    from core.cases as cases
    cross join staging.practice_limits as limits
    left join core.recorded_kinds as called_for
        on cases.source = called_for.source and called_for.kind = 'conference_required'
    left join core.recorded_kinds as held
        on cases.source = held.source and held.kind = 'conference_held'
    left join core.milestones as required
        on cases.case_key = required.case_key and required.kind = 'conference_required'
    where
        limits.demand = 'discipline'
        and (required.case_key is not null or called_for.kind is null)
),

met as (
    select
        called.case_key,
        called.part,
        min(conferences.occurred_on) filter (where conferences.party = called.part) as there_on,
        -- A conference of which nobody noted who was there.
        count(*) filter (where conferences.party is null) > 0 as is_unnamed
    from called
    inner join core.events as conferences
        on
            called.case_key = conferences.case_key
            and conferences.kind = 'conference_held'
            and called.called_on <= conferences.occurred_on
    group by called.case_key, called.part
)

select
    called.case_key,
    called.part,
    case
        when not called.is_called then 'not_assessable'
        when parameters.as_of <= called.due_on then 'pending'
        when met.there_on <= called.due_on then 'kept'
        when met.there_on is not null then 'gap'
        when not called.is_held or met.is_unnamed then 'not_assessable'
        else 'gap'
    end as result,
    called.due_on + 1 as found_on,
    (coalesce(met.there_on, parameters.as_of) - called.called_on)::integer as days
from called
left join met on called.case_key = met.case_key and called.part = met.part
cross join staging.parameters as parameters;
