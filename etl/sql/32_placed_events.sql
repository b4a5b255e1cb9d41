-- temp.placed_events: one row per event up to the as-of day of a second that holds several.
create or replace temp table temp.placed_events as
with crowded as (
    select *
    from temp.twins_united
    union all by name
    select *
    from temp.told_events
    where
        occurred_on <= (select parameters.as_of from staging.parameters as parameters)
        and hash(case_key, second) in (select seconds.mark from temp.crowded_seconds as seconds)
        and hash(case_key, kind, level, occurred_at)
        not in (select twice.mark from temp.twice_told as twice)
)

select
    crowded.case_key,
    crowded.kind,
    crowded.occurred_on,
    crowded.occurred_at,
    crowded.level,
    crowded.party,
    crowded.ordinal,
    crowded.snapshot,
    crowded.line,
    crowded.actor_key,
    crowded.until_on,
    crowded.has_hours,
    crowded.second,
    row_number() over (
        partition by crowded.case_key, crowded.second
        order by
            crowded.occurred_at,
            crowded.kind <> 'received',
            crowded.ordinal nulls first,
            crowded.snapshot,
            crowded.line,
            -- Its status says whether it was opened again on that day before or after its end,
            -- of which all kinds stand between the two by the alphabet.
            case
                when crowded.kind <> 'reopened' or rows_of.case_key is null then crowded.kind
                when rows_of.status in ('new', 'open', 'waiting') then 'resolved again'
                else 'c'
            end,
            crowded.party
    ) as place
from crowded
left join staging.cases as rows_of
    on
        crowded.snapshot = rows_of.snapshot
        and crowded.line = rows_of.line
        and crowded.case_key = rows_of.case_key
anti join temp.later_closings as closings
    on
        crowded.kind = 'resolved'
        and rows_of.case_key is not null
        and crowded.case_key = closings.case_key
        and crowded.occurred_at = closings.occurred_at
        and crowded.snapshot <> closings.snapshot;
