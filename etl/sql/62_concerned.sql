-- temp.concerned: one row per case and rule in force on its receipt that concerns it.
create or replace temp table temp.concerned as
select
    cases.number,
    rules.position,
    -- The one key of a clock: case, rule and, in its last digits, round.
    cases.number * 1048576 + rules.position * 1024 as clock,
    cases.received_on,
    cases.received_at,
    if(cases.outcome = 'withdrawn', cases.resolved_on, null) as withdrawn_on,
    -- What keeps every clock of this case and rule from being judged.
    case
        when rules.whose = 'reporter' then 'not_applicable: the reporter''s own time'
        when rules.outcomes is not null and cases.outcome is null and cases.resolved_on is null
            then 'not_applicable: the case has no outcome yet'
        -- A field that the rule asks for and nobody recorded: not to be decided.
        when
            (rules.units is not null and cases.unit = 'unknown')
            or (rules.categories is not null and cases.category = 'unknown')
            or (rules.channels is not null and cases.channel = 'unknown')
            or (rules.severities is not null and cases.severity = 'unknown')
            or (rules.outcomes is not null and cases.outcome is null)
            then 'not_assessable: what the rule depends on is not recorded'
        when not (recorded.start_recorded and recorded.stop_recorded)
            then 'not_assessable: the exports never record this step'
    end as hindrance
from temp.numbered_cases as cases
inner join staging.rules as rules
    on
        cases.received_on >= rules.in_force_from
        and cases.received_on < rules.in_force_until
inner join core.recorded_steps as recorded
    on cases.source = recorded.source and rules.position = recorded.position
where
    (rules.units is null or list_contains(rules.units || ['unknown'], cases.unit))
    and (
        rules.categories is null
        or list_contains(rules.categories || ['unknown'], cases.category)
    )
    and (rules.channels is null or list_contains(rules.channels || ['unknown'], cases.channel))
    and (
        rules.severities is null
        or list_contains(rules.severities || ['unknown'], cases.severity)
    )
    and (
        rules.outcomes is null
        or cases.outcome is null
        or list_contains(rules.outcomes, cases.outcome)
    );
