-- core.passed_steps: one row per case and version of a rule whose step a later one proves.
create or replace table core.passed_steps as
select distinct
    milestones.case_key,
    rules.position
from staging.rules as rules
inner join core.milestones as milestones on list_contains(rules.passed_by, milestones.kind);
