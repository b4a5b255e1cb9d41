-- core.watched_cases: one row per case and thing watched while time passes: its result.
create or replace view core.watched_cases as
with found as (
    select
        'not_reviewed' as gap,
        *
    from core.reviews
    union all by name
    select
        'milestone_missed' as gap,
        *
    from core.announcements
    union all by name
    select
        'harmed' as gap,
        *
    from core.harms
)

select
    case_key,
    gap,
    part,
    result,
    found_on,
    days
from found;
