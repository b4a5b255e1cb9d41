"""The measure stage: every metric over every breakdown and month, and peers beside it.

Curves beside those of lifelines and statsmodels stand in `bench_statistics`.

`CASE_AUDIT_BENCH_CASES=10000000 make bench TEST_ARGS="-k measure"` measures at full size.
"""

import os
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from etl.store import Store
from metrics.catalog import METRICS
from metrics.count import count
from metrics.metric import BREAKDOWNS, Metric
from tests.verdicts.tables import written

CASES = int(os.environ.get("CASE_AUDIT_BENCH_CASES", "200000"))
ROUNDS = 3
FIRST = date(2022, 1, 1)
AUDIT = ("report_frequency", "time_to_resolution", "deadline_compliance", "satisfaction")
LEVELS = ("unit", "category", "channel", "severity")

# Six steps a case, some of them missing; no two tables are made of one another's order.
STATEMENTS = (
    """
    create or replace table staging.parameters as
    select
        date '2025-12-31' as as_of, date '2022-01-01' as coverage_from,
        date '2025-12-31' as coverage_until, 'Europe/London' as time_zone,
        1 as fiscal_year_start_month
    """,
    """
    create or replace table core.cases as
    with drawn as (
        select i, hash(i, 1) as a, hash(i, 2) as b, hash(i, 3) as c, hash(i, 4) as d
        from range($cases) as t(i)
    ),
    dated as (
        select
            *, date '2022-01-01' + (a % 1460)::integer as received_on,
            (b % 200)::integer as took
        from drawn
    )
    select
        lpad(i::text, 32, '0') as case_key, 'bench' as source, 1 as snapshot, i as line,
        received_on, received_on - (c % 60)::integer as incident_on,
        'u' || (a % 400) as unit, 'c' || (b % 12) as category, 'h' || (c % 6) as channel,
        ['low', 'medium', 'high', 'critical'][1 + (d % 4)::integer] as severity,
        ['substantiated', 'unsubstantiated', 'insufficient'][1 + (a % 3)::integer] as outcome,
        case when d % 10 < 8 and received_on + took <= date '2025-12-31'
            then received_on + took end as resolved_on,
        case when c % 3 > 0 then ['anonymous', 'named'][1 + (c % 2)::integer] end as anonymity,
        case when c % 5 > 0 then 'employee' end as raised_by,
        false as reopened
    from dated
    """,
    """
    create or replace table core.clocks as
    select
        case_key, 'resolution' as clock, received_on as started_on, resolved_on as stopped_on,
        resolved_on is not null as ended,
        (coalesce(resolved_on, date '2025-12-31') - received_on)::integer as days, reopened
    from core.cases
    """,
    """
    create or replace table core.events as
    select
        case_key, source, kind, received_on + later as occurred_on, 1 + later as sequence
    from core.cases
    cross join (values ('received', 0), ('acknowledged', 3), ('triaged', 5), ('decided', 40),
        ('informed', 45), ('resolved', 60)) as steps(kind, later)
    where received_on + later <= date '2025-12-31'
    """,
    """
    create or replace table core.recorded_kinds as
    select distinct source, kind from core.events
    """,
    """
    create or replace table core.deadlines as
    select
        case_key, rule, received_on as started_on, received_on + within as due_on,
        received_on + within as unpaused_due_on, null::date as done_on, 0 as paused_days,
        case when received_on + within > date '2025-12-31' then 'not_due'
            when hash(case_key, rule) % 10 < 8 then 'met'
            when hash(case_key, rule) % 10 < 9 then 'met_late' else 'missed' end as result
    from core.cases
    cross join (values ('acknowledge', 7), ('triage', 10), ('investigate', 60), ('tell', 90))
        as rules(rule, within)
    """,
    """
    create or replace table core.feedback as
    select
        case_key, received_on + 70 as offered_on,
        case when hash(case_key) % 3 = 0 then received_on + 80 end as answered_on,
        case when hash(case_key) % 3 = 0 then 1 + (hash(case_key, 9) % 5)::integer end as score,
        1 as scale_low, 5 as scale_high, 'process' as question
    from core.cases
    where received_on + 80 <= date '2025-12-31'
    """,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of invented core tables."""
    made = tmp_path_factory.mktemp("measure") / "audit.duckdb"
    # The product's own tables, empty; those that the metrics read most are filled.
    with written({}, made) as store:
        for statement in STATEMENTS:
            store.execute(statement, {"cases": CASES} if "$cases" in statement else None)
    return made


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def test_measure_every_metric(path: Path) -> None:
    with Store.open(path) as store:
        print(f"\n{CASES:,} cases, every metric by month and five breakdowns:")
        total = 0.0
        for metric in METRICS:
            if metric.sum_of is None:
                seconds = timed(lambda metric=metric: count(store, [metric]))
                total += seconds
                print(f"  {metric.name:<26} {seconds:7.2f} s")
        print(f"  {'all':<26} {total:7.2f} s")


@pytest.mark.parametrize("name", AUDIT)
def test_measure_beside_peers(path: Path, name: str) -> None:
    """The same counts by month, level and outcome; peers hold their frames in memory."""
    metric = next(known for known in METRICS if known.name == name)
    with duckdb.connect(str(path), read_only=True) as raw:
        frame = raw.sql(metric.contributions).pl()
    pandas = frame.to_pandas()
    with Store.open(path) as store:
        takers: dict[str, Callable[[], int]] = {
            "ours": lambda: _ours(store, metric),
            "polars lazy": lambda: _polars(frame),
            "pandas": lambda: _pandas(pandas),
        }
        seconds: dict[str, list[float]] = {taker: [] for taker in takers}
        found: dict[str, int] = {}
        for _ in range(ROUNDS):
            for taker, take in takers.items():
                started = time.perf_counter()
                found[taker] = take()
                seconds[taker].append(time.perf_counter() - started)
    ours = statistics.median(seconds["ours"])
    print(f"\n{name}, {frame.height:,} contributions (peers: joined and in memory already):")
    for taker, times in seconds.items():
        middle = statistics.median(times)
        print(f"  {taker:<12} {middle:7.2f} s  {middle / ours:6.1f} times ours")
    assert len(set(found.values())) == 1


def _ours(store: Store, metric: Metric) -> int:
    return int(count(store, [metric]).cells["n"].sum())


def _polars(frame: pl.DataFrame) -> int:
    months = frame.lazy().with_columns(pl.col("happened_on").dt.truncate("1mo").alias("month"))
    keys = ["part", "month", "outcome", "days"]
    counts = [
        months.group_by(*keys, *([] if by == "all" else [by])).len().select(pl.col("len").sum())
        for by in BREAKDOWNS
    ]
    return int(sum(each.item() for each in pl.collect_all(counts)))


def _pandas(frame: pd.DataFrame) -> int:
    months = frame.assign(month=frame["happened_on"].astype("datetime64[ns]").dt.to_period("M"))
    keys = ["part", "month", "outcome", "days"]
    total = 0
    for by in BREAKDOWNS:
        group = keys + ([] if by == "all" else [by])
        total += int(months.groupby(group, dropna=False, observed=True).size().sum())
    return total
