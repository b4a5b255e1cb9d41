-- temp.later_closings: one row per change by which a case that had ended was closed.
-- A list of cases has one date for the end, and calls the later one its resolution.
create or replace temp table temp.later_closings as
select
    closings.case_key,
    closings.snapshot,
    closings.occurred_at
from core.changes as closings
-- Solved and closed at one instant, it was resolved then, whoever tells so besides.
anti join core.derived_events as resolutions
    on
        resolutions.kind = 'resolved'
        and closings.case_key = resolutions.case_key
        and closings.occurred_at = resolutions.occurred_at
where
    closings.meaning = 'progress'
    and closings.before in ('resolved', 'closed', 'cancelled')
    and closings.after in ('closed', 'cancelled');
