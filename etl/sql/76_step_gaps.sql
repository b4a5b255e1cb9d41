-- core.step_gaps: one row per case, kind of gap and step, or pair of steps: its result.
create or replace table core.step_gaps as
select
    case_key,
    'skipped' as gap,
    part,
    result,
    found_on,
    days
from core.skips
union all
select
    case_key,
    'out_of_order' as gap,
    part,
    result,
    found_on,
    days
from core.disorders
union all
select
    case_key,
    'same_person' as gap,
    part,
    result,
    found_on,
    days
from core.four_eyes
union all
select
    case_key,
    'bounced' as gap,
    part,
    result,
    found_on,
    days
from core.detours
union all
select
    case_key,
    'repeated' as gap,
    part,
    result,
    found_on,
    days
from core.repeats;
