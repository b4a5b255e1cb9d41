"""The predicates of every check as somebody would write them who had nothing else to do.

One statement for what is known of the cases of a table, each large table read as few times as
its joins allow, written from what the checks claim and not from how ours are compiled. A
statement returns one row: for each check the rows examined and the rows that break its claim,
as `NAME__of` and `NAME`.
"""

from etl.store import Store
from tests.benchmarks.hand_written_texts import TEXTS

_ROWS = """
    with telling as (
        select distinct source from core.cases where incident_on is not null
    ),
    later as (
        select distinct e.case_key
        from staging.events as e, staging.parameters as p
        where e.kind = 'resolved' and e.occurred_on > p.as_of
    ),
    clocks as (
        select case_key, count(*) as number, max(days) as days, bool_or(ended) as ended
        from core.clocks
        where clock = 'resolution'
        group by case_key
    ),
    surveyed as (select distinct case_key from core.feedback),
    resolving as (
        select d.case_key, bool_and(d.result = 'met') as in_time
        from core.deadlines as d
        where
            d.result in ('met', 'met_late', 'missed')
            and d.rule in (
                select r.rule from staging.rules as r where r.to_kind in ('resolved', 'closed')
            )
        group by d.case_key
    ),
    dated_twice as (
        select distinct case_key from core.conflicts where ways_of_dating > 1
    ),
    newest as (
        select
            d.source, d.export, max(d.loading) as loading,
            arg_max(d.coverage_from, d.loading) as since,
            arg_max(d.coverage_until, d.loading) as until
        from staging.deliveries as d, staging.parameters as p
        where d.grain in ('case', 'allegation') and d.as_of <= p.as_of
        group by d.source, d.export
    ),
    files as (
        select d.snapshot, d.loading < n.loading as old, n.since, n.until
        from staging.deliveries as d
        inner join newest as n on d.source = n.source and d.export = n.export
    ),
    whole as (
        select s.snapshot
        from core.snapshots as s
        where (s.source, s.export) in (
            select (w.source, w.export)
            from core.snapshots as w
            where w.delivery = 'full' and w.grain in ('case', 'allegation')
            group by w.source, w.export
            having count(distinct w.loading) > 1
        )
    ),
    gone as (
        select distinct case_key, source from core.vanished_cases where explained_by is null
    )
    select
        count(*) as cases_have_a_received_date__of,
        count_if(c.received_on is null) as cases_have_a_received_date,
        count_if(c.export_rows > 1) as rows_of_a_case_agree__of,
        count_if(c.export_rows > 1 and c.versions > 1) as rows_of_a_case_agree,
        count_if(c.export_rows > 1) as rows_of_a_case_agree_on_dates__of,
        count_if(c.export_rows > 1 and t.case_key is not null)
            as rows_of_a_case_agree_on_dates,
        count(l.source) as incident_date_known__of,
        count(l.source) - count(c.incident_on) filter (where l.source is not null)
            as incident_date_known,
        count_if(c.incident_on is not null and c.received_on is not null)
            as incident_before_receipt__of,
        count_if(c.incident_on > c.received_on) as incident_before_receipt,
        count(c.incident_on) as incident_date_real__of,
        count_if(c.incident_on < '1930-01-01' or c.incident_on = '1970-01-01')
            as incident_date_real,
        count(*) as no_test_cases__of,
        count_if(
            c.unit in ('test', 'test_case', 'training_case')
            or c.category in ('test', 'test_case', 'training_case')
            or c.channel in ('test', 'test_case', 'training_case')
        ) as no_test_cases,
        count(*) as unit_is_recorded__of,
        count_if(c.unit = 'unknown') as unit_is_recorded,
        count(*) as category_is_recorded__of,
        count_if(c.category = 'unknown') as category_is_recorded,
        count(*) as channel_is_recorded__of,
        count_if(c.channel = 'unknown') as channel_is_recorded,
        count(*) as severity_is_recorded__of,
        count_if(c.severity = 'unknown') as severity_is_recorded,
        count_if(c.resolved_on is not null and c.received_on is not null)
            as closed_not_before_received__of,
        count_if(c.resolved_on < c.received_on) as closed_not_before_received,
        count_if(c.status = 'open') as open_cases_undated__of,
        count_if(c.status = 'open' and c.resolved_on is not null) as open_cases_undated,
        count_if(c.resolved_on is null) as open_cases_have_no_duration__of,
        count_if(c.resolved_on is null and c.source_days is not null)
            as open_cases_have_no_duration,
        count_if(c.status = 'closed' and f.case_key is null)
            as closed_status_has_a_closing_date__of,
        count_if(c.status = 'closed' and f.case_key is null and c.resolved_on is null)
            as closed_status_has_a_closing_date,
        closed_status_has_a_closing_date__of as closing_dates_kept__of,
        closed_status_has_a_closing_date as closing_dates_kept,
        count_if(c.received_on is not null) as one_clock_per_case__of,
        count_if(c.received_on is not null and coalesce(k.number, 0) <> 1)
            as one_clock_per_case,
        count_if(k.ended and c.source_days is not null and k.days is not null)
            as source_duration_agrees__of,
        count_if(k.ended and abs(c.source_days - k.days) > 1) as source_duration_agrees,
        count(c.resolved_on) as surveys_offered__of,
        count_if(c.resolved_on is not null and s.case_key is null) as surveys_offered,
        count_if(c.source_verdict in ('met', 'breached') and r.case_key is not null)
            as source_verdict_agrees__of,
        count_if(
            c.source_verdict in ('met', 'breached')
            and r.in_time <> (c.source_verdict = 'met')
        ) as source_verdict_agrees,
        count_if(c.received_on between n.since and n.until) as no_case_vanished__of,
        count_if(c.received_on between n.since and n.until and n.old) as no_case_vanished,
        count(w.snapshot) as vanished_cases_explained__of,
        count_if(w.snapshot is not null and g.case_key is not null)
            as vanished_cases_explained,
        count_if(c.unit <> 'unknown' and c.received_on >= p.coverage_from)
            as headcount_covers_units_and_months__of,
        count_if(
            c.unit <> 'unknown' and c.received_on >= p.coverage_from and x.unit is null
        ) as headcount_covers_units_and_months
    from core.cases as c
    cross join staging.parameters as p
    left join telling as l on c.source = l.source
    left join later as f on c.case_key = f.case_key
    left join clocks as k on c.case_key = k.case_key
    left join surveyed as s on c.case_key = s.case_key
    left join resolving as r on c.case_key = r.case_key
    left join dated_twice as t on c.case_key = t.case_key
    left join files as n on c.snapshot = n.snapshot
    left join whole as w on c.snapshot = w.snapshot
    left join gone as g on c.case_key = g.case_key and c.source = g.source
    left join core.exposure as x
        on c.unit = x.unit and c.received_on >= x.from_on and c.received_on < x.until_on
"""

