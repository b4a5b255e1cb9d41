"""Text rows to typed rows: each row of an export is read whole or rejected with its reason."""

from dataclasses import dataclass

import polars as pl

from etl.lost_values import not_whole, spoilt_cells
from etl.pseudonyms import Purpose, keyed
from etl.readers.rows import TextTable
from etl.source import PEOPLE, Export, Source
from etl.staging_tables import tables_of
from etl.steps import entries, said
from etl.values import (
    PROBLEM,
    File,
    blanked,
    raw_name,
    text_of,
    typed_date,
    typed_field,
)


@dataclass(frozen=True, slots=True)
class Staged:
    """One file's rows, sorted: what each table receives, what was rejected, what came twice.

    `left_out` are the lines of rows that the source declares to be no cases; `numbers` are the
    cases', each once and never stored.
    `rejects` has line, case_key, column_name, value, reason and remedy: the case where its
    number can be read; the value is for the person at the command line and is never stored.
    """

    tables: dict[str, pl.DataFrame]
    rejects: pl.DataFrame
    rows_in: int
    rows_repeated: int
    left_out: pl.Series
    numbers: pl.Series

    @property
    def rows_loaded(self) -> int:
        """Rows that every table draws on: of cases, read whole and not seen before."""
        others = self.rows_repeated + self.rejects.height + self.left_out.len()
        return self.rows_in - others


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
    first = _each_once(text.rows)
    file = File(source, export.bound_to(text.header), frozenset(text.header), workbook, zone)
    wanted = [
        pl.col(places[name]).alias(raw_name(name)) for name in export.read if name in places
    ]
    raw = blanked(first.select("line", *wanted), file)
    cases, left_out = kept(raw, file)
    good, steps, failed = _judged(cases, file)
    cases_of, _ = keyed(failed["is case_id"], purpose="case", within=source.name, key=key)
    bad = failed.rename({"is case_id": "case_key"}).with_columns(cases_of.alias("case_key"))
    told, numbers = _with_keys(good, file, key)
    return Staged(
        tables=tables_of(told, steps, file, key),
        rejects=pl.concat([bad, _ragged(text), _damaged(text)], how="diagonal").sort("line"),
        rows_in=text.records,
        rows_repeated=text.rows.height - first.height,
        left_out=left_out,
        numbers=numbers,
    )


def case_ids(text: TextTable, export: Export) -> pl.Series:
    """The cases' ids as the file writes them, one per row that names a case."""
    # Neither a zone nor a source's codes have a part in what a case is called.
    source = Source("", "", "UTC", "", {}, {})
    file = File(source, export, frozenset(text.header), workbook=False, zone="UTC")
    place = export.columns["case_id"]
    rows = text.rows.select(
        pl.col(f"c{text.header.index(name)}").alias(raw_name(name))
        for name in place.among(file.header)
    )
    return rows.select(
        text_of(place, file).str.strip_chars().replace("", None).alias("case_id")
    )["case_id"].drop_nulls()


