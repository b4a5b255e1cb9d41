-- core.owed_gaps: one row per case and thing owed beside its steps: its result.
create or replace view core.owed_gaps as
with found as (
    select *
    from core.practice_gaps
    union all by name
    select
        'left_to_others' as gap,
        *
    from core.own_decisions
    union all by name
    select
        'no_consequence' as gap,
        *
    from core.consequences
    union all by name
    select
        'thin_evidence' as gap,
        *
    from core.evidence
    union all by name
    select
        'noted_late' as gap,
        *
    from core.notes
    union all by name
    select
        'came_again' as gap,
        *
    from core.later_reports
    union all by name
    select
        'short_handed' as gap,
        *
    from core.workloads
)

select
    case_key,
    gap,
    part,
    result,
    found_on,
    days
from found;