# What is claimed of days, months and sources needs only the counts of each day.
_DAYS = """
    with daily as materialized (
        select
            source, received_on as day, count(*) as cases, sum(export_rows) as export_rows,
            count_if(unit = 'unknown') as unit, count_if(category = 'unknown') as category,
            count_if(channel = 'unknown') as channel,
            count_if(severity = 'unknown') as severity
        from core.cases
        group by source, received_on
    ),
    piles as (
        select cases, sum(cases) over (partition by source) as ever
        from daily
        where day is not null
    ),
    monthly as (
        select
            date_trunc('month', day) as month, sum(cases) as cases,
            unnest([sum(unit), sum(category), sum(channel), sum(severity)]) as blanks,
            unnest(range(4)) as field
        from daily
        where day is not null
        group by date_trunc('month', day)
    ),
    before as (
        select
            *, sum(blanks) over earlier as blanks_before, sum(cases) over earlier as cases_before
        from monthly
        window earlier as (
            partition by field order by month rows between 12 preceding and 1 preceding
        )
    ),
    covered as (
        select
            s.source, min(s.coverage_from) as since,
            least(max(s.coverage_until), max(p.as_of)) as until
        from core.snapshots as s, staging.parameters as p
        where s.grain in ('case', 'allegation', 'snapshot')
        group by s.source
    ),
    spine as (
        select
            source,
            unnest(generate_series(
                date_trunc('month', since + interval 1 month - interval 1 day),
                date_trunc('month', until + interval 1 day) - interval 1 month,
                interval 1 month
            ))::date as month
        from covered
        where since is not null
    ),
    filled as (
        select s.source, s.month, coalesce(sum(d.cases), 0) as cases
        from spine as s
        left join daily as d
            on s.source = d.source and s.month = date_trunc('month', d.day)
        group by s.source, s.month
    ),
    usual as (
        select
            month, cases, median(cases) over earlier as usual, count(*) over earlier as months
        from filled
        window earlier as (
            partition by source order by month rows between 12 preceding and 1 preceding
        )
    ),
    judged as (
        select * from usual
        where
            months >= 6 and usual >= 5
            and month not in (select e.month from quality.explained_months as e)
    ),
    ratios as (
        select sum(export_rows) > 3 * sum(cases) as high from daily group by source
    )
    select
        (select sum(cases) from piles) as receipts_do_not_pile_up__of,
        (
            select coalesce(sum(cases), 0) from piles
            where cases >= 20 and ever >= 50 and 10 * cases > ever
        ) as receipts_do_not_pile_up,
        (select count(*) from before where cases_before >= 20) as codes_do_not_drift__of,
        (
            select count(*) from before
            where
                cases_before >= 20 and blanks >= 3 and 5 * blanks >= cases
                and blanks * cases_before > 3 * blanks_before * cases
        ) as codes_do_not_drift,
        (select count(*) from judged) as no_month_is_nearly_empty__of,
        (select count_if(5 * cases < usual) from judged) as no_month_is_nearly_empty,
        (select count(*) from ratios) as rows_per_case__of,
        (select count_if(high) from ratios) as rows_per_case
"""

