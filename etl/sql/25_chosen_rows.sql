-- core.chosen_rows: one row per case, export and file of the loading that speaks last for it.
create or replace table core.chosen_rows as
with spoken as (
    select
        snapshot,
        line,
        source,
        export,
        case_key
    from staging.cases
    union all
    select
        snapshot,
        line,
        source,
        export,
        case_key
    from staging.events
    union all
    select
        snapshot,
        line,
        source,
        export,
        case_key
    from staging.findings
    union all
    select
        snapshot,
        line,
        source,
        export,
        case_key
    from staging.feedback
),

heard as (
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
    group by all
),

-- Files that are loaded together are parts of one delivery: a history may be cut in two.
latest as (
    select
        source,
        export,
        case_key,
        max_by(loading, (as_of, loading)) as loading
    from heard
    group by source, export, case_key
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
from heard
inner join latest
    on
        heard.source = latest.source
        and heard.export = latest.export
        and heard.case_key = latest.case_key
        and heard.loading = latest.loading;
