-- core.routes: one row per case and route in force on its receipt that concerns it.
create or replace table core.routes as
with taken as (
    select
        events.case_key,
        routes.position,
        min(events.occurred_on) filter (where list_contains(routes.demands, events.kind))
            as taken_on,
        arg_min(events.kind, events.occurred_on) filter (
            where list_contains(routes.instead_of, events.kind)
        ) as other_kind,
        min(events.occurred_on) filter (where list_contains(routes.instead_of, events.kind))
            as other_on
    from core.events as events
    inner join staging.routes as routes
        on list_contains(routes.demands || routes.instead_of, events.kind)
    group by events.case_key, routes.position
),

recorded as (
    select distinct
        kinds.source,
        routes.position
    from core.recorded_kinds as kinds
    inner join staging.routes as routes on list_contains(routes.demands, kinds.kind)
),

judged as (
    select
        concerned.case_key,
        concerned.route,
        taken.taken_on,
        case
            when coalesce(taken.taken_on, taken.other_on, cases.resolved_on) is null
                then 'not_due: still open, and no route was taken'
            when concerned.undecidable
                then 'not_assessable: what the rule depends on is not recorded'
            when taken.taken_on is not null then 'met: took the route'
            when recorded.position is null then 'not_assessable: never recorded by the exports'
            when cases.outcome = 'withdrawn' and taken.other_kind is null
                then 'not_applicable: withdrawn before any route was taken'
            when taken.other_kind is not null
                then concat('missed: took another route, ', taken.other_kind)
            else 'missed: closed without the route'
        end as judgement
    from temp.routed as concerned
    inner join core.cases as cases on concerned.case_key = cases.case_key
    left join taken
        on concerned.case_key = taken.case_key and concerned.position = taken.position
    left join recorded
        on cases.source = recorded.source and concerned.position = recorded.position
)

select
    case_key,
    route,
    taken_on,
    split_part(judgement, ': ', 1) as result,
    split_part(judgement, ': ', 2) as branch
from judged;
