-- temp.read_fields: one row per file: of which fields of a case its rows speak at all.
create or replace temp view temp.read_fields as
with told as (
    select
        snapshot,
        string_split(reads, ' ') as fields
    from staging.deliveries
)

select
    snapshot,
    coalesce(list_contains(fields, 'incident_on'), true) as reads_incident_on,
    coalesce(list_contains(fields, 'unit'), true) as reads_unit,
    coalesce(list_contains(fields, 'category'), true) as reads_category,
    coalesce(list_contains(fields, 'channel'), true) as reads_channel,
    coalesce(list_contains(fields, 'severity'), true) as reads_severity,
    coalesce(list_contains(fields, 'outcome'), true) as reads_outcome,
    coalesce(list_contains(fields, 'status'), true) as reads_status,
    coalesce(list_contains(fields, 'source_days'), true) as reads_source_days,
    coalesce(list_contains(fields, 'due'), true) as reads_source_due_on,
    coalesce(list_contains(fields, 'source_reopens'), true) as reads_source_reopens,
    coalesce(list_contains(fields, 'verdict'), true) as reads_source_verdict,
    coalesce(list_contains(fields, 'assignee'), true) as reads_assignee_key,
    coalesce(list_contains(fields, 'reporter'), true) as reads_reporter_key,
    coalesce(list_contains(fields, 'subject'), true) as reads_subject_key,
    coalesce(list_contains(fields, 'anonymity'), true) as reads_anonymity,
    coalesce(list_contains(fields, 'raised_by'), true) as reads_raised_by
from told;
