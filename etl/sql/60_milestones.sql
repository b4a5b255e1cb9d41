-- core.milestones: one row per case and kind of event: when it first happened.
-- A view: who asks for one kind of a case's events has not to wait for all kinds of all.
create or replace view core.milestones as
select
    case_key,
    kind,
    min(occurred_on) as first_on
from core.events
group by case_key, kind;
