"""The one door to DuckDB: every statement of the product is run by a `Store`."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import duckdb
import polars as pl

# A release or a store is data, never a way to other files: see SECURITY.md.
LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "lock_configuration": "true",
}

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")

# The information schema says the same, at three times the cost of a small statement.
_NAMED = """
    select table_name, 'table' as kind from duckdb_tables()
    where schema_name = $schema and temporary = $temporary
    union all
    select view_name as table_name, 'view' as kind from duckdb_views()
    where schema_name = $schema and temporary = $temporary and not internal
"""

Parameters = Mapping[str, object]


# What DuckDB may hold in memory of itself, in bytes: reading and staging need theirs beside it,
# and of 10 million cases the counts of all metrics need more than it does.
_MOST_MEMORY = {"load": 4 << 30, "measure": 5 << 29}


class StoreError(Exception):
    """The store cannot be opened or read; the message says what to do about it."""


class Store:
    """A DuckDB database that reads no other file and runs no code from outside.

    Each SELECT uses a cursor of its own: one connection shared between threads hands one
    thread the rows of another. A store with a transaction under way belongs to one thread at
    a time.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Wrap an open connection; `Store.open` is the usual way in."""
        self._connection = connection
        self._within_transaction = False

    @classmethod
    def open(cls, path: Path | None = None, *, mode: str = "write") -> Self:
        """Open the database at `path`, or one in memory.

        `mode` is "write", "read", "load" or "measure"; a file opened for reading is never
        changed. To load is to write much, to measure is to read much: rows are in no order,
        and what does not fit into memory goes to a folder beside the file.
        Raises StoreError where the file is missing, locked, or not a database.
        """
        if path is not None and mode == "read" and not path.is_file():
            raise StoreError(f"{path}: no such file")
        try:
            with _said_plainly():
                connection = duckdb.connect(
                    ":memory:" if path is None else str(path),
                    read_only=mode == "read",
                    config={**LOCKED, **_for_many_rows(path, mode)},
                )
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise StoreError(
                    f"{path}: another process has it open; close that and try again"
                ) from error
            raise StoreError(f"{path}: not a database that can be opened") from error
        return cls(connection)

    def execute(self, statement: str, parameters: Parameters | None = None) -> None:
        """Run one statement for its effect."""
        with _said_plainly():
            self._connection.execute(statement, parameters or None)

    def frame(self, select: str, parameters: Parameters | None = None) -> pl.DataFrame:
        """Run one SELECT and return its rows; a UUID comes as its 32 digits in hex."""
        if self._within_transaction:
            # A cursor would not see what this transaction has not kept yet.
            return _rows(self._connection, select, parameters)
        with self._connection.cursor() as cursor:
            return _rows(cursor, select, parameters)

    def batches_here(self, select: str, rows: int) -> Iterator[pl.DataFrame]:
        """Run one SELECT that may look at temporary tables: its rows, so many at a time.

        Nothing else can be run until the last has come.
        """
        with _said_plainly():
            for batch in self._connection.sql(select).to_arrow_reader(rows):
                yield pl.DataFrame(batch)

    def materialise(
        self, table: str, select: str, parameters: Parameters | None = None
    ) -> None:
        """Keep the rows of a declaration's SELECT as `table`, replacing what stood there."""
        self.execute(f"create or replace table {_checked(table)} as {select}", parameters)

    def look_at(self, view: str, select: str) -> None:
        """Give a declaration's SELECT, which takes no parameters, the name of a view."""
        self.execute(f"create or replace view {_checked(view)} as {select}")

    def run_file(
        self,
        path: Path,
        parameters: Parameters | None = None,
        *,
        schemas: Mapping[str, str] | None = None,
    ) -> None:
        """Run the single statement of an SQL file with those parameters that it names.

        `schemas` are stood in for by others: the statement speaks of the first and means the
        second.
        """
        statement = path.read_text(encoding="utf-8")
        for told, meant in (schemas or {}).items():
            statement = re.sub(rf"\b{told}\.(?=[a-z])", f"{meant}.", statement)
        named = {
            name: value
            for name, value in (parameters or {}).items()
            if re.search(rf"\${name}\b", statement)
        }
        self.execute(statement, named)

    def append(self, table: str, rows: pl.DataFrame) -> None:
        """Add `rows` to an existing table, column by column name."""
        self._with_rows(rows, f"insert into {_checked(table)} by name select * from given_rows")

    def replace(self, table: str, rows: pl.DataFrame) -> None:
        """Make `table` hold exactly `rows`, with their columns and types."""
        self._with_rows(
            rows, f"create or replace table {_checked(table)} as select * from given_rows"
        )

    def append_from(self, table: str, other: str) -> None:
        """Add the rows of another table, column by column name."""
        self.execute(f"insert into {_checked(table)} by name from {_checked(other)}")

    def look_through(self, view: str, select: str) -> None:
        """Let `view` show whatever a SELECT gives at the time."""
        self.execute(f"create or replace view {_checked(view)} as {select}")

    def inside(self, schema: str) -> dict[str, Literal["table", "view"]]:
        """Names of the tables and views of a schema, and which of the two each is."""
        return dict(self.frame(_NAMED, {"schema": schema, "temporary": False}).iter_rows())

    def drop_schema(self, name: str) -> None:
        """Take a schema away, with all that is in it, where there is one."""
        # One by one: DuckDB 2.0 cannot commit where a schema takes tables of the same
        # transaction along.
        for table, kind in self.inside(name).items():
            self.execute(f"drop {kind} {_checked(f'{name}.{table}')}")
        self.execute(f"drop schema if exists {_checked(name)}")

    def drop(self, table: str) -> None:
        """Take a table or a view away."""
        schema, _, name = _checked(table).rpartition(".")
        self.execute(f"drop {self.inside(schema)[name]} {table}")

    def drop_temporary(self) -> None:
        """Take temporary tables and views away: they hold memory, and no file, until then."""
        found = _rows(self._connection, _NAMED, {"schema": "main", "temporary": True})
        for table, kind in found.iter_rows():
            self.execute(f"drop {kind} temp.{_checked(table)}")

    def add_column(self, table: str, column: str, kind: str) -> None:
        """Give an existing table one more column, empty."""
        self.execute(f"alter table {_checked(table)} add column {_checked(column)} {kind}")

    def drop_column(self, table: str, column: str) -> None:
        """Take a column of an existing table away, with what it holds."""
        self.execute(f"alter table {_checked(table)} drop column {_checked(column)}")

    def change_column(self, table: str, column: str, kind: str) -> None:
        """Give a column of an existing table another type, in which its values are kept."""
        self.execute(
            f"alter table {_checked(table)} alter column {_checked(column)} type {kind}"
        )

    def remove(self, table: str, keys: pl.DataFrame) -> None:
        """Take out of `table` the rows that agree with a row of `keys` in all its columns."""
        self._with_rows(
            keys,
            f"delete from {_checked(table)} as rows_of using given_rows where "
            + " and ".join(f"rows_of.{name} = given_rows.{name}" for name in keys.columns),
        )

    def amend(self, table: str, rows: pl.DataFrame, *, keys: Sequence[str]) -> None:
        """Give rows of `table` that agree with one of `rows` in the keys its other columns."""
        others = [name for name in rows.columns if name not in keys]
        self._with_rows(
            rows,
            f"update {_checked(table)} as rows_of set "
            + ", ".join(f"{_checked(name)} = given_rows.{name}" for name in others)
            + " from given_rows where "
            + " and ".join(f"rows_of.{name} = given_rows.{name}" for name in keys),
        )

    def remove_also(self, table: str, other: str, column: str) -> None:
        """Take out of `table` the rows whose `column` has a value that `other` has there."""
        named = _checked(column)
        self.execute(
            f"delete from {_checked(table)} where {named}"
            f" in (select {named} from {_checked(other)})"
        )

    def rename_keys(self, table: str, known: pl.DataFrame, *, before: int) -> int:
        """Give rows whose `case_key` is an `alias_key` of `known` the case's own key.

        `known` has alias_key and case_key; no two sources have a key in common. The number of
        those rows that belong to a snapshot before `before`.
        """
        name = _checked(table)
        self._connection.register("known_keys", known)
        joined = (
            f" from {name} as rows_of inner join known_keys"
            " on rows_of.case_key = known_keys.alias_key"
        )
        earlier = self.frame(
            f"select count(*) as rows {joined} where rows_of.snapshot < $before",
            {"before": before},
        )
        self.execute(
            f"update {name} as rows_of set case_key = known_keys.case_key from known_keys"
            " where rows_of.case_key = known_keys.alias_key"
        )
        self._connection.unregister("known_keys")
        return int(earlier.item())

    def _with_rows(self, rows: pl.DataFrame, statement: str) -> None:
        """Run a statement that speaks of `rows` as given_rows."""
        # Under a registered name a transaction would hold them until it ends: 10 GB of them.
        with _said_plainly():
            self._connection.from_arrow(rows.to_arrow()).query("given_rows", statement)

    def checkpoint(self) -> None:
        """Write everything that is kept into the file itself."""
        self.execute("checkpoint")

    def create_schema(self, name: str) -> None:
        """Make the schema where it is missing."""
        self.execute(f"create schema if not exists {_checked(name)}")

    def has(self, table: str) -> bool:
        """Say whether `schema.table` exists."""
        schema, _, name = _checked(table).rpartition(".")
        return name in self.inside(schema or "main")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything that is done inside, or nothing of it."""
        self.execute("begin transaction")
        self._within_transaction = True
        try:
            yield
        except BaseException:
            # Whatever stopped us may stop this too; then closing the file undoes it.
            with suppress(StoreError, duckdb.Error):
                self.execute("rollback")
            raise
        finally:
            self._within_transaction = False
        self.execute("commit")

    def close(self) -> None:
        """Write what is pending and let the file go."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Return itself, to be closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store."""
        self.close()


