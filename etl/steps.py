"""The rows of a history: which steps each one tells of, and from what to what."""

from collections.abc import Iterator

import polars as pl

from etl.dates import Dated, dated
from etl.source import CODED, Place, Step
from etl.values import (
    PROBLEM,
    File,
    coded,
    meets,
    problem_at,
    raw_name,
    spoken,
    text_of,
    undated,
    unlisted,
)

# A cell of a log with more lines than this is no log of one case.
MOST_ENTRIES = 1_000

_PARTS = ("before", "after")


def entries(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    """One row per entry of the rows' texts; `entry` counts them from 0 within their row."""
    place = file.export.columns.get("text")
    if place is None or place.separator is None:
        return rows.with_columns(pl.lit(0, dtype=pl.Int64).alias("entry"))
    parts = pl.col("is text").str.split(place.separator)
    too_many = problem_at(
        place.among(file.header)[0],
        f"the text has more than {MOST_ENTRIES:,} entries",
        "export the history as rows of its own",
    )
    return (
        rows.with_columns(
            pl.when(parts.list.len() > MOST_ENTRIES)
            .then(too_many)
            .otherwise(pl.col("problem"))
            .alias("problem"),
            parts.list.head(MOST_ENTRIES).alias("is text"),
        )
        .with_columns(pl.int_ranges(pl.col("is text").list.len()).alias("entry"))
        .explode("is text", "entry")
        .with_columns(pl.col("entry").fill_null(0))
    )


def said(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    """One row per row and step that speaks of it, in the order of the steps.

    `line` and `entry` are the row; `kind` and `level`, or `change` and `meaning`, are what the
    step declares; `before` and `after` are canonical codes, or the ids of people; `on`, `at`
    and `precision` say when. `problem` is a reject, or null.
    """
    return pl.concat(_said(rows, step, file) for step in file.export.steps)


def raw_changes(rows: pl.DataFrame, file: File) -> Iterator[tuple[str, pl.Series]]:
    """What the rows' changes say of each field, as it is written, before and after."""
    place = file.export.columns.get("text")
    texts = pl.lit(None, dtype=pl.String) if place is None else text_of(place, file)
    told = rows.with_columns(texts.alias("is text"))
    if place is not None and place.separator is not None:
        told = told.with_columns(pl.col("is text").str.split(place.separator)).explode(
            "is text"
        )
    for step in file.export.steps:
        spoken = told.filter(_speaks(step))
        for part in _PARTS if step.change is not None else ():
            if _has_group(step, part):
                groups = pl.col("is text").str.extract_groups(step.pattern or "")
                value = groups.struct.field(part).str.strip_chars()
            elif (own := getattr(step, part)) is not None:
                value = pl.col(raw_name(own))
            elif part in file.export.columns:
                value = text_of(file.export.columns[part], file)
            else:
                continue
            yield str(step.change), spoken.select(value.alias("code"))["code"].drop_nulls()


def _said(rows: pl.DataFrame, step: Step, file: File) -> pl.DataFrame:
    spoken = rows.filter(_speaks(step))
    if any(_has_group(step, name) for name in (*_PARTS, "occurred")):
        groups = pl.col("is text").str.extract_groups(step.pattern or "")
        spoken = spoken.with_columns(groups.struct.unnest())
    problems = []
    told = {"kind": step.kind, "level": step.level, "change": step.change,
            "meaning": step.meaning}  # fmt: skip
    values = [pl.lit(value, dtype=pl.String).alias(name) for name, value in told.items()]
    for part in _PARTS:
        value, problem = _value(part, step, file)
        values.append(value.alias(part))
        problems.append(problem)
    when, failed = _when(step, file)
    return spoken.select(
        "line",
        "entry",
        *values,
        *when,
        pl.coalesce(*problems, failed).alias("problem").cast(PROBLEM),
    )


def _speaks(step: Step) -> pl.Expr:
    told = meets(step)
    if step.pattern is not None:
        told = told & pl.col("is text").str.contains(step.pattern)
    return told.fill_null(value=False)


def _value(part: str, step: Step, file: File) -> tuple[pl.Expr, pl.Expr]:
    """What the changed field was before or after, and the problem where nobody lists it."""
    nothing, fine = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=PROBLEM)
    if step.change is None:
        return nothing, fine
    if _has_group(step, part):
        raw, column = pl.col(part).str.strip_chars(), file.export.columns["text"]
    elif (own := getattr(step, part)) is not None:
        raw, column = pl.col(raw_name(own)), Place((own,))
    elif part in file.export.columns:
        raw, column = pl.col(f"is {part}"), file.export.columns[part]
    else:
        return nothing, fine
    if step.change not in CODED:
        return raw, fine
    codes = file.codes(step.change)
    raw, value = spoken(raw, codes), coded(raw, codes)
    problem = problem_at(column.among(file.header)[0], *unlisted(step.change, file))
    return value, pl.when(raw.is_not_null() & value.is_null()).then(problem)


def _when(step: Step, file: File) -> tuple[list[pl.Expr], pl.Expr]:
    """When it happened: as the text says, else as the row says."""
    row = [pl.col(f"is occurred {part}") for part in ("on", "at", "precision")]
    failed = pl.lit(None, dtype=PROBLEM)
    if _has_group(step, "occurred"):
        column = file.export.columns["text"].among(file.header)[0]
        forms = file.export.written.date_forms(column)
        found: Dated = dated(pl.col("occurred"), forms, file.calendar)
        row = [
            pl.coalesce(own, of_row)
            for own, of_row in zip((found.on, found.at, found.precision), row, strict=True)
        ]
        reason = f"the text has a date that is not of the form {' or '.join(forms)}"
        remedy = f"give {column} a date format in {file.source.file}"
        failed = pl.when(found.failed).then(undated(found, column, reason, remedy, file))
    names = ("on", "at", "precision")
    return [value.alias(name) for value, name in zip(row, names, strict=True)], failed


def _has_group(step: Step, name: str) -> bool:
    return step.pattern is not None and f"(?P<{name}>" in step.pattern
