-- core.due_days: one row per case and rule in force on its receipt that concerns it.
create or replace table core.due_days as
with concerned as (
    select
        cases.case_key,
        cases.source,
        cases.received_on,
        rules.rule,
        rules.from_kind,
        rules.to_kind,
        rules.within,
        rules.length_unit,
        rules.position,
        -- A field that the rule asks for and nobody recorded: not to be decided.
        (rules.units is not null and cases.unit = 'unknown')
        or (rules.categories is not null and cases.category = 'unknown')
        or (rules.channels is not null and cases.channel = 'unknown')
        or (rules.severities is not null and cases.severity = 'unknown') as undecidable
    from core.cases as cases
    inner join staging.rules as rules
        on
            cases.received_on >= rules.in_force_from
            and cases.received_on < rules.in_force_until
    where
        (rules.units is null or list_contains(rules.units || ['unknown'], cases.unit))
        and (
            rules.categories is null
            or list_contains(rules.categories || ['unknown'], cases.category)
        )
        and (
            rules.channels is null
            or list_contains(rules.channels || ['unknown'], cases.channel)
        )
        and (
            rules.severities is null
            or list_contains(rules.severities || ['unknown'], cases.severity)
        )
)

select
    concerned.*,
    started.first_on as started_on,
    case concerned.length_unit
        when 'calendar_days' then started.first_on + concerned.within::integer
        else due.day
    end as due_on
from concerned
left join core.milestones as started
    on concerned.case_key = started.case_key and concerned.from_kind = started.kind
left join staging.days as start_day on started.first_on = start_day.day
left join staging.days as due
    on
        concerned.length_unit = 'working_days'
        and due.is_working
        and start_day.working_index + concerned.within = due.working_index;
