-- temp.routed: one row per case and route in force on its receipt that concerns it.
create or replace temp table temp.routed as
select
    cases.case_key,
    routes.position,
    routes.route,
    -- A field that the route asks for and nobody recorded: not to be decided.
    coalesce(
        (routes.units is not null and cases.unit = 'unknown')
        or (routes.categories is not null and cases.category = 'unknown')
        or (routes.channels is not null and cases.channel = 'unknown')
        or (routes.severities is not null and cases.severity = 'unknown')
        or (routes.outcomes is not null and cases.outcome is null), false
    ) as undecidable
from core.cases as cases
inner join staging.routes as routes
    on
        cases.received_on >= routes.in_force_from
        and cases.received_on < routes.in_force_until
where
    (routes.units is null or list_contains(routes.units || ['unknown'], cases.unit))
    and (
        routes.categories is null
        or list_contains(routes.categories || ['unknown'], cases.category)
    )
    and (
        routes.channels is null or list_contains(routes.channels || ['unknown'], cases.channel)
    )
    and (
        routes.severities is null
        or list_contains(routes.severities || ['unknown'], cases.severity)
    )
    and (
        routes.outcomes is null
        or cases.outcome is null
        or list_contains(routes.outcomes, cases.outcome)
    );
