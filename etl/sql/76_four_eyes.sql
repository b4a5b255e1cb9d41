-- core.four_eyes: one row per case and pair of acts that one person may not both do.
create or replace table core.four_eyes as
with told as (
    select
        cases.case_key,
        pairs.first_kind || '_and_' || pairs.second_kind as part,
        acts.is_same,
        acts.is_known,
        acts.done_on,
        case
            when acts.is_same then 'gap'
            when acts.is_known then 'kept'
            when acts.done_on is not null then 'not_assessable'
            when cases.resolved_on is null then 'pending'
            when first_recorded.kind is null or second_recorded.kind is null
                then 'not_assessable'
        end as result
    from core.cases as cases
    cross join staging.procedure_pairs as pairs
    left join temp.paired_acts as acts
        on
            cases.case_key = acts.case_key
            and pairs.first_kind = acts.first_kind
            and pairs.second_kind = acts.second_kind
    left join core.recorded_kinds as first_recorded
        on cases.source = first_recorded.source and pairs.first_kind = first_recorded.kind
    left join core.recorded_kinds as second_recorded
        on cases.source = second_recorded.source and pairs.second_kind = second_recorded.kind
)

select
    case_key,
    part,
    result,
    done_on as found_on,
    null::integer as days
from told
where result is not null;
