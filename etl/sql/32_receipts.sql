-- core.receipts: one row per case: when it was received, whatever the as-of day.
create or replace table core.receipts as
select
    rows_of.case_key,
    min(rows_of.occurred_on) as received_on,
    min(rows_of.occurred_at) as received_at
from staging.events as rows_of
inner join core.chosen_rows as chosen
    on
        rows_of.snapshot = chosen.snapshot
        and rows_of.case_key = chosen.case_key
        and rows_of.line = coalesce(chosen.only_line, rows_of.line)
where rows_of.kind = 'received'
group by rows_of.case_key;
