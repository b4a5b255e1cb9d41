-- core.milestones: one row per case and kind of event: when it first happened.
create or replace table core.milestones as
select
    case_key,
    kind,
    min(occurred_on) as first_on
from core.events
group by case_key, kind;
