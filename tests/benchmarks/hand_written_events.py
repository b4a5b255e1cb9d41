"""What hand-written SQL asks of events, deadlines and surveys; see `hand_written`."""

# Row by row in one pass; by case only where a claim compares the events of a case.
_EVENTS = """
    select
        count_if(c.received_on is not null and e.kind not in ('received', 'resolved'))
            as events_are_in_order__of,
        count_if(e.occurred_on < c.received_on and e.kind not in ('received', 'resolved'))
            as events_are_in_order,
        count_if(e.kind = 'resolved' and c.received_at is not null) as not_closed_at_once__of,
        count_if(
            e.kind = 'resolved' and e.occurred_at > c.received_at
            and e.occurred_at < c.received_at + interval 10 minute
        ) as not_closed_at_once
    from core.events as e
    inner join core.cases as c on e.case_key = c.case_key
    where e.kind in (
        'acknowledged', 'triaged', 'escalated', 'assigned', 'investigated', 'decided',
        'informed', 'resolved'
    )
"""

_HISTORIES = """
    with receipts as (
        select min(occurred_on) < max(occurred_on) as differ
        from core.events
        where kind = 'received'
        group by case_key
    ),
    worked as (
        select case_key, max(occurred_on) as worked_on
        from core.events
        where kind in ('triaged', 'assigned', 'investigated', 'decided')
        group by case_key
    ),
    opened as (
        select case_key, source, count(*) as reopenings
        from core.events
        where kind = 'reopened'
        group by case_key, source
    ),
    telling as (select distinct source from opened)
    select
        (select count(*) from receipts) as received_once__of,
        (select count_if(differ) from receipts) as received_once,
        count(c.resolved_on) as nothing_after_the_closing__of,
        count_if(c.received_on <= c.resolved_on and w.worked_on > c.resolved_on)
            as nothing_after_the_closing,
        count_if(c.source_reopens is not null and t.source is not null)
            as source_reopens_agree__of,
        count_if(t.source is not null and c.source_reopens <> coalesce(o.reopenings, 0))
            as source_reopens_agree
    from core.cases as c
    left join worked as w on c.case_key = w.case_key
    left join opened as o on c.case_key = o.case_key
    left join telling as t on c.source = t.source
"""

_CLOSINGS = """
    with resolved as materialized (
        select source, case_key, occurred_at from core.events where kind = 'resolved'
    ),
    clocks as (
        select source, count(distinct occurred_at::time) > 4 as has_time
        from resolved
        group by source
    ),
    slots as (
        select
            r.source,
            if(
                c.has_time, time_bucket(interval 10 minute, r.occurred_at),
                date_trunc('day', r.occurred_at)
            ) as slot,
            count(*) as closings,
            count(distinct r.case_key) as cases
        from resolved as r
        inner join clocks as c on r.source = c.source
        group by all
    ),
    judged as (
        select *, 10 * median(cases) over (partition by source) as many from slots
    )
    select
        sum(closings)::bigint as no_mass_closing__of,
        coalesce(sum(closings) filter (cases >= 20 and cases > many), 0)::bigint
            as no_mass_closing
    from judged
"""

