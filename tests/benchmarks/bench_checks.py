"""The checks beside the same predicates as plain SQL, and Great Expectations on pandas.

Ours goes through Great Expectations inside DuckDB, start-up of its suites included; the plain
statements are those that it runs, on one connection. On pandas stand the row-wise claims about
cases alone, the frame loaded beforehand. CASE_AUDIT_BENCH_CHECKS says how many cases (two
events each beside their receipt and closing), such as "1000000" or "1000000,10000000".
"""

import os
import time
from pathlib import Path

import pytest

from checks.suites import CHECKS
from checks.verdict import batches, counted
from etl.store import Store
from tests.verdicts.tables import written

SIZES = [int(n) for n in os.environ.get("CASE_AUDIT_BENCH_CHECKS", "200000").split(",")]
MOST = 1.5  # times the plain statements, once these take longer than what GX needs to start
START_UP = 6.0  # seconds that Great Expectations takes whatever the size

# One row per case number from 0: received over eight months, closed ten days later.
_CASES = """
    insert into core.cases by name
    select
        'case ' || n as case_key, 'harbour' as source, 1 as snapshot, n as line,
        date '2024-01-01' + (n % 240)::integer as received_on,
        timestamp '2024-01-01 09:00' + to_days((n % 240)::integer) + to_seconds(n % 30000)
            as received_at,
        date '2023-11-01' + (n % 60)::integer as incident_on,
        'closed' as status, 10 as source_days, 1 as export_rows, 1 as versions,
        'unit_' || n % 40 as unit, 'category_' || n % 8 as category,
        'channel_' || n % 4 as channel, 'low' as severity,
        date '2024-01-11' + (n % 240)::integer as resolved_on
    from range($cases) as numbers(n)
"""
_OTHERS = (
    "insert into core.case_facts by name select case_key, snapshot, line from core.cases",
    """insert into core.chosen_rows by name
        select case_key, source, '' as export, 1 as snapshot from core.cases""",
    """insert into core.events by name
        select case_key, source, kind, snapshot, line,
            if(kind = 'resolved', resolved_on, received_on) as occurred_on,
            if(kind = 'resolved', received_at + interval 10 day, received_at) as occurred_at
        from core.cases
        cross join
            unnest(['received', 'acknowledged', 'assigned', 'resolved']) as kinds(kind)""",
    """insert into staging.events by name
        select case_key, source, '' as export, kind, snapshot, line, occurred_on, occurred_at
        from core.events""",
    """insert into staging.cases by name
        select case_key, source, '' as export, snapshot, line, unit, category, channel,
            severity, status
        from core.cases""",
    """insert into core.clocks by name
        select case_key, 'resolution' as clock, true as ended, 10 as days from core.cases""",
    """insert into core.snapshots by name
        select 1 as snapshot, 'harbour' as source, '' as export, 'case' as grain,
            date '2024-08-31' as as_of, count(*) as rows_in, count(*) as rows_loaded,
            0 as rows_rejected, 0 as rows_repeated, date '2024-01-01' as coverage_from,
            date '2024-08-31' as coverage_until
        from core.cases""",
)


def built(path: Path, cases: int) -> None:
    with written({}, path) as store:
        store.execute("truncate staging.parameters")
        store.execute(
            "insert into staging.parameters by name select date '2024-08-31' as as_of,"
            " date '2024-01-01' as coverage_from, date '2024-08-31' as coverage_until,"
            " 'UTC' as time_zone, 1 as fiscal_year_start_month"
        )
        store.execute(_CASES, {"cases": cases})
        for statement in _OTHERS:
            store.execute(statement)


def plain(path: Path) -> float:
    """Seconds for the statements of all batches on one connection."""
    with Store.open(path, mode="read") as store:
        start = time.perf_counter()
        for batch in batches(CHECKS):
            store.frame(counted(batch))
        return time.perf_counter() - start


def ours(path: Path) -> float:
    from checks.run import run

    start = time.perf_counter()
    run(path)
    return time.perf_counter() - start


def on_pandas(path: Path) -> tuple[float, int]:
    """Seconds for row-wise claims about cases in a frame, and how many they are."""
    import great_expectations as gx
    from great_expectations import expectations as of

    with Store.open(path, mode="read") as store:
        frame = store.frame("select * from core.cases").to_pandas()
    claims = [
        of.ExpectColumnValuesToBeUnique(column="case_key"),
        of.ExpectColumnValuesToNotBeNull(column="received_on"),
        of.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="resolved_on", column_B="received_on", or_equal=True
        ),
        *(
            of.ExpectColumnValuesToNotBeInSet(column=name, value_set=["unknown"])
            for name in ("unit", "category", "channel", "severity")
        ),
    ]
    context = gx.get_context(mode="ephemeral")
    asset = context.data_sources.add_pandas("frame").add_dataframe_asset("cases")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name="cases", expectations=claims)
    start = time.perf_counter()
    batch.validate(suite, result_format="BOOLEAN_ONLY")
    return time.perf_counter() - start, len(claims)


@pytest.mark.parametrize("cases", SIZES)
def test_checks_beside_their_plain_statements(tmp_path: Path, cases: int) -> None:
    path = tmp_path / "audit.duckdb"
    built(path, cases)
    ours(path)  # imports Great Expectations
    taken = {"plain": min(plain(path) for _ in range(2)), "ours": ours(path)}
    frame, claims = on_pandas(path)
    print(
        f"\n{cases:,} cases, {len(CHECKS)} checks in {len(batches(CHECKS))} statements:"
        f" ours {taken['ours']:.1f} s, plain SQL {taken['plain']:.1f} s"
        f" ({taken['ours'] / taken['plain']:.2f} times); Great Expectations on pandas"
        f" {frame:.1f} s for {claims} of them"
    )
    assert taken["ours"] <= MOST * taken["plain"] + START_UP
