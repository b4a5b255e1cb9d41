-- temp.receipts: one row per case: when it was received, whatever the as-of day.
create or replace temp table temp.receipts as
select
    case_key,
    min(occurred_on) as received_on,
    min(occurred_at) as received_at
from temp.told_events
where kind = 'received'
group by case_key;
