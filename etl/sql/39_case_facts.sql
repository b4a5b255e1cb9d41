-- core.case_facts: one row per case that an export describes: in how many rows, from which.
create or replace table core.case_facts as
select
    case_key,
    snapshot,
    line,
    export_rows
from temp.described_cases;