_STEPS = """
    with loadings as (
        select
            source, export, loading,
            lag(loading) over earlier as before, lag(max(as_of)) over earlier as before_as_of
        from staging.deliveries
        group by source, export, loading
        window earlier as (partition by source, export order by loading)
    ),
    again as (
        select d.snapshot, l.source, l.export, l.before, l.before_as_of
        from staging.deliveries as d
        inner join loadings as l
            on d.source = l.source and d.export = l.export and d.loading = l.loading
        where l.before is not null
    ),
    heard as (
        select d.source, d.export, d.loading, e.case_key, list(distinct e.kind) as kinds
        from staging.events as e
        inner join staging.deliveries as d on e.snapshot = d.snapshot
        where d.loading in (select before from again)
        group by all
    ),
    dated_back as (
        select
            not list_contains(h.kinds, e.kind)
            and e.occurred_on < a.before_as_of - 14 as late
        from staging.events as e
        inner join again as a on e.snapshot = a.snapshot
        inner join heard as h
            on
                e.case_key = h.case_key and a.source = h.source and a.export = h.export
                and a.before = h.loading
        where e.occurred_on is not null
    )
    select
        count(e.occurred_on) filter (where e.line = coalesce(c.only_line, e.line))
            as no_date_after_as_of__of,
        count_if(e.occurred_on > s.as_of and e.line = coalesce(c.only_line, e.line))
            as no_date_after_as_of,
        no_date_after_as_of__of as no_date_impossibly_early__of,
        count_if(
            e.line = coalesce(c.only_line, e.line)
            and e.occurred_on
            < greatest('1990-01-01'::date, p.coverage_from - interval 20 year)
        ) as no_date_impossibly_early,
        count_if(s.grain = 'event' and e.line = coalesce(c.only_line, e.line))
            as events_dated__of,
        count_if(
            s.grain = 'event' and e.occurred_on is null
            and e.line = coalesce(c.only_line, e.line)
        ) as events_dated,
        count_if(s.grain = 'event') as events_of_known_cases__of,
        count_if(s.grain = 'event' and f.case_key is null) as events_of_known_cases,
        (select count(*) from dated_back) as no_backdating__of,
        (select count_if(late) from dated_back) as no_backdating
    from staging.events as e
    cross join staging.parameters as p
    inner join core.snapshots as s on e.snapshot = s.snapshot
    inner join core.chosen_rows as c on e.snapshot = c.snapshot and e.case_key = c.case_key
    left join core.case_facts as f on e.case_key = f.case_key
"""

_DEADLINES = """
    with told as materialized (
        select
            d.case_key, d.rule, d.round, d.result, d.due_on, d.done_on, c.source, c.channel,
            coalesce(d.due_on, d.started_on, c.received_on) as happened_on
        from core.deadlines as d
        left join core.cases as c on d.case_key = c.case_key
    ),
    pairs as (
        select count(*) as number from core.deadlines group by case_key, rule, round
    ),
    groups as (
        select
            rule, source, channel,
            year(happened_on) * 4 + quarter(happened_on) as quarter,
            count_if(result not in ('not_due', 'not_applicable')) as due,
            count_if(result = 'not_assessable') as lost,
            count_if(result <> 'not_applicable') as concerned
        from told
        where source is not null
        group by all
    ),
    rules as (
        select
            rule, source, sum(due) as due, sum(lost) as lost,
            sum(concerned) as concerned
        from groups
        group by rule, source
    ),
    places as (
        select g.rule, g.channel, g.quarter, sum(g.due) as due, sum(g.lost) as lost
        from groups as g
        inner join rules as r on g.rule = r.rule and g.source = r.source and r.due > r.lost
        group by all
    ),
    heaps as (
        select rule, count(*) as number, count_if(done_on = due_on) as last_day
        from told
        where done_on between due_on - 5 and due_on + 5
        group by rule
    ),
    pauses as (
        select
            d.rule, count(*) as number,
            count_if(e.occurred_on >= coalesce(d.unpaused_due_on, d.due_on) - 2) as late
        from core.events as e
        inner join core.deadlines as d on e.case_key = d.case_key
        where
            e.kind = 'paused'
            and d.rule in (
                select r.rule from staging.rules as r where r.pauses in ('paused', 'either')
            )
            and coalesce(d.unpaused_due_on, d.due_on) - e.occurred_on between 0 and 9
        group by d.rule
    )
    select
        (select count(*) from pairs) as one_deadline_per_rule__of,
        (select count_if(number > 1) from pairs) as one_deadline_per_rule,
        (select count(distinct rule) from staging.rules) as rules_apply__of,
        (
            select count(distinct rule) from staging.rules
            where rule not in (select rule from rules)
        ) as rules_apply,
        (select count_if(concerned > 0) from rules) as rules_judged__of,
        (select count_if(concerned > 0 and lost = concerned) from rules) as rules_judged,
        (select sum(due)::bigint from places) as deadlines_can_be_judged__of,
        (select sum(lost)::bigint from places) as deadlines_can_be_judged,
        (select sum(due)::bigint from places) as dates_kept_everywhere__of,
        (
            select coalesce(sum(lost), 0)::bigint from places
            where lost >= 3 and 20 * lost > due
        ) as dates_kept_everywhere,
        (select sum(number)::bigint from heaps) as no_heaping_on_the_due_day__of,
        (
            select coalesce(sum(last_day), 0)::bigint from heaps
            where number >= 42 and last_day - number / 7.0 > 4 * sqrt(number * 6 / 49.0)
        ) as no_heaping_on_the_due_day,
        (select sum(number)::bigint from pauses) as no_pause_just_before_the_due_day__of,
        (
            select coalesce(sum(late), 0)::bigint from pauses
            where number >= 10 and late - number * 0.3 > 4 * sqrt(number * 0.21)
        ) as no_pause_just_before_the_due_day
"""

