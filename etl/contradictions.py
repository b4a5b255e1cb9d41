"""Rows of one file that tell one case in different ways: none of them is believed."""

from collections.abc import Mapping

import polars as pl

from etl.source import Export
from etl.store import Store

REMEDY = (
    "export it again with one row for each case; or declare what a row is (grain), or that the"
    ' last row of a case corrects those above it: same_case = "last"'
)
_TWICE = """
    select case_key from staging.cases where snapshot = $snapshot
    group by case_key having count(*) > 1
"""
_SAID = {
    table: f"select * from staging.{table}"  # noqa: S608  our words alone
    f" where snapshot = $snapshot and case_key in ({_TWICE})"
    for table in ("cases", "events", "findings", "feedback")
}


def contradictions(store: Store, export: Export, *, snapshot: int) -> pl.DataFrame:
    """The same of the rows of a file that has been staged as `snapshot`."""
    if not _one_row_each(export):
        return contradicting({}, export)
    told = {"snapshot": snapshot}
    return contradicting(
        {table: store.frame(select, told) for table, select in _SAID.items()}, export
    )


def contradicting(tables: Mapping[str, pl.DataFrame], export: Export) -> pl.DataFrame:
    """Rows of one file that contradict another row about the same case.

    `tables` are those of staging. The rows have `line`, and the columns of a reject: the
    `reason` names all lines of the case. Rows that differ in nothing that is read do not
    contradict each other.
    """
    said = [rows for table, rows in tables.items() if table in _SAID]
    if not said or not _one_row_each(export):
        return _rejects(pl.DataFrame(schema=_NO_LINES))
    facts = pl.concat(_facts(table, rows) for table, rows in enumerate(said))
    each = facts.group_by("case_key", "line").agg(pl.col("fact").sort())
    cases = each.group_by("case_key").agg(
        pl.col("fact").n_unique().alias("ways"), pl.col("line").sort().alias("lines")
    )
    odd = cases.filter(pl.col("ways") > 1).with_columns(pl.col("lines").alias("line"))
    return _rejects(odd.explode("line"))


_NO_LINES: dict[str, pl.DataType | type[pl.DataType]] = {
    "line": pl.Int64,
    "case_key": pl.Binary,
    "lines": pl.List(pl.Int64),
}


def _one_row_each(export: Export) -> bool:
    return export.grain == "case" and export.same_case == "reject"


def _facts(table: int, rows: pl.DataFrame) -> pl.DataFrame:
    """What each row of a staging table says, as one number per row."""
    told = rows.drop("case_key", "line", "snapshot", strict=False)
    return rows.select("case_key", "line", fact=told.hash_rows(table))


def _rejects(odd: pl.DataFrame) -> pl.DataFrame:
    named = pl.col("lines").list.eval(pl.element().cast(pl.String)).list.join(", ")
    return odd.select(
        "line",
        "case_key",
        pl.lit(None, dtype=pl.String).alias("column_name"),
        pl.lit(None, dtype=pl.String).alias("value"),
        pl.format("lines {} tell the same case in different ways", named).alias("reason"),
        pl.lit(REMEDY).alias("remedy"),
    ).sort("line")
