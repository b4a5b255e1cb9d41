-- core.step_gaps: one row per case, kind of gap and step or other part: its result.
create or replace view core.step_gaps as
select
    case_key,
    'skipped' as gap,
    step as part,
    skipped as result,
    proven_on as found_on,
    null::integer as days
from core.step_results
where skipped is not null
union all
select
    case_key,
    'out_of_order' as gap,
    step as part,
    out_of_order as result,
    done_on as found_on,
    null::integer as days
from core.step_results
where out_of_order is not null
union all
select
    case_key,
    'bounced' as gap,
    step as part,
    bounced as result,
    bounced_on as found_on,
    bounced_days as days
from core.step_results
where bounced is not null
union all
select
    case_key,
    'repeated' as gap,
    step as part,
    repeated as result,
    repeated_on as found_on,
    repeated_days as days
from core.step_results
where repeated is not null
union all
select
    case_key,
    gap,
    part,
    result,
    found_on,
    days
from core.owed_gaps;
