-- temp.later_closings: one row per change by which a case that had ended was closed.
-- A list of cases has one date for the end, and calls the later one its resolution.
create or replace temp table temp.later_closings as
select
    case_key,
    snapshot,
    occurred_at
from core.changes
where
    meaning = 'progress'
    and before in ('resolved', 'closed', 'cancelled')
    and after in ('closed', 'cancelled');
