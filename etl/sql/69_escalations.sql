-- core.escalations: one row per case and time that it was passed to another level.
create or replace table core.escalations as
with passed as (
    select
        events.case_key,
        events.kind,
        events.occurred_on,
        events.level as to_level,
        ladder.rank as to_rank,
        row_number() over (partition by events.case_key order by events.sequence) as place,
        lag(events.level) over (partition by events.case_key order by events.sequence)
            as level_before
    from core.events as events
    left join staging.ladder as ladder on events.level = ladder.level
    where events.kind in ('escalated', 'de_escalated')
),

ranked as (
    select
        passed.*,
        before.level as from_level,
        case
            when passed.to_rank > before.rank then 'up'
            when passed.to_rank < before.rank then 'down'
            when passed.to_rank = before.rank then 'same'
            -- Where a level is not told, the system's own word for it counts.
            else if(passed.kind = 'escalated', 'up', 'down')
        end as direction,
        abs(passed.to_rank - before.rank) as moved_by
    from passed
    -- Every case begins on the lowest level.
    left join staging.ladder as before
        on passed.level_before = before.level or (passed.place = 1 and before.rank = 0)
)

select
    ranked.case_key,
    ranked.place,
    ranked.kind,
    ranked.occurred_on,
    ranked.from_level,
    ranked.to_level,
    ranked.direction,
    -- Unknown where one of the levels is.
    if(ranked.moved_by > 1, ranked.moved_by - 1, 0 * ranked.moved_by) as skipped_levels,
    coalesce(demanded.demanded_on <= ranked.occurred_on, false) as demanded,
    coalesce(ranked.direction <> lag(ranked.direction) over (
        partition by ranked.case_key order by ranked.place
    ), false) as turned
from ranked
left join temp.demanded as demanded on ranked.case_key = demanded.case_key;
