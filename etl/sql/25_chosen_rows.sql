-- core.chosen_rows: one row per case, export and file of the loading that speaks last for it.
create or replace table core.chosen_rows as
-- Files that are loaded together are parts of one delivery: a history may be cut in two.
with latest as (
    select
        spoken.source,
        spoken.export,
        spoken.case_key,
        max_by(spoken.loading, (spoken.as_of, spoken.loading)) as loading
    from core.spoken_rows as spoken
    anti join temp.sole_files as alone on spoken.snapshot = alone.snapshot
    group by spoken.source, spoken.export, spoken.case_key
)

-- Where a row is a whole case, the last row of the delivery corrects those above it.
select
    heard.source,
    heard.export,
    heard.case_key,
    heard.snapshot,
    case
        when heard.grain <> 'case' then null
        when heard.snapshot = max(heard.snapshot) over (
            partition by heard.source, heard.export, heard.case_key
        ) then heard.last_line
        else 0
    end as only_line
from core.spoken_rows as heard
inner join latest
    on
        heard.source = latest.source
        and heard.export = latest.export
        and heard.case_key = latest.case_key
        and heard.loading = latest.loading
union all
select
    spoken.source,
    spoken.export,
    spoken.case_key,
    spoken.snapshot,
    if(spoken.grain = 'case', spoken.last_line, null) as only_line
from core.spoken_rows as spoken
semi join temp.sole_files as alone on spoken.snapshot = alone.snapshot;
