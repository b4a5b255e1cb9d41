-- core.first_days: one row per case and, for each usual step, the day of its first event.
-- Found once here: every release asks for these days of every case.
create or replace table core.first_days as
select
    case_key,
    min(occurred_on) filter (where kind = 'acknowledged') as acknowledged_on,
    min(occurred_on) filter (where kind = 'triaged') as triaged_on,
    min(occurred_on) filter (where kind = 'investigated') as investigated_on,
    min(occurred_on) filter (where kind = 'decided') as decided_on,
    min(occurred_on) filter (where kind = 'informed') as informed_on,
    min(occurred_on) filter (where kind = 'resolved') as resolved_on
from core.events
where kind in ('acknowledged', 'triaged', 'investigated', 'decided', 'informed', 'resolved')
group by case_key;
