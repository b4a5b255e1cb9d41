-- temp.pauses: one row per case by number, way to pause and span of it; spans may overlap.
create or replace temp table temp.pauses as
with marks as (
    select
        number,
        sequence,
        occurred_on,
        occurred_at,
        if(kind in ('paused', 'resumed'), 'paused', 'closed') as way,
        kind in ('paused', 'resolved') as opens,
        if(kind in ('paused', 'resumed'), coalesce(level, ''), '') as reason
    from temp.timeline
    where kind in ('paused', 'resumed', 'resolved', 'reopened')
)

select
    opening.number,
    opening.way,
    opening.occurred_on as from_on,
    opening.occurred_at as from_at,
    -- A pause that nobody ended runs to the end of the as-of day; a closed case stays closed.
    coalesce(min(closing.occurred_on), parameters.as_of + 1) as until_on,
    coalesce(
        min(closing.occurred_at),
        timezone('UTC', timezone(parameters.time_zone, (parameters.as_of + 1)::timestamp))
    ) as until_at
from marks as opening
cross join staging.parameters as parameters
left join marks as closing
    on
        opening.number = closing.number
        and opening.way = closing.way
        and opening.sequence < closing.sequence
        and not closing.opens
        and (closing.reason in ('', opening.reason) or opening.reason = '')
where
    opening.opens
    and opening.way in (
        select unnest(if(rules.pauses = 'either', ['paused', 'closed'], [rules.pauses]))
        from staging.rules as rules
        where rules.pauses is not null
    )
group by
    opening.number, opening.way, opening.sequence, opening.occurred_on,
    opening.occurred_at, parameters.as_of, parameters.time_zone
having opening.way = 'paused' or count(closing.sequence) > 0;
