-- temp.twice_told: one row per mark of events that may be one event, told more than once.
create or replace temp table temp.twice_told as
select hash(case_key, kind, level, occurred_at) as mark
from temp.told_events
where hash(case_key, second) in (select crowded.mark from temp.crowded_seconds as crowded)
group by mark
having count(*) > 1;
