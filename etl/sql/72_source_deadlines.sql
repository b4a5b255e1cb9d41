-- core.source_deadlines: one row per deadline that a source itself keeps of a case: evidence.
create or replace table core.source_deadlines as
select
    rows_of.case_key,
    rows_of.source,
    rows_of.snapshot,
    rows_of.line,
    rows_of.clock,
    rows_of.started_on,
    if(rows_of.stopped_on <= parameters.as_of, rows_of.stopped_on, null) as stopped_on,
    rows_of.due_on,
    -- What the source will say later is not known yet.
    case
        when rows_of.stopped_on > parameters.as_of then 'running'
        else rows_of.verdict
    end as verdict
from staging.source_deadlines as rows_of
inner join core.chosen_rows as chosen
    on rows_of.snapshot = chosen.snapshot and rows_of.case_key = chosen.case_key
cross join staging.parameters as parameters
where rows_of.started_on is null or rows_of.started_on <= parameters.as_of;
