-- temp.told_by_the_hour: one row per mark of an event told by the day, and elsewhere by hours.
create or replace temp table temp.told_by_the_hour as
select hash(said.case_key, said.kind, said.level, said.party, said.occurred_on) as mark
from temp.stated_events as said
inner join core.snapshots as snapshots on said.snapshot = snapshots.snapshot
-- Most kinds are told in one way alone, and their events need not be compared with any.
semi join temp.stated_kinds as both_ways on said.kind = both_ways.kind
group by mark
having
    bool_or(said.has_hours)
    and not bool_and(said.has_hours)
    -- What one export tells twice it tells of two events.
    and count(distinct hash(snapshots.source, snapshots.export)) > 1;