def _rows(
    connection: duckdb.DuckDBPyConnection, select: str, parameters: Parameters | None
) -> pl.DataFrame:
    told = connection.sql(select, params=parameters or None)
    keys = [name for name, kind in zip(told.columns, told.types, strict=True) if kind == "UUID"]
    rows: pl.DataFrame = told.pl()
    return rows.with_columns(pl.col(keys).str.replace_all("-", "", literal=True))


def bounded(path: Path | None, *, most: int) -> dict[str, str]:
    """Settings that keep DuckDB to so many bytes, or half of the machine's; the rest spills.

    What does not fit goes to a folder beside the file, and is refused where there is none.
    """
    there_is = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = {"memory_limit": f"{min(most, there_is // 2) >> 20}MiB"}
    return limit | ({"temp_directory": f"{path}.tmp"} if path is not None else {})


def _for_many_rows(path: Path | None, mode: str) -> dict[str, str]:
    if mode not in _MOST_MEMORY:
        return {}
    return {"preserve_insertion_order": "false", **bounded(path, most=_MOST_MEMORY[mode])}


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Say in a sentence what the machine lacks, where that is what stops DuckDB."""
    try:
        yield
    except duckdb.Error as error:
        reasons = list(_reasons(error))
        words = " ".join(map(str, reasons))
        if "No space left on device" in words or "File too large" in words:
            raise StoreError(
                "the disk is full; the store is as it was before: free some space and run it"
                " again"
            ) from error
        if any(isinstance(reason, duckdb.OutOfMemoryException) for reason in reasons):
            raise StoreError(
                "there is too little memory, or room to spill it; the store is as it was"
                " before: close other programs and run it again"
            ) from error
        raise


def _reasons(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came of: that a transaction is aborted says no cause itself."""
    told: BaseException | None = error
    while told is not None:
        yield told
        told = told.__cause__ or told.__context__


def _checked(table: str) -> str:
    if not _NAME.fullmatch(table):
        raise ValueError(f"not a table's name: {table!r}")
    return table
