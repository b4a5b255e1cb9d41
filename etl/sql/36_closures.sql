-- core.closures: one row per case ever ended or reopened: its last closure and reopening.
create or replace table core.closures as
with openings as (
    select
        case_key,
        max(sequence) as reopened_place
    from core.events
    where kind = 'reopened'
    group by case_key
),

steps as (
    select
        events.case_key,
        events.kind,
        events.occurred_on,
        events.sequence,
        openings.reopened_place
    from core.events as events
    left join openings on events.case_key = openings.case_key
    where events.kind in ('resolved', 'closed', 'cancelled', 'reopened')
)

select
    case_key,
    -- A system that closes what was resolved days ago did not work on it in between, even where
    -- its list of cases calls the closing what its history has as a closing. A sequence is the
    -- second times 16777216, and a place in it (33_events.sql).
    coalesce(
        if(
            max(sequence // 16777216) filter (
                where kind = 'resolved' and sequence > coalesce(reopened_place, 0)
            ) = min(sequence // 16777216) filter (
                where kind in ('closed', 'cancelled') and sequence > coalesce(reopened_place, 0)
            ),
            min(occurred_on) filter (
                where kind = 'resolved' and sequence > coalesce(reopened_place, 0)
            ),
            max(occurred_on) filter (
                where kind = 'resolved' and sequence > coalesce(reopened_place, 0)
            )
        ),
        min(occurred_on) filter (
            where kind in ('closed', 'cancelled') and sequence > coalesce(reopened_place, 0)
        )
    ) as closed_on,
    max(sequence) filter (where kind <> 'reopened') as closed_place,
    max(reopened_place) as reopened_place
from steps
group by case_key;
