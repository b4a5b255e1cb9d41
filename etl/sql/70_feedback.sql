-- core.feedback: one row per survey offered or answered up to the as-of day.
create or replace table core.feedback as
select
    rows_of.case_key,
    rows_of.source,
    rows_of.snapshot,
    rows_of.line,
    rows_of.offered_on,
    case
        when rows_of.answered_on <= parameters.as_of then rows_of.answered_on
    end as answered_on,
    -- An answer whose day nobody noted is an answer all the same.
    case
        when coalesce(rows_of.answered_on, rows_of.offered_on) <= parameters.as_of
            then rows_of.score
    end as score,
    rows_of.scale_low,
    rows_of.scale_high,
    coalesce(rows_of.question, 'process') as question
from staging.feedback as rows_of
inner join core.chosen_rows as chosen
    on rows_of.snapshot = chosen.snapshot and rows_of.case_key = chosen.case_key
cross join staging.parameters as parameters
where coalesce(rows_of.offered_on, rows_of.answered_on) <= parameters.as_of;