_EVIDENCE = """
    with ours as (
        select case_key, rule, bool_and(result = 'met') as in_time
        from core.deadlines
        where result in ('met', 'met_late', 'missed')
        group by case_key, rule
    )
    select
        count(o.case_key) as source_deadlines_agree__of,
        count_if(o.in_time <> (t.verdict = 'met')) as source_deadlines_agree,
        count(*) as source_verdicts_fit_their_dates__of,
        count_if(
            t.due_on is null
            or (t.verdict = 'met' and t.stopped_on > t.due_on)
            or (t.verdict = 'breached' and t.stopped_on < t.due_on)
        ) as source_verdicts_fit_their_dates
    from core.source_deadlines as t
    left join ours as o on t.case_key = o.case_key and t.clock = o.rule
    where t.verdict in ('met', 'breached')
"""

_HISTORY = """
    select
        count(*) as status_follows_the_history__of,
        count_if(k.reopened_place > coalesce(k.closed_place, 0)) as status_follows_the_history
    from core.closures as k
    inner join core.cases as c on k.case_key = c.case_key
    where c.status = 'closed' and k.reopened_place is not null
"""

_SURVEYS = """
    with scores as (
        select count(*) as number, sum(count(*)) over (partition by source, question) as ever
        from core.feedback
        where score is not null
        group by source, question, score
    )
    select
        count(b.score) as scores_are_inside_the_scale__of,
        count_if(b.score < b.scale_low or b.score > b.scale_high)
            as scores_are_inside_the_scale,
        scores_are_inside_the_scale__of as scale_declared_right__of,
        scores_are_inside_the_scale as scale_declared_right,
        scores_are_inside_the_scale__of as scores_were_given__of,
        count_if(b.answered_on is null and b.score is not null) as scores_were_given,
        count(b.answered_on) as answers_have_scores__of,
        count_if(b.answered_on is not null and b.score is null) as answers_have_scores,
        count(b.answered_on) as answers_have_an_offer__of,
        count_if(
            b.answered_on is not null and (b.offered_on is null or b.answered_on < b.offered_on)
        ) as answers_have_an_offer,
        count(*) as feedback_of_known_cases__of,
        count_if(f.case_key is null) as feedback_of_known_cases,
        (select sum(number)::bigint from scores) as scores_vary__of,
        (
            select coalesce(sum(number), 0)::bigint from scores
            where ever >= 50 and number > 0.85 * ever
        ) as scores_vary
    from core.feedback as b
    left join core.case_facts as f on b.case_key = f.case_key
"""

_SURVEY_ROWS = """
    select
        count_if(coalesce(r.offered_on, r.answered_on) is not null)
            as survey_dates_possible__of,
        count_if(
            greatest(r.offered_on, r.answered_on) > s.as_of
            or least(r.offered_on, r.answered_on) < '1990-01-01'
        ) as survey_dates_possible
    from staging.feedback as r
    inner join core.snapshots as s on r.snapshot = s.snapshot
    inner join core.chosen_rows as c on r.snapshot = c.snapshot and r.case_key = c.case_key
"""

EVENT_STATEMENTS = (
    _EVENTS,
    _HISTORIES,
    _CLOSINGS,
    _STEPS,
    _DEADLINES,
    _EVIDENCE,
    _HISTORY,
    _SURVEYS,
    _SURVEY_ROWS,
)
