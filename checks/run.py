"""Runs the checks through Great Expectations, inside DuckDB; counts are all that comes back.

Importing this module takes seconds, because Great Expectations does: import it where checks
are run and nowhere else.
"""

import os
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import create_engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine import URL
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.pool import NullPool

from checks.known_defects import KnownDefect
from checks.suites import CHECKS
from checks.verdict import Check, CheckError, Verdict, batches, counted, judge
from etl.store import LOCKED, bounded

# Read when it is imported: no telemetry leaves the machine.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import duckdb_engine
import great_expectations as gx
from great_expectations.core import ExpectationSuite
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.core.unexpected_rows_expectation import (
    UnexpectedRowsExpectation,
)

# Errors of these kinds name a table, a column or a word of ours; any other may quote a cell.
_ABOUT_THE_STATEMENT = re.compile(
    r"\(_duckdb\.(?:Binder|Catalog|Parser)Exception\) (?P<first_line>[^\n]*)"
)

# What DuckDB may hold in memory, in bytes; at 10 million cases the rest of a run takes 1 GB.
MOST_MEMORY = 5 << 29
_COUNTS = ("examined", "failing", "undecided", "since")


class _BufferedContext(PGExecutionContext_psycopg2):
    """Takes the rows off DuckDB's cursor at once.

    Great Expectations reads them after the transaction has ended, when the cursor is empty.
    """

    def post_exec(self) -> None:
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor)


class BufferedDialect(duckdb_engine.Dialect):
    """DuckDB's dialect with results that outlive their transaction."""

    supports_statement_cache = False
    execution_ctx_cls = _BufferedContext


registry.register("duckdb.buffered", __name__, BufferedDialect.__name__)


class ClaimHolds(UnexpectedRowsExpectation):
    """A check of ours: it is counted inside DuckDB, in one row with the claims beside it.

    What it is based on would fetch the rows that broke the claim, and count them with a
    second statement. Checks about the same rows name the same statement; Great Expectations
    runs what is named twice once.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self,
        metrics: dict[str, Any],
        *_: Any,
        **__: Any,
    ) -> dict[str, Any]:
        """Hand on the check's own counts; the verdict on them is `judge`'s."""
        (row,) = metrics["unexpected_rows_query.table"]
        assert self.meta is not None  # noqa: S101  it holds the name under which it is counted
        own = {count: row[f"{count}_{self.meta['name']}"] for count in _COUNTS}
        return {"success": own["failing"] == 0, "result": {"observed_value": own}}


def run(
    path: Path,
    *,
    checks: Sequence[Check] = CHECKS,
    known: Mapping[str, KnownDefect] | None = None,
    owners: Mapping[str, str] | None = None,
) -> tuple[Verdict, ...]:
    """Judge the store at `path` and return one verdict per check, in their order.

    `known` holds the known defects in force by check, `owners` who mends what by place.

    Great Expectations opens the file itself, for reading: close every `Store` on it first,
    since DuckDB gives a file to one process or configuration at a time.
    Raises CheckError where a check cannot be run.
    """
    found = {}
    for check, answer in answers(path, checks=checks):
        counts = _counts(check, answer)
        found[check.name] = judge(
            check,
            failing=counts["failing"],
            examined=counts["examined"],
            since=counts["since"],
            known=(known or {}).get(check.name),
            owners=owners,
        )
    return tuple(found[check.name] for check in checks)


def answers(path: Path, *, checks: Sequence[Check] = CHECKS) -> list[tuple[Check, Any]]:
    """What Great Expectations returned for each check, one suite per table."""
    if not path.is_file():
        raise CheckError(f"{path}: there is no such store to check")
    connecting: dict[str, Any] = {
        "connect_args": {"read_only": True, "config": LOCKED | bounded(path, most=MOST_MEMORY)},
        # Great Expectations makes an engine of its own for each table; none of them may keep
        # the file open once the run is over.
        "poolclass": NullPool,
    }
    address = _address(path)
    # Held for the whole run: DuckDB reads the file anew whenever nobody has it open, and that
    # takes longer than the statements do.
    with create_engine(address, **connecting).connect(), warnings.catch_warnings():
        # The schema could instead stand in the address of a PostgreSQL; DuckDB's has no place.
        warnings.filterwarnings(
            "ignore", message="`schema_name` is deprecated", category=DeprecationWarning
        )
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        sources: Any = context.data_sources  # its declared type leaves out `kwargs`
        data = sources.add_sql(
            "store", connection_string=address, create_temp_table=False, kwargs=connecting
        )
        by_table = sorted(checks, key=lambda check: check.about)
        return [
            pair
            for table, suite in groupby(by_table, key=lambda check: check.about)
            for pair in _answers_about(table, tuple(suite), data=data)
        ]


def _address(path: Path) -> str:
    address = URL.create("duckdb+buffered", database=str(path))
    return address.render_as_string(hide_password=False)


def _answers_about(
    table: str, checks: tuple[Check, ...], *, data: Any
) -> Iterable[tuple[Check, Any]]:
    schema, _, name = table.rpartition(".")
    try:
        asset = data.add_table_asset(table, table_name=name, schema_name=schema)
    except Exception as error:
        raise CheckError(f"there is no table {table} to check") from error
    batch = asset.add_batch_definition_whole_table("all rows").get_batch()
    suite = ExpectationSuite(
        name=table,
        expectations=[
            ClaimHolds(
                unexpected_rows_query=f"/* {{batch}} */ {_braced(counted(together))}",
                meta={"name": check.name},
            )
            for together in batches(checks)
            for check in together
        ],
    )
    found = batch.validate(suite, result_format="BASIC")
    by_name = {answer.expectation_config.meta["name"]: answer for answer in found.results}
    return [(check, by_name[check.name]) for check in checks]


def _braced(statement: str) -> str:
    """The statement as Great Expectations wants it: it fills in what stands in braces."""
    return statement.replace("{", "{{").replace("}", "}}")


def _counts(check: Check, answer: Any) -> dict[str, Any]:
    trouble = answer.exception_info
    if trouble.get("raised_exception", True):
        raise CheckError(f"check {check.name} cannot be run: {_cause(trouble)}")
    counts: dict[str, Any] = answer.result["observed_value"]
    if counts["undecided"]:
        raise CheckError(
            f"check {check.name} is undecided about {counts['undecided']:,} rows:"
            " `violated` must be true or false"
        )
    return counts


def _cause(trouble: dict[str, Any]) -> str:
    """The database's own words, where they cannot quote a case."""
    nested = [info for info in trouble.values() if isinstance(info, dict)]
    for info in [*nested, trouble]:
        found = _ABOUT_THE_STATEMENT.match(info.get("exception_message") or "")
        if found:
            return found["first_line"]
    return "the database refused its statement (the message is left out: it may quote a case)"
