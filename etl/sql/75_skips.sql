-- core.skips: one row per case and step it must take: whether a later step shows it skipped.
create or replace table core.skips as
select
    case_key,
    step as part,
    case
        when proven_on is null then 'pending'
        when done_on is not null then 'kept'
        when not is_recorded or is_required is null then 'not_assessable'
        else 'gap'
    end as result,
    proven_on as found_on,
    null::integer as days
from core.step_states
where is_required is distinct from false;
