-- temp.plain_states: one row per step of the procedure and case that took its in plain order.
create or replace temp view temp.plain_states as
select
    cases.case_key,
    cases.positions,
    cases.days,
    cases.resolved_on,
    unnest(demanded.positions) as position,
    unnest(demanded.recorded) as is_recorded,
    unnest(demanded.required) as is_required,
    -- After the last step comes none, of which nothing can be said.
    unnest(list_append(demanded.recorded[2:], null)) as is_next_recorded
from temp.case_steps as cases
inner join temp.demanded_steps as demanded
    on cases.source = demanded.source and cases.severity = demanded.severity
where cases.is_plain;
