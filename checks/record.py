"""Keeps what a run of the checks found, in the store: verdicts, and where the rows stand."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from checks.incidents import incidents_of
from checks.verdict import Verdict
from etl.store import Store

SQL = Path(__file__).parent / "sql"

# Columns that stores of earlier versions do not have.
_ADDED = {"as_of": "date", "doubt": "text", "cause": "text", "topic": "text", "owner": "text",
          "statement": "text"}  # fmt: skip

_COLUMNS = {
    "run": pl.Int64(),
    "fingerprint": pl.String(),
    "as_of": pl.Date(),
    "name": pl.String(),
    "title": pl.String(),
    "why": pl.String(),
    "about": pl.String(),
    "severity": pl.String(),
    "outcome": pl.String(),
    "failing": pl.Int64(),
    "examined": pl.Int64(),
    "allowed": pl.String(),
    "since": pl.Date(),
    "affects": pl.List(pl.String()),
    "remedy": pl.String(),
    "doubt": pl.String(),
    "cause": pl.String(),
    "topic": pl.String(),
    "owner": pl.String(),
    "statement": pl.String(),
}


_INCIDENTS = {
    "cause": pl.String(),
    "title": pl.String(),
    "severity": pl.String(),
    "owner": pl.String(),
    "status": pl.String(),
    "first_seen": pl.Date(),
    "last_seen": pl.Date(),
    "runs": pl.Int32(),
}


def explain(store: Store, annotations: pl.DataFrame) -> None:
    """Tell the checks which months an organisation has explained (column `happened_on`)."""
    months = annotations.select(pl.col("happened_on").dt.truncate("1mo").alias("month"))
    store.replace("quality.explained_months", months.unique().sort("month"))


def record(store: Store, verdicts: Sequence[Verdict], *, fingerprint: str) -> int:
    """Add one run to `quality.verdicts` and return its number.

    `fingerprint` is that of the core tables that were judged, from `core.build`. The rows that
    break a claim are kept for the newest run alone, as snapshot and line.
    """
    # Killed half way through, a run would stand beside the places of the one before it.
    with store.transaction():
        return _recorded(store, verdicts, fingerprint)


def _recorded(store: Store, verdicts: Sequence[Verdict], fingerprint: str) -> int:
    _widen(store)
    last = store.frame("select coalesce(max(run), 0) as run from quality.verdicts")
    number = int(last["run"][0]) + 1
    as_of = store.frame("select as_of from staging.parameters")["as_of"]
    rows = pl.DataFrame(
        [
            {
                "run": number,
                "fingerprint": fingerprint,
                "as_of": as_of[0] if as_of.len() else None,
            }
            | asdict(verdict)
            | {"affects": list(verdict.affects)}
            for verdict in verdicts
        ],
        schema=_COLUMNS,
    )
    store.append("quality.verdicts", rows)
    _keep_places(store, [verdict for verdict in verdicts if verdict.failing])
    found = [{name: getattr(each, name) for name in _INCIDENTS} for each in incidents_of(store)]
    store.replace("quality.incidents", pl.DataFrame(found, schema=_INCIDENTS))
    return number


def _widen(store: Store) -> None:
    held = store.frame("select * from quality.verdicts limit 0").columns
    added = [
        f"cast(null as {kind}) as {name}" for name, kind in _ADDED.items() if name not in held
    ]
    if added:
        select = f"select *, {', '.join(added)} from quality.verdicts"  # noqa: S608  our names
        store.materialise("quality.verdicts", select)


def _keep_places(store: Store, verdicts: Sequence[Verdict]) -> None:
    parts = [_NO_PLACE, *(_places(verdict) for verdict in verdicts)]
    store.materialise("quality.findings", "\nunion all by name\n".join(parts))
    for path in sorted(SQL.glob("*.sql")):
        store.run_file(path)


_NO_PLACE = """
    select
        cast('' as text) as name,
        cast(null as integer) as snapshot,
        cast(null as bigint) as line,
        cast(null as date) as happened_on,
        cast(null as text) as step
    where false
"""


def _places(verdict: Verdict) -> str:
    return (
        f"select '{verdict.name}' as name, found.* exclude (violated)"  # noqa: S608  ours
        f" from (\n{verdict.statement}\n) as found where found.violated"
    )
