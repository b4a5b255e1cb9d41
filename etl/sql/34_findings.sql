-- core.findings: one row per case with findings: the gravest of them.
create or replace table core.findings as
select
    rows_of.case_key,
    arg_min(rows_of.outcome, list_position([
        'substantiated', 'partly', 'unsubstantiated', 'insufficient', 'referred', 'withdrawn'
    ], rows_of.outcome)) as outcome,
    count(*) as finding_rows
from staging.findings as rows_of
inner join core.chosen_rows as chosen
    on rows_of.snapshot = chosen.snapshot and rows_of.case_key = chosen.case_key
group by rows_of.case_key;
