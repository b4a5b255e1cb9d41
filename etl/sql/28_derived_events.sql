-- core.derived_events: one row per event that a change of a field amounts to.
create or replace table core.derived_events as
with steps as (
    select
        *,
        coalesce(before in ('resolved', 'closed', 'cancelled'), false) as was_ended,
        after in ('resolved', 'closed', 'cancelled') as is_ended
    from core.changes
),

named as (
    select
        *,
        case meaning
            when 'progress'
                then
                    [
                        if(before = 'new' and after <> 'cancelled', 'acknowledged', null),
                        if(before = 'waiting', 'resumed', null),
                        if(is_ended and not was_ended, 'resolved', null),
                        if(after in ('closed', 'cancelled'), after, null),
                        if(was_ended and not is_ended, 'reopened', null),
                        if(after = 'waiting', 'paused', null)
                    ]
            when 'escalation'
                then
                    [
                        if(after_rank > before_rank, 'escalated', null),
                        if(after_rank < before_rank, 'de_escalated', null)
                    ]
            when 'assignment' then [if(before is null, 'assigned', 'reassigned')]
        end as kinds
    from steps
),

listed as (
    select
        * exclude (kinds),
        unnest(kinds) as kind
    from named
)

select
    snapshot,
    line,
    source,
    export,
    case_key,
    kind,
    if(field = 'level', after, null) as level,
    occurred_on,
    occurred_at,
    exactness,
    ordinal,
    actor_key
from listed
where kind is not null;
