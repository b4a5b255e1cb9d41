-- metrics.at_fault: one row per failed check, metric that it puts in doubt, and kind of doubt.
-- Of the checks in $told alone, where not everybody may know of all.
create or replace table metrics.at_fault as
select
    name,
    doubt,
    unnest(affects) as metric
from quality.verdicts
where
    run = (select max(newest.run) from quality.verdicts as newest)
    and outcome in ('failed', 'known')
    and ($told is null or list_contains($told, name))
    and doubt in ('unsure', 'misplaced', 'extra')
    and name in (select affected.name from quality.affected_cases as affected);
