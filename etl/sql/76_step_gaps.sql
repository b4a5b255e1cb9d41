-- core.step_gaps: one row per case, kind of gap and step or other part: its result.
create or replace table core.step_gaps as
with found as (
    select
        'skipped' as gap,
        *
    from core.skips
    union all by name
    select
        'out_of_order' as gap,
        *
    from core.disorders
    union all by name
    select
        'same_person' as gap,
        *
    from core.four_eyes
    union all by name
    select
        'bounced' as gap,
        *
    from core.detours
    union all by name
    select
        'repeated' as gap,
        *
    from core.repeats
    union all by name
    select *
    from core.practice_gaps
)

select
    case_key,
    gap,
    part,
    result,
    found_on,
    days
from found;
