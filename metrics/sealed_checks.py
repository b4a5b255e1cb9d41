"""What stands in a release about the checks: verdicts, history, incidents, where faults sit."""

import polars as pl

from etl.store import Store
from metrics.disclosure.policy import Policy
from metrics.release import TABLES

RUNS = 12
_EXACT_ALONE = ("check_history", "incidents", "fault_places", "row_places")
REFERENCES = 50  # of each check; whoever mends more than that needs the export itself


def tables_of_checks(
    store: Store, policy: Policy, verdicts: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Tables about the checks; counts and places of rows only where counts may be exact.

    A count of rows is a second look at cells that are published rounded: both together would
    narrow them. So is what earlier runs found. `verdicts` are those the audience may know.
    """
    told = {"verdicts": withheld(verdicts.select(*TABLES["verdicts"]), policy)}
    if policy.method != "identity":
        return told | {name: pl.DataFrame(schema=TABLES[name]) for name in _EXACT_ALONE}
    incidents = (
        store.frame("select * from quality.incidents")
        if store.has("quality.incidents")
        else pl.DataFrame(schema=TABLES["incidents"])
    )
    return told | {
        "check_history": _history(store),
        "incidents": incidents.select(*TABLES["incidents"]),
        "fault_places": store.frame(_PLACES).select(*TABLES["fault_places"]),
        "row_places": store.frame(_REFERENCES, {"most": REFERENCES}).select(
            *TABLES["row_places"]
        ),
    }


def withheld(rows: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Counts of rows for those who may know exact counts, nothing for the others."""
    if policy.method == "identity":
        return rows
    names = [name for name, kind in rows.schema.items() if kind == pl.Int64]
    # The month since when tells that there is such a row in it.
    names += ["since"] if "since" in rows.columns else []
    return rows.with_columns(
        pl.lit(None, dtype=rows.schema[name]).alias(name) for name in names
    )


def _history(store: Store) -> pl.DataFrame:
    if "as_of" not in store.frame("select * from quality.verdicts limit 0").columns:
        return pl.DataFrame(schema=TABLES["check_history"])
    rows = store.frame(_HISTORY, {"runs": RUNS})
    return rows.select(*TABLES["check_history"])


# Runs of the same data, one after the other, are one; the last of them counts.
_HISTORY = """
    with runs as (
        select
            run,
            any_value(as_of) as as_of,
            lead(any_value(fingerprint)) over (order by run)
                is distinct from any_value(fingerprint) as is_last
        from quality.verdicts
        group by run
    ),
    newest as (
        select run, as_of, row_number() over (order by run desc) as age
        from runs
        where is_last
    )
    select
        verdicts.name,
        cast(max(newest.age) over () - newest.age + 1 as integer) as run,
        newest.as_of,
        verdicts.outcome,
        verdicts.failing
    from quality.verdicts as verdicts
    inner join newest on verdicts.run = newest.run
    where newest.age <= $runs
    order by run, verdicts.rowid
"""

_AT_FAULT = """
    select name
    from quality.verdicts
    where
        run = (select max(verdicts.run) from quality.verdicts as verdicts)
        and outcome in ('failed', 'known')
"""

_PLACES = f"""
    with at_fault as ({_AT_FAULT}),
    by_row as (
        select findings.name, snapshots.source, findings.happened_on
        from quality.findings as findings
        inner join at_fault on findings.name = at_fault.name
        left join core.snapshots as snapshots on findings.snapshot = snapshots.snapshot
    ),
    by_case as (
        select distinct affected.name, cases.case_key, cases.unit, cases.channel
        from quality.affected_cases as affected
        inner join at_fault on affected.name = at_fault.name
        inner join core.cases as cases on affected.case_key = cases.case_key
    )
    select name, 'source' as breakdown, source as level, count(*) as failing
    from by_row where source is not null group by all
    union all
    select name, 'month', strftime(happened_on, '%Y-%m'), count(*)
    from by_row where happened_on is not null group by all
    union all
    select name, 'unit', unit, count(*) from by_case group by all
    union all
    select name, 'channel', channel, count(*) from by_case group by all
    order by all
"""  # noqa: S608  our words alone

_REFERENCES = f"""
    with at_fault as ({_AT_FAULT})
    select findings.name, snapshots.source, snapshots.export, findings.snapshot,
        findings.line, findings.happened_on
    from quality.findings as findings
    inner join at_fault on findings.name = at_fault.name
    inner join core.snapshots as snapshots on findings.snapshot = snapshots.snapshot
    where findings.line is not null
    qualify row_number() over (
        partition by findings.name order by findings.snapshot, findings.line
    ) <= $most
    order by findings.name, findings.snapshot, findings.line
"""  # noqa: S608  our words alone
