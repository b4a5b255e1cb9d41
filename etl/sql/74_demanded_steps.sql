-- temp.demanded_steps: one row per source and severity: which steps its cases must take.
create or replace temp table temp.demanded_steps as
with kinds as (
    select distinct
        source,
        severity
    from core.cases
)

select
    kinds.source,
    kinds.severity,
    list(steps.position order by steps.position) as positions,
    list(recorded.kind is not null order by steps.position) as recorded,
    list(
        case
            when not steps.mandatory then false
            when steps.severities is null then true
            -- A severity that nobody recorded: whether the step is due cannot be decided.
            when kinds.severity <> 'unknown'
                then list_contains(steps.severities, kinds.severity)
        end
        order by steps.position
    ) as required
from kinds
cross join staging.procedure_steps as steps
left join core.recorded_kinds as recorded
    on kinds.source = recorded.source and steps.step = recorded.kind
group by kinds.source, kinds.severity;
