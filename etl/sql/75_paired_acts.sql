-- temp.paired_acts: one row per case in which both acts of a pair were done: by one person?
create or replace temp table temp.paired_acts as
with firsts as (
    select
        case_key,
        kind,
        actor_key
    from core.events
    where kind in (select pairs.first_kind from staging.procedure_pairs as pairs)
),

seconds as (
    select
        case_key,
        kind,
        actor_key,
        occurred_on
    from core.events
    where kind in (select pairs.second_kind from staging.procedure_pairs as pairs)
)

select
    firsts.case_key,
    pairs.first_kind,
    pairs.second_kind,
    bool_or(firsts.actor_key = seconds.actor_key) as is_same,
    bool_and(firsts.actor_key is not null and seconds.actor_key is not null) as is_known,
    max(seconds.occurred_on) as done_on
from staging.procedure_pairs as pairs
inner join seconds on pairs.second_kind = seconds.kind
inner join firsts on seconds.case_key = firsts.case_key and pairs.first_kind = firsts.kind
group by firsts.case_key, pairs.first_kind, pairs.second_kind;
