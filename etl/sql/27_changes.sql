-- core.changes: one row per case, field and instant at which the field became another.
create or replace table core.changes as
with ordered as (
    select
        changes.*,
        lag(changes.after) over earlier as told_before,
        lag(changes.after_rank) over earlier as told_before_rank
    from staging.changes as changes
    inner join core.chosen_rows as chosen
        on changes.snapshot = chosen.snapshot and changes.case_key = chosen.case_key
    anti join scratch.told_again as told_again
        on
            changes.case_key = told_again.case_key
            and changes.field = told_again.field
            and changes.export = told_again.export
            and changes.occurred_at = told_again.occurred_at
            and changes.ordinal is not distinct from told_again.ordinal
            and changes.before is not distinct from told_again.before
            and changes.after = told_again.after
            and changes.snapshot < told_again.snapshot
    window earlier as (
        partition by changes.case_key, changes.field, changes.export
        order by
            changes.occurred_at, changes.ordinal nulls first, changes.snapshot, changes.line
    )
),

moved as (
    select
        * exclude (before, before_rank),
        if(before_known, before, told_before) as before,
        if(before_known, before_rank, told_before_rank) as before_rank
    from ordered
)

select
    snapshot,
    line,
    source,
    export,
    case_key,
    field,
    meaning,
    before,
    after,
    before_rank,
    after_rank,
    occurred_on,
    occurred_at,
    exactness,
    ordinal,
    actor_key
from moved
where before is distinct from after;
