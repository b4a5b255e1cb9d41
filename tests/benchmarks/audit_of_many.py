"""A store of as many cases as one likes, with faults of nearly every kind in it.

Six events a case, two deadlines, a clock of the source for every other case and a survey for
two in three. Every number follows from that of the case; faults stand at multiples of primes,
so that both ways of counting them have something to find.
"""

from pathlib import Path

from etl.building import prepare
from etl.store import Store
from tests.verdicts.tables import written

# One row per case number from 0: received over two years, closed 5 to 94 days later.
_CASES = """
    insert into core.cases by name
    select
        md5(n::varchar)::uuid as case_key,
        if(n % 3 = 0, 'harbour', 'lighthouse') as source,
        1 as snapshot,
        n + 2 as line,
        if(n % 9973 = 1, null, received_on) as received_on,
        if(n % 9973 = 1, null, received_on + interval 9 hour + to_seconds(n * 7919 % 30000))
            as received_at,
        case
            when n % 4099 = 3 then date '1970-01-01'
            when n % 3001 = 5 then received_on + 1
            when n % 97 = 7 then null
            else received_on - (hash(n + 1) % 400)::integer
        end as incident_on,
        if(n % 211 = 9, 'open', 'closed') as status,
        if(n % 499 = 11, 3, 0) + lasting as source_days,
        if(n % 53 = 0, 1, 0) + if(n % 1009 = 53, 1, 0) as source_reopens,
        if(n % 5 = 0, if(lasting <= 60, 'met', 'breached'), null) as source_verdict,
        if(n % 601 = 13, 2, 1) as export_rows,
        if(n % 1201 = 13, 2, 1) as versions,
        if(n % 401 = 15, 'unknown', 'unit_' || n % 40) as unit,
        if(n % 307 = 17, 'unknown', 'category_' || n * 11 % 8) as category,
        if(n % 5003 = 19, 'test_case', 'channel_' || n * 13 % 4) as channel,
        if(n % 11 = 2, 'unknown', 'level_' || n % 3) as severity,
        case
            when n % 701 = 21 then null
            when n % 1301 = 23 then received_on - 2
            else received_on + lasting
        end as resolved_on
    from (
        select
            n,
            date '2023-01-01' + (hash(n) % 640)::integer as received_on,
            (5 + n * 7 % 90)::integer as lasting
        from range($cases) as numbers(n)
    )
"""
_NUMBER = "line - 2"
_STEPS = f"""
    insert into core.events by name
    select
        cases.case_key,
        cases.source,
        kinds.kind,
        1 as snapshot,
        cases.line,
        kinds.place as sequence,
        (
            case kinds.kind
                when 'resolved' then cases.resolved_on
                when 'investigated'
                    then if({_NUMBER} % 809 = 27, cases.resolved_on + 3, cases.received_on + 4)
                when 'assigned'
                    then cases.received_on + if({_NUMBER} % 2003 = 29, -1, 1)
                else cases.received_on + kinds.place - 1
            end
        )::date as occurred_on,
        occurred_on + if(
            {_NUMBER} % 1511 = 31 and kinds.kind = 'resolved',
            cases.received_at - cases.received_on::timestamp + interval 5 minute,
            to_seconds(30000 + {_NUMBER} * 6007 % 30000)
        ) as occurred_at
    from core.cases as cases
    cross join (
        values
            ('received', 1), ('acknowledged', 2), ('assigned', 3),
            ('investigated', 4), ('decided', 5), ('resolved', 6)
    ) as kinds(kind, place)
    where
        cases.received_on is not null
        and (kinds.kind <> 'resolved' or cases.resolved_on is not null)
"""
_OTHERS = (
    """insert into core.events by name
        select case_key, source, 'reopened' as kind, 1 as snapshot, line, 0 as sequence,
            received_on + 2 as occurred_on,
            received_on::timestamp + interval 3 day as occurred_at
        from core.cases where (line - 2) % 53 = 0 and received_on is not null""",
    """insert into core.events by name
        select case_key, source, 'received' as kind, 1 as snapshot, line, 7 as sequence,
            received_on + 1 as occurred_on, received_at + interval 1 day as occurred_at
        from core.cases where (line - 2) % 6007 = 33 and received_on is not null""",
    """insert into core.closures by name
        select case_key, resolved_on as closed_on,
            if((line - 2) % 159 = 0, 1, 6) as closed_place, 2 as reopened_place
        from core.cases where (line - 2) % 53 = 0""",
    """insert into core.case_facts by name
        select case_key, snapshot, line from core.cases where (line - 2) % 25013 <> 57""",
    """insert into core.cases by name
        select * replace (
            md5('copy of ' || case_key)::uuid as case_key, 'unknown' as category,
            line + 1000000000 as line, null as incident_on)
        from core.cases where (line - 2) % 12007 = 59""",
    """insert into core.events by name
        select case_key, source, 'paused' as kind, 1 as snapshot, line, 8 as sequence,
            received_on + (60 - hash(line) % 12)::integer as occurred_on,
            occurred_on + interval 9 hour as occurred_at
        from core.cases where (line - 2) % 61 = 0 and received_on is not null""",
    """update core.events set occurred_at = timestamp '2024-10-01 12:00'
        where kind = 'resolved' and line % 1000 = 7""",
    """insert into core.chosen_rows by name
        select case_key, files.snapshot
        from core.cases, (values (1), (2)) as files(snapshot)""",
    """insert into staging.events by name
        select case_key, kind, line,
            if(kind in ('received', 'resolved'), 1, 2) as snapshot,
            case
                when (line - 2) % 9001 = 55 and kind = 'assigned' then null
                when (line - 2) % 7001 = 35 and kind = 'decided' then date '2042-05-05'
                when (line - 2) % 8009 = 37 and kind = 'decided' then date '1900-01-01'
                else occurred_on
            end as occurred_on,
            occurred_at
        from core.events where sequence between 1 and 6""",
    """insert into staging.cases by name
        select case_key, source, 'case' as export, snapshot, line,
            if((line - 2) % 30011 = 39, 'see the note', unit) as unit,
            if((line - 2) % 40009 = 41, 'jane.doe@example.org', category) as category,
            channel, severity, status
        from core.cases""",
    """insert into core.clocks by name
        select case_key, 'resolution' as clock, resolved_on is not null as ended,
            (coalesce(resolved_on, date '2024-12-31') - received_on)::integer as days
        from core.cases where received_on is not null and (line - 2) % 20011 <> 43""",
    "insert into staging.rules by name"
    " select unnest(['acknowledge', 'resolve', 'escalate']) as rule,"
    " unnest(['acknowledged', 'resolved', 'escalated']) as to_kind,"
    " unnest([null, 'paused', null]) as pauses",
    """insert into core.deadlines by name
        select case_key, rule, 0 as round, received_on as started_on,
            received_on + if(rule = 'resolve', 60, 7) as unpaused_due_on,
            unpaused_due_on + if((line - 2) % 61 = 0 and rule = 'resolve', 9, 0) as due_on,
            if(rule = 'resolve', resolved_on, received_on + 1) as done_on,
            case
                when (line - 2) % 127 = 45 then 'not_assessable'
                when done_on is null then 'missed'
                when done_on <= due_on then 'met'
                else 'met_late'
            end as result
        from core.cases, (values ('acknowledge'), ('resolve')) as rules(rule)
        where received_on is not null""",
    """insert into core.source_deadlines by name
        select case_key, source, snapshot, line, 'resolve' as clock, received_on as started_on,
            resolved_on as stopped_on,
            if((line - 2) % 1607 = 47, null, received_on + 60) as due_on,
            if(resolved_on <= received_on + 60, 'met', 'breached') as verdict
        from core.cases where (line - 2) % 2 = 0 and received_on is not null""",
    """insert into staging.feedback by name
        select case_key, source, 'surveys' as export, 1 as snapshot, line,
            resolved_on + 1 as offered_on,
            if((line - 2) % 4 > 0, resolved_on + 3, null) as answered_on,
            case
                when (line - 2) % 3307 = 49 then 9
                when (line - 2) % 4 > 0 or (line - 2) % 3607 = 51 then 1 + (line - 2) * 3 % 5
            end as score,
            1 as scale_low, 5 as scale_high
        from core.cases where (line - 2) % 3 > 0 and resolved_on is not null""",
    """insert into core.feedback by name
        select * exclude (export, question), 'process' as question from staging.feedback""",
    """insert into staging.deliveries by name
        select 1 as snapshot, 1 as loading, 'harbour' as source, 'case' as export,
            'case' as grain, 'cases.csv' as file_name, 'f' as sha256,
            date '2024-12-31' as as_of,
            count(*) as rows_in, count(*) as rows_loaded, 0 as rows_rejected,
            0 as rows_repeated, date '2023-01-01' as coverage_from,
            date '2024-12-31' as coverage_until
        from core.cases""",
    """insert into staging.deliveries by name
        select * replace (2 as snapshot, 'history' as export, 'event' as grain)
        from staging.deliveries""",
    """insert into core.snapshots by name
        select * exclude (file_name, bytes, described, delivery, coverage_told),
            'full' as delivery
        from staging.deliveries""",
    """insert into staging.headcount by name
        select 'unit_' || u as unit, date '2023-01-01' + to_months(m::integer) as from_on,
            100.0 + u + m % 5 as people
        from range(38) as units(u), range(24) as months(m)""",
    """insert into core.exposure by name
        select 'unit_' || u as unit, date '2023-01-01' as from_on,
            date '2025-01-01' as until_on, 100.0 as people
        from range(38) as units(u)""",
)


def built(path: Path, cases: int) -> None:
    """Write the store to `path`."""
    with written({}, path, prepare=prepare) as store:
        _parameters(store)
        store.execute(_CASES, {"cases": cases})
        store.execute(_STEPS)
        for statement in _OTHERS:
            store.execute(statement)


def _parameters(store: Store) -> None:
    store.execute("truncate staging.parameters")
    store.execute(
        "insert into staging.parameters by name select date '2024-12-31' as as_of,"
        " date '2023-01-01' as coverage_from, date '2024-12-31' as coverage_until,"
        " 'UTC' as time_zone, 1 as fiscal_year_start_month"
    )
