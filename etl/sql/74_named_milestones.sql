-- temp.named_milestones: one row per case and kind that practices name: when it first happened.
create or replace temp table temp.named_milestones as
with named as (
    select part as kind
    from staging.practice_limits
    union
    select unnest(kinds) as kind
    from staging.practice_limits
)

select
    case_key,
    kind,
    min(occurred_on) as first_on
from core.events
where kind in (select named.kind from named)
group by case_key, kind;
