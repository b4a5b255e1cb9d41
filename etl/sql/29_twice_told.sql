-- temp.twice_told: one row per mark of events that may be one event, told more than once.
create or replace temp table temp.twice_told as
with kinds as (
    select
        kind,
        row_number() over () - 1 as place
    from (select distinct events.kind from temp.told_events as events) as named
),

-- Most cases have no two events of one kind: a bit for each kind shows that at once.
repeated as (
    select events.case_key
    from temp.told_events as events
    inner join kinds on events.kind = kinds.kind
    group by events.case_key
    having bit_count(bit_or(1::bigint << (kinds.place % 63))) < count(*)
)

select hash(events.case_key, events.kind, events.level, events.occurred_at) as mark
from temp.told_events as events
semi join repeated on events.case_key = repeated.case_key
group by mark
having count(*) > 1;
