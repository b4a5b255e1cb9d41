"""Text rows to typed rows: each row of an export is read whole or rejected with its reason."""

from dataclasses import dataclass

import polars as pl

from etl.pseudonyms import pseudonyms
from etl.readers.rows import TextTable
from etl.source import PEOPLE, Export, Source
from etl.staging_tables import tables_of
from etl.steps import MOST_ENTRIES, entries, typed_steps
from etl.values import File, blanked, raw_name, typed_date, typed_field


@dataclass(frozen=True, slots=True)
class Staged:
    """One file's rows, sorted: what each table receives, what was rejected, what came twice.

    `rejects` has line, column_name, value, reason and remedy; the value is for the person at
    the command line and is never stored.
    """

    tables: dict[str, pl.DataFrame]
    rejects: pl.DataFrame
    rows_in: int
    rows_repeated: int

    @property
    def rows_loaded(self) -> int:
        """Rows that every table draws on: read whole and not seen before in the file."""
        return self.rows_in - self.rows_repeated - self.rejects.height


def stage(
    text: TextTable, source: Source, export: Export, *, workbook: bool, key: bytes, zone: str
) -> Staged:
    """Type the rows of one file after its description.

    `workbook` says that dates may also be written in ISO form, as readers of workbooks give
    them; `key` makes the pseudonyms of cases and people; `zone` is the organisation's time
    zone, in which days are counted. Nothing is guessed: a value that does not fit its
    description rejects the row.
    """
    places = {name: f"c{place}" for place, name in enumerate(text.header)}
    first = text.rows.unique(subset=list(places.values()), keep="first", maintain_order=True)
    file = File(source, export.bound_to(text.header), frozenset(text.header), workbook, zone)
    wanted = [
        pl.col(places[name]).alias(raw_name(name)) for name in export.read if name in places
    ]
    raw = blanked(first.select("line", *wanted), file)
    good, bad = _judged(raw, file)
    return Staged(
        tables=tables_of(_with_keys(good, file, key), file, key),
        rejects=pl.concat([bad, _ragged(text)]).sort("line"),
        rows_in=text.rows.height + text.ragged.height,
        rows_repeated=text.rows.height - first.height,
    )


def _judged(raw: pl.DataFrame, file: File) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that are read whole, typed, and the rejects."""
    export = file.export
    typed = [
        *(typed_field(name, place, file) for name, place in export.columns.items()),
        *(typed_date(f"event {kind}", place, file) for kind, place in export.events.items()),
        *(
            typed_field(name, place, file)
            for group in export.findings
            for name, place in group.items()
        ),
    ]
    # A finding's fields are looked at here for what fails, and typed where they are used.
    count = len(export.columns) + len(export.events)
    told = raw.with_columns(value for found in typed[:count] for value in found.values)
    judged = told.with_columns(pl.coalesce(found.problem for found in typed).alias("problem"))
    if export.steps:
        judged = typed_steps(entries(judged, file), file)
    bad = judged.filter(pl.col("problem").is_not_null()).unique(
        subset="line", keep="first", maintain_order=True
    )
    good = judged.join(bad.select("line"), on="line", how="anti", maintain_order="left")
    return good, bad.select("line", "problem").unnest("problem")


def _with_keys(rows: pl.DataFrame, file: File, key: bytes) -> pl.DataFrame:
    """Replace ids by keyed pseudonyms: joins work, the store alone names no case or person."""
    source = file.source.name
    keyed = [pseudonyms(rows["is case_id"], "case", source, key).alias("case_key")] + [
        pseudonyms(rows[f"is {name}"], "person", source, key).alias(f"{name} key")
        for name in PEOPLE
        if name in file.export.columns
    ]
    return rows.with_columns(pl.lit(source).alias("source"), *keyed)


def _ragged(text: TextTable) -> pl.DataFrame:
    wanted = len(text.header)
    return text.ragged.select(
        "line",
        pl.lit(None, dtype=pl.String).alias("column_name"),
        pl.lit(None, dtype=pl.String).alias("value"),
        pl.format("the row has {} fields and the header {}", "fields", pl.lit(wanted)).alias(
            "reason"
        ),
        pl.lit("export it again, with quotes around text that holds the delimiter").alias(
            "remedy"
        ),
    )
