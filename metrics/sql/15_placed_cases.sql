-- temp.placed_cases: one row per case, as in core, with the places of its levels for names.
create or replace temp table temp.placed_cases as
select
    cases.case_key,
    cases.source,
    cases.received_on,
    cases.incident_on,
    cases.resolved_on,
    cases.last_seen_on,
    cases.anonymity,
    cases.raised_by,
    cases.outcome,
    cases.reopened,
    units.place as unit,
    categories.place as category,
    channels.place as channel,
    severities.place as severity
from core.cases as cases
inner join metrics.places as units on cases.unit = units.level and units.breakdown = 'unit'
inner join metrics.places as categories
    on cases.category = categories.level and categories.breakdown = 'category'
inner join metrics.places as channels
    on cases.channel = channels.level and channels.breakdown = 'channel'
inner join metrics.places as severities
    on cases.severity = severities.level and severities.breakdown = 'severity';
