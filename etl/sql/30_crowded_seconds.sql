-- temp.crowded_seconds: one row per mark of a case and second of which several events are told.
create or replace temp table temp.crowded_seconds as
-- Only these can be one event that is told twice, or hang on more than their instant for their
-- place among the others: most events need not be compared with any.
select hash(case_key, second) as mark
from temp.told_events
group by mark
having count(*) > 1;