def _each_once(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows without those that an earlier one says already; `line` is not what one says."""
    told = rows.drop("line")
    # Alike rows have alike hashes: where these all differ, no two rows need be compared.
    if told.hash_rows().n_unique() == rows.height:
        return rows
    return rows.unique(subset=told.columns, keep="first", maintain_order=True)


def kept(raw: pl.DataFrame, file: File) -> tuple[pl.DataFrame, pl.Series]:
    """The rows that may be of cases, and the lines of those that are declared not to be."""
    told = [
        pl.col(raw_name(column)).is_in(values)
        if values
        else pl.col(raw_name(column)).is_not_null()
        for column, values in file.export.leave_out.items()
        if column in file.header
    ]
    if not told:
        return raw, raw["line"].clear()
    is_out = pl.any_horizontal(part.fill_null(value=False) for part in told)
    return raw.filter(~is_out), raw.filter(is_out)["line"]


def _judged(raw: pl.DataFrame, file: File) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows that are read whole, typed; what their steps say; and the rejects."""
    export = file.export
    fields = [
        *(typed_field(name, place, file) for name, place in export.columns.items()),
        *(typed_date(f"event {name}", place, file) for name, _, place in export.dated_steps),
        *(typed_date(f"until {kind}", at, file) for kind, at in export.event_untils.items()),
    ]
    # A finding's fields are looked at here for what fails, and typed where they are used.
    found = [
        typed_field(name, place, file)
        for group in export.findings
        for name, place in group.items()
    ]
    judged = (*spoilt_cells(file), *fields, *found, *not_whole(file))
    marks = [f"failed {number}" for number in range(len(judged))]
    # Lazily, so that a date is read once for its day, its instant and whether it failed.
    typed = (
        raw.lazy()
        .with_columns(
            *(value for field in fields for value in field.values),
            *(field.failed.alias(mark) for field, mark in zip(judged, marks, strict=True)),
        )
        .collect()
    )
    # A struct in every row takes longer than all the rest, and most files have no problem.
    is_read = not typed.select(pl.any_horizontal(pl.col(marks).any())).item()
    problems = pl.coalesce(field.problem for field in judged)
    rows = typed.drop(marks).with_columns(
        (pl.lit(None, dtype=PROBLEM) if is_read else problems).alias("problem")
    )
    steps, failed = pl.DataFrame(), rows
    if export.steps:
        each = entries(rows, file)
        steps = said(each, file)
        failed = pl.concat([each.select("line", "problem"), steps.select("line", "problem")])
    good, bad = _apart(rows, failed.select("line", "problem"))
    return good, steps, bad


def _apart(rows: pl.DataFrame, failed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that are read whole, and the first problem and the case of each other one."""
    bad = failed.filter(pl.col("problem").is_not_null()).unique(
        subset="line", keep="first", maintain_order=True
    )
    # Most files have no such row, and need not be copied without them.
    good = rows
    if bad.height:
        good = rows.join(bad.select("line"), on="line", how="anti", maintain_order="left")
    cases = rows.select("line", "is case_id")
    return good, cases.join(bad, on="line", maintain_order="right").unnest("problem")


def _with_keys(rows: pl.DataFrame, file: File, key: bytes) -> tuple[pl.DataFrame, pl.Series]:
    """Replace ids by keyed pseudonyms: joins work, the store alone names no case or person.

    Beside the rows every number by which they name their cases, each once.
    """
    named: list[tuple[str, Purpose]] = [("case_id", "case")]
    named += [("alias", "case")] if "alias" in file.export.columns else []
    named += [(name, "person") for name in PEOPLE if name in file.export.columns]
    keys, numbers = [], []
    for name, purpose in named:
        made, each = keyed(
            rows[f"is {name}"], purpose=purpose, within=file.source.name, key=key
        )
        keys.append(made.alias(f"{name} key"))
        if purpose == "case":
            numbers.append(each.alias("number"))
    told = rows.with_columns(pl.lit(file.source.name).alias("source"), *keys)
    return told, numbers[0] if len(numbers) == 1 else pl.concat(numbers).unique()


_FOOTER = (
    'footer_starts_with = "..." with its first words (case-audit source codes EXPORT adds it)'
)


def _ragged(text: TextTable) -> pl.DataFrame:
    wanted = len(text.header)
    quotes = "export it again, with quotes around text that holds the delimiter"
    last = text.rows["line"].max() or 0
    is_below = (pl.col("fields") < wanted) & (pl.col("line") > pl.lit(last))
    return text.ragged.select(
        "line",
        pl.lit(None, dtype=pl.String).alias("column_name"),
        pl.lit(None, dtype=pl.String).alias("value"),
        pl.format("the row has {} fields and the header {}", "fields", pl.lit(wanted)).alias(
            "reason"
        ),
        pl.when(is_below)
        .then(pl.lit(f"{quotes}; where a footer begins here, declare {_FOOTER}"))
        .otherwise(pl.lit(quotes))
        .alias("remedy"),
    )


def _damaged(text: TextTable) -> pl.DataFrame:
    return text.damaged.select(
        "line",
        pl.lit(None, dtype=pl.String).alias("column_name"),
        pl.lit(None, dtype=pl.String).alias("value"),
        "reason",
        "remedy",
    )
