-- core.source_deadlines: one row per deadline that a source itself keeps of a case: evidence.
create or replace table core.source_deadlines as
with chosen as (
    select
        rows_of.*,
        snapshots.holds_until,
        snapshots.loading
    from staging.source_deadlines as rows_of
    inner join core.chosen_rows as chosen_rows
        on
            rows_of.snapshot = chosen_rows.snapshot
            and rows_of.case_key = chosen_rows.case_key
    inner join core.snapshots as snapshots on rows_of.snapshot = snapshots.snapshot
),

-- A deadline that ran stands among those that have stopped later, which another export of the
-- source may tell: of the same one, what was told last counts.
latest as (
    select *
    from chosen
    qualify
        started_on is null
        or (holds_until, loading) = max((holds_until, loading)) over (
            partition by source, case_key, clock, started_on
        )
)

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
from latest as rows_of
cross join staging.parameters as parameters
where rows_of.started_on is null or rows_of.started_on <= parameters.as_of;
