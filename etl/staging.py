"""Text rows to typed rows: each row of an export is read whole or rejected with its reason."""

import hashlib
import hmac
from dataclasses import dataclass

import polars as pl

from etl.readers.rows import TextTable
from etl.source import CODED, Export, Source

ISO_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
EARLIEST_YEAR = 1000  # a year with fewer digits was cut or typed short


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
    them; `key` makes the pseudonyms of cases; `zone` is the organisation's time zone, in which
    days are counted. Nothing is guessed: a value that does not fit rejects its row.
    """
    named = text.rows.rename({f"c{place}": name for place, name in enumerate(text.header)})
    first = named.unique(subset=list(text.header), keep="first", maintain_order=True)
    raw = _without_nulls(first.select("line", *export.needed), export)
    typed, problems = _typed(raw, source, export, workbook=workbook, zone=zone)
    judged = typed.with_columns(pl.coalesce(*problems).alias("problem"))
    bad = judged.filter(pl.col("problem").is_not_null())
    good = judged.filter(pl.col("problem").is_null())
    return Staged(
        tables=_tables(_with_case_keys(good, source, key), export),
        rejects=pl.concat([_rejects(bad), _ragged(text)]).sort("line"),
        rows_in=named.height + text.ragged.height,
        rows_repeated=named.height - first.height,
    )


def _without_nulls(rows: pl.DataFrame, export: Export) -> pl.DataFrame:
    """Blank what the description calls blank, and the dates that it calls no date."""
    dated = {*export.events.values()} | {
        export.columns[name]
        for name in ("incident_on", "occurred", "offered", "answered")
        if name in export.columns
    }
    nothing = [*export.nulls, ""]
    return rows.with_columns(
        pl.when(
            pl.col(name)
            .str.strip_chars()
            .is_in([*nothing, *export.sentinels] if name in dated else nothing)
        )
        .then(None)
        .otherwise(pl.col(name).str.strip_chars())
        .alias(name)
        for name in export.needed
    )


def _problem(column: str, reason: str, remedy: str) -> pl.Expr:
    return pl.struct(
        pl.lit(column).alias("column_name"),
        pl.col(column).alias("value"),
        pl.lit(reason).alias("reason"),
        pl.lit(remedy).alias("remedy"),
    )


def _typed(
    raw: pl.DataFrame, source: Source, export: Export, *, workbook: bool, zone: str
) -> tuple[pl.DataFrame, list[pl.Expr]]:
    """Add a typed column per canonical field, and an expression per field for what fails."""
    typed: list[pl.Expr] = []
    problems: list[pl.Expr] = []
    for field, column in export.columns.items():
        value, failed, reason, remedy = _field(
            field, column, source, export, workbook=workbook, zone=zone
        )
        typed += value
        problems.append(pl.when(failed).then(_problem(column, reason, remedy)))
    for kind, column in export.events.items():
        value, failed, reason, remedy = _date(
            f"event {kind}", column, source, export, workbook=workbook, zone=zone
        )
        typed += value
        problems.append(pl.when(failed).then(_problem(column, reason, remedy)))
    return raw.with_columns(*typed), problems


_Typed = tuple[list[pl.Expr], pl.Expr, str, str]


def _field(
    field: str, column: str, source: Source, export: Export, *, workbook: bool, zone: str
) -> _Typed:
    raw = pl.col(column)
    if field == "case_id":
        return (
            [raw.alias("is case_id")],
            raw.is_null(),
            "the row names no case",
            "fill in the case's number",
        )
    if field in {"incident_on", "occurred", "offered", "answered"}:
        return _date(f"is {field}", column, source, export, workbook=workbook, zone=zone)
    if field in CODED:
        return _coded(field, column, source)
    number = raw.cast(pl.Float64, strict=False)
    whole = number.round().cast(pl.Int32, strict=False)
    failed = raw.is_not_null() & (whole.is_null() | (number != number.round()))
    return [whole.alias(f"is {field}")], failed, "not a whole number", "correct the number"


def _coded(field: str, column: str, source: Source) -> _Typed:
    codes = source.codes[field]
    value = pl.col(column).replace_strict(
        list(codes), list(codes.values()), default=None, return_dtype=pl.String
    )
    return (
        [value.alias(f"is {field}")],
        pl.col(column).is_not_null() & value.is_null(),
        f"not a code listed in {source.file}",
        f"add it under [codes.{field}] in {source.file}, or correct the export",
    )


def _date(
    name: str, column: str, source: Source, export: Export, *, workbook: bool, zone: str
) -> _Typed:
    """Type a date column: `{name} on` is the local day, `{name} at` the instant in UTC."""
    written = export.date_format(column)
    formats = (written, *ISO_FORMATS) if workbook else (written,)
    raw = pl.col(column)
    instants = [raw.str.to_datetime(form, strict=False) for form in formats if "%H" in form]
    dates = [raw.str.to_date(form, strict=False) for form in formats if "%H" not in form]
    local = [
        instant.dt.replace_time_zone(
            source.time_zone, ambiguous="earliest", non_existent="null"
        ).dt.convert_time_zone(zone)
        for instant in instants
    ]
    midnight = [
        day.cast(pl.Datetime).dt.replace_time_zone(
            zone, ambiguous="earliest", non_existent="null"
        )
        for day in dates
    ]
    at = pl.coalesce(*local, *midnight)
    on = pl.coalesce(*(instant.dt.date() for instant in local), *dates)
    failed = raw.is_not_null() & (on.is_null() | (on.dt.year() < EARLIEST_YEAR))
    utc = at.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return (
        [on.alias(f"{name} on"), utc.alias(f"{name} at")],
        failed.fill_null(value=False),
        f"not a date of the form {written} in {source.time_zone}",
        f"correct the date, or change the date format in {source.file}",
    )


def _with_case_keys(rows: pl.DataFrame, source: Source, key: bytes) -> pl.DataFrame:
    """Replace case ids by keyed pseudonyms: joins work, the store alone names no case."""
    ids = rows["is case_id"].unique().to_list()
    keys = [pseudonym(f"case|{source.name}|{name}", key=key) for name in ids]
    return rows.with_columns(
        pl.lit(source.name).alias("source"),
        pl.col("is case_id")
        .replace_strict(ids, keys, return_dtype=pl.String)
        .alias("case_key"),
    )


def pseudonym(name: str, *, key: bytes) -> str:
    """HMAC-SHA-256 of a name, 128 bits in hex; without the key it cannot be tried out."""
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:32]


def _tables(rows: pl.DataFrame, export: Export) -> dict[str, pl.DataFrame]:
    keyed = rows.with_columns(pl.lit(export.name).alias("export"))
    makers = {
        "case": lambda: {"cases": _cases(keyed, export), "events": _steps(keyed, export)},
        "allegation": lambda: {
            "cases": _cases(keyed, export),
            "events": _steps(keyed, export),
            "findings": _findings(keyed, export),
        },
        "finding": lambda: {"findings": _findings(keyed, export)},
        "event": lambda: {"events": _history(keyed, export)},
        "feedback": lambda: {"feedback": _feedback(keyed, export)},
    }
    return makers[export.grain]()


_KEYS = ("line", "source", "export", "case_key")


def _or_null(
    rows: pl.DataFrame, export: Export, field: str, kind: type[pl.DataType]
) -> pl.Expr:
    if field in export.constants:
        return pl.lit(export.constants[field]).alias(field)
    name = f"is {field} on" if kind is pl.Date else f"is {field}"
    if name in rows.columns:
        return pl.col(name).alias(field)
    return pl.lit(None, dtype=kind).alias(field)


def _cases(rows: pl.DataFrame, export: Export) -> pl.DataFrame:
    coded = ("unit", "category", "channel", "severity", "outcome", "status")
    return rows.select(
        *_KEYS,
        *(_or_null(rows, export, field, pl.String) for field in coded),
        _or_null(rows, export, "incident_on", pl.Date),
        _or_null(rows, export, "source_days", pl.Int32),
    )


def _findings(rows: pl.DataFrame, export: Export) -> pl.DataFrame:
    return rows.select(
        *_KEYS,
        _or_null(rows, export, "category", pl.String),
        _or_null(rows, export, "outcome", pl.String),
    )


def _steps(rows: pl.DataFrame, export: Export) -> pl.DataFrame:
    """One row per date of a step that is filled in, in the order of the description."""
    kinds = [
        rows.filter(pl.col(f"event {kind} on").is_not_null()).select(
            *_KEYS,
            pl.lit(kind).alias("kind"),
            pl.lit(export.event_levels.get(kind), dtype=pl.String).alias("level"),
            pl.col(f"event {kind} on").alias("occurred_on"),
            pl.col(f"event {kind} at").alias("occurred_at"),
        )
        for kind in export.events
    ]
    return pl.concat(kinds)


def _history(rows: pl.DataFrame, export: Export) -> pl.DataFrame:
    kind = (
        pl.lit(export.constant_kind) if export.constant_kind is not None else pl.col("is kind")
    )
    return rows.select(
        *_KEYS,
        kind.alias("kind"),
        _or_null(rows, export, "level", pl.String),
        pl.col("is occurred on").alias("occurred_on"),
        pl.col("is occurred at").alias("occurred_at"),
    )


def _feedback(rows: pl.DataFrame, export: Export) -> pl.DataFrame:
    low, high = export.scale
    return rows.select(
        *_KEYS,
        pl.col("is offered on").alias("offered_on"),
        pl.col("is answered on").alias("answered_on"),
        pl.col("is score").alias("score"),
        pl.lit(low).cast(pl.Int32).alias("scale_low"),
        pl.lit(high).cast(pl.Int32).alias("scale_high"),
    )


def _rejects(bad: pl.DataFrame) -> pl.DataFrame:
    return bad.select("line", "problem").unnest("problem")


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
