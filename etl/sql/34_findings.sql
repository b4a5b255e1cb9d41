-- core.findings: one row per case with findings: the gravest of them.
create or replace table core.findings as
select
    rows_of.case_key,
    arg_min(rows_of.outcome, list_position([
        'substantiated', 'partly', 'unsubstantiated', 'unfounded', 'insufficient', 'referred',
        'out_of_scope', 'withdrawn'
    ], rows_of.outcome)) as outcome,
    count(*) as finding_rows
from staging.findings as rows_of
inner join core.chosen_rows as chosen
    on
        rows_of.snapshot = chosen.snapshot
        and rows_of.case_key = chosen.case_key
        and rows_of.line = coalesce(chosen.only_line, rows_of.line)
group by rows_of.case_key;
