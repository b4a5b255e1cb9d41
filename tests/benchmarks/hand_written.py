"""The predicates of every check as somebody would write them who had nothing else to do.

One statement for what is known of the cases of a table, each large table read as few times as
its joins allow, written from what the checks claim and not from how ours are compiled. A
statement returns one row: for each check the rows examined and the rows that break its claim,
as `NAME__of` and `NAME`.
"""

from etl.store import Store
from tests.benchmarks.hand_written_events import EVENT_STATEMENTS
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
        select distinct case_key, source from core.vanished_cases
        where explained_by is null and not is_unread
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
            *,
            sum(blanks) over earlier as blanks_before,
            sum(cases) over earlier as cases_before
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
            and coalesce(p.incident_on = r.incident_on, true)
    )
    select
        (select sum(cases) from twins) as no_near_duplicates__of,
        (select coalesce(sum(cases - 1), 0) from twins where known) as no_near_duplicates,
        (select count(*) from keys) as one_row_per_case__of,
        (select count_if(cases > 1) from keys) as one_row_per_case,
        (select count(*) from core.cases) as no_redacted_copies__of,
        (select count(*) from copies) as no_redacted_copies
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

STATEMENTS = (_ROWS, _DAYS, _MATTERS, *EVENT_STATEMENTS, _FILES, _PEOPLE, TEXTS)


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
