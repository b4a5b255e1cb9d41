"""Small tables as text, so that a test shows the rows it is about."""

from collections.abc import Mapping

import polars as pl

from etl.building import prepare
from etl.store import Store


def table(text: str, types: Mapping[str, pl.DataType | type] | None = None) -> pl.DataFrame:
    """Frame of `text`: one line per row, cells between bars, the first line the names.

    A blank cell is null. `on`, `..._on`, `..._from` and `as_of` are dates, `at` and `..._at`
    instants; every other column is text, unless `types` says otherwise.
    """
    header, *rows = [_cells(line) for line in text.strip().splitlines() if line.strip()]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"the row {row} has {len(row)} cells, the header {len(header)}")
    texts = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    told = types or {}
    return pl.DataFrame([_typed(column, told.get(column.name)) for column in texts])


def prepare_plainly(store: Store) -> None:
    """Make the tables that are kept, where a case may be called A in place of a pseudonym."""
    if store.has("staging.cases"):
        return
    prepare(store)
    keyed = store.frame(
        "select table_schema, table_name from information_schema.columns"
        " where column_name = 'case_key' and data_type = 'UUID'"
    )
    for schema, name in keyed.iter_rows():
        store.change_column(f"{schema}.{name}", "case_key", "text")


def _cells(line: str) -> list[str | None]:
    return [cell.strip() or None for cell in line.split("|")]


def _typed(text: pl.Series, told: pl.DataType | type | None) -> pl.Series:
    name = text.name
    if told is not None:
        return text.cast(told)
    if name in {"on", "as_of"} or name.endswith(("_on", "_from")):
        return text.str.to_date("%Y-%m-%d")
    if name == "at" or name.endswith("_at"):
        return text.str.to_datetime("%Y-%m-%d %H:%M")
    return text
