-- core.practice_gaps: one row per case, practice or four eyes, and part: its result.
create or replace view core.practice_gaps as
with found as (
    select
        'triage_incomplete' as gap,
        *
    from core.triages
    union all by name
    select
        'not_followed_up' as gap,
        *
    from core.follow_ups
    union all by name
    select
        'discipline_absent' as gap,
        *
    from core.absences
    union all by name
    select
        'without_news' as gap,
        *
    from core.silences
    union all by name
    select
        'not_served' as gap,
        *
    from core.referrals
    union all by name
    select
        'check_missed' as gap,
        *
    from core.check_ups
    union all by name
    select
        'no_exit_plan' as gap,
        *
    from core.exits
    union all by name
    select *
    from core.watched_cases
    union all by name
    select
        'same_person' as gap,
        *
    from core.four_eyes
)

select
    case_key,
    gap,
    part,
    result,
    found_on,
    days
from found;
