-- core.closures: one row per case ever resolved or reopened: its last closure and reopening.
create or replace table core.closures as
select
    case_key,
    max(occurred_on) filter (where kind = 'resolved') as closed_on,
    max(sequence) filter (where kind = 'resolved') as closed_place,
    max(sequence) filter (where kind = 'reopened') as reopened_place
from core.events
where kind in ('resolved', 'reopened')
group by case_key;
