-- core.step_results: one row per case and step of the procedure: what came of it, by gap.
create or replace view core.step_results as
with words as (
    -- As numbers that have names: millions of texts would take longer to count than to find.
    select
        'gap'::enum('gap', 'kept', 'not_assessable', 'pending') as gap,
        'kept'::enum('gap', 'kept', 'not_assessable', 'pending') as kept,
        'not_assessable'::enum('gap', 'kept', 'not_assessable', 'pending') as not_assessable,
        'pending'::enum('gap', 'kept', 'not_assessable', 'pending') as pending
)

select
    states.case_key,
    states.position,
    states.step,
    states.outcome as waited,
    states.days as waited_days,
    states.done_on,
    states.proven_on,
    detours.found_on as bounced_on,
    detours.days as bounced_days,
    repeats.found_on as repeated_on,
    repeats.days as repeated_days,
    -- Null where the step is not asked about: not mandatory, or not done.
    case
        when coalesce(not states.is_required, false) then null
        when states.proven_on is null then words.pending
        when states.done_on is not null then words.kept
        when not states.is_recorded or states.is_required is null then words.not_assessable
        else words.gap
    end as skipped,
    case
        when states.done_on is not null
            then if(disorders.case_key is null, words.kept, words.gap)
        -- Done, for all we know, and never recorded.
        when states.proven_on is not null and not states.is_recorded
            then words.not_assessable
    end as out_of_order,
    case
        when states.done_on is null then null
        when states.resolved_on is null then words.pending
        else if(detours.found_on is null, words.kept, words.gap)
    end as bounced,
    case
        when states.done_on is null then null
        when states.resolved_on is null then words.pending
        else if(repeats.found_on is null, words.kept, words.gap)
    end as repeated
from core.step_waits as states
cross join words
left join core.disorders as disorders
    on states.case_key = disorders.case_key and states.position = disorders.position
left join core.detours as detours
    on states.case_key = detours.case_key and states.position = detours.position
left join core.repeats as repeats
    on states.case_key = repeats.case_key and states.position = repeats.position;