_MATTERS = """
    with twins as (
        select
            count(*) as cases,
            unit <> 'unknown' and category <> 'unknown' as known
        from core.cases
        where incident_on is not null and received_on is not null
        group by received_on, incident_on, unit, category, channel
    ),
    keys as (select count(*) as cases from core.cases group by case_key),
    marked as (
        select
            case_key, source, received_at, resolved_on, unit, category, channel, severity,
            incident_on,
            if(unit = 'unknown', 1, 0) + if(category = 'unknown', 1, 0)
            + if(channel = 'unknown', 1, 0) + if(severity = 'unknown', 1, 0)
            + if(incident_on is null, 1, 0) as blanks
        from core.cases
    ),
    copies as (
        select distinct p.case_key
        from (select * from marked where blanks between 1 and 3) as p
        inner join marked as r
            on
                p.source = r.source and p.received_at = r.received_at and p.blanks > r.blanks
                and p.resolved_on is not distinct from r.resolved_on
        where
            (p.unit = r.unit or p.unit = 'unknown')
            and (p.category = r.category or p.category = 'unknown')
            and (p.channel = r.channel or p.channel = 'unknown')
            and (p.severity = r.severity or p.severity = 'unknown')
            and (p.incident_on is null or r.incident_on is null or p.incident_on = r.incident_on)
    )
    select
        (select sum(cases) from twins) as no_near_duplicates__of,
        (select coalesce(sum(cases - 1), 0) from twins where known) as no_near_duplicates,
        (select count(*) from keys) as one_row_per_case__of,
        (select count_if(cases > 1) from keys) as one_row_per_case,
        (select count(*) from core.cases) as no_redacted_copies__of,
        (select count(*) from copies) as no_redacted_copies
"""

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
        select not list_contains(h.kinds, e.kind) and e.occurred_on < a.before_as_of - 14 as late
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

_FILES = """
    with held as (select snapshot, count(*) as held from staging.cases group by snapshot),
    strange as (
        select distinct snapshot
        from staging.rejects
        where reason like 'not a code%' or reason like 'not a kind%'
    ),
    gaps as (
        select
            count(*) as number, count(g.source) as found
        from (
            select distinct source from core.snapshots
            where grain in ('case', 'allegation') and coverage_from is not null
        ) as t
        left join core.coverage_gaps as g on t.source = g.source
    )
    select
        count(*) as rows_reconciled__of,
        count_if(s.rows_in <> s.rows_loaded + s.rows_rejected + s.rows_repeated)
            as rows_reconciled,
        count(*) as rows_all_read__of,
        count_if(s.rows_rejected > 0) as rows_all_read,
        count(*) as rows_readable__of,
        count_if(20 * s.rows_rejected > s.rows_in) as rows_readable,
        count(*) as codes_are_mapped__of,
        count(x.snapshot) as codes_are_mapped,
        count_if(s.grain in ('case', 'allegation')) as rows_are_in_the_store__of,
        count_if(s.grain in ('case', 'allegation') and coalesce(h.held, 0) <> s.rows_loaded)
            as rows_are_in_the_store,
        any_value(g.number) as no_gap_between_deliveries__of,
        any_value(g.found) as no_gap_between_deliveries
    from core.snapshots as s
    cross join gaps as g
    left join held as h on s.snapshot = h.snapshot
    left join strange as x on s.snapshot = x.snapshot
"""

_PEOPLE = """
    with rows_of as (
        select
            unit, from_on, people,
            lag(people) over units as before,
            first_value(people) over units as first,
            lead(from_on) over units is null as is_last
        from staging.headcount
        window units as (partition by unit order by from_on)
    ),
    days as (
        select
            from_on,
            lead(from_on, 1, (select as_of + 1 from staging.parameters)) over (order by from_on)
                as next_on
        from (select distinct from_on from staging.headcount)
    )
    select
        count(before) as headcount_does_not_jump__of,
        count_if(abs(people - before) > 0.5 * before and abs(people - before) >= 10)
            as headcount_does_not_jump,
        if(count(before) >= 6, 1, 0) as headcount_lets_people_leave__of,
        if(
            count(before) >= 6 and count_if(people < before) = 0
            and sum(people) filter (is_last) > 1.2 * sum(first) filter (is_last),
            1, 0
        ) as headcount_lets_people_leave,
        (select count(*) from days) as headcount_is_kept_up__of,
        (select count_if(next_on - from_on > 370) from days) as headcount_is_kept_up
    from rows_of
"""

STATEMENTS = (
    _ROWS, _DAYS, _MATTERS, _EVENTS, _HISTORIES, _CLOSINGS, _STEPS, _DEADLINES, _EVIDENCE,
    _HISTORY, _SURVEYS, _SURVEY_ROWS, _FILES, _PEOPLE, TEXTS,
)  # fmt: skip


def counted_by_hand(store: Store) -> dict[str, tuple[int, int]]:
    """Rows examined and rows that break the claim, by the name of the check."""
    found: dict[str, tuple[int, int]] = {}
    for statement in STATEMENTS:
        row = store.frame(statement).row(0, named=True)
        for name, of in row.items():
            if name.endswith("__of"):
                check = name.removesuffix("__of")
                found[check] = (of or 0, row[check] or 0)
    return found
