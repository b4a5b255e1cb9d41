-- core.spoken_rows: one row per case and file known on the as-of day: where it speaks of it.
create or replace table core.spoken_rows as
with spoken as (
    select columns('^(snapshot|line|source|export|case_key)$') from staging.cases
    union all
    select columns('^(snapshot|line|source|export|case_key)$') from staging.events
    union all
    select columns('^(snapshot|line|source|export|case_key)$') from staging.findings
    union all
    select columns('^(snapshot|line|source|export|case_key)$') from staging.feedback
    union all
    select columns('^(snapshot|line|source|export|case_key)$') from staging.changes
    union all
    select columns('^(snapshot|line|source|export|case_key)$') from staging.source_deadlines
)

select
    spoken.snapshot,
    spoken.source,
    spoken.export,
    spoken.case_key,
    deliveries.grain,
    deliveries.as_of,
    deliveries.loading,
    max(spoken.line) as last_line
from spoken
inner join staging.deliveries as deliveries on spoken.snapshot = deliveries.snapshot
where deliveries.as_of <= (select parameters.as_of from staging.parameters as parameters)
group by all;
