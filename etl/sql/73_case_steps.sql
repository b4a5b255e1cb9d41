-- temp.case_steps: one row per case: its steps in order, and whether that order is plain.
create or replace temp table temp.case_steps as
with done as (
    select
        events.case_key,
        -- One whole number sorts far faster than three: sequence, position and day.
        list_sort(list(
            (events.sequence::hugeint << 32) | (steps.position << 22)
            | (events.occurred_on - date '1900-01-01' + 2097152)
        )) as marks,
        -- A bit for each step; a procedure of more than 63 has some look like repeats.
        bit_count(bit_or(1::bigint << (steps.position % 63))) = count(*) as are_distinct,
        bool_or(events.ordinal is not null) as are_placed
    from core.events as events
    inner join staging.procedure_steps as steps on events.kind = steps.step
    group by events.case_key
),

listed as (
    select
        case_key,
        are_placed,
        are_distinct,
        list_transform(marks, lambda mark: ((mark >> 22) & 1023)::bigint) as positions,
        list_transform(marks, lambda mark: (mark & 4194303)::bigint - 2097152) as days
    from done
),

told as (
    select
        cases.case_key,
        cases.source,
        cases.severity,
        cases.resolved_on,
        -- Such a case may end before all its steps: its closing proves nothing.
        coalesce(cases.outcome in ('withdrawn', 'referred', 'out_of_scope'), false)
        or cancelled.case_key is not null as ended_early,
        listed.days,
        cases.reopened
        or coalesce(listed.are_placed or not listed.are_distinct, false) as is_odd,
        coalesce(listed.positions, []) as positions
    from core.cases as cases
    left join listed on cases.case_key = listed.case_key
    left join core.milestones as cancelled
        on cases.case_key = cancelled.case_key and cancelled.kind = 'cancelled'
)

select
    *,
    -- Each step once, in the order of the procedure: nothing was skipped, repeated or
    -- overtaken but what the list itself shows.
    not is_odd
    and not ended_early
    and positions = list_sort(positions)
    and coalesce(days = list_sort(days), true) as is_plain
from told;
