"""Text rows to typed rows: each row of an export is read whole or rejected with its reason."""

import re
from dataclasses import dataclass

import polars as pl

from etl.pseudonyms import pseudonyms
from etl.readers.rows import TextTable
from etl.source import CODED, Export, Source, has_hours

ISO_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
_OFFSET = re.compile(r"%[:#]*z|%\+")
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
    days are counted. Nothing is guessed: a value that does not fit its description rejects the
    row.
    """
    places = {name: f"c{place}" for place, name in enumerate(text.header)}
    first = text.rows.unique(subset=list(places.values()), keep="first", maintain_order=True)
    wanted = [pl.col(places[name]).alias(_raw(name)) for name in export.needed]
    raw = _without_nulls(first.select("line", *wanted), export, workbook=workbook)
    typed, problems = _typed(raw, source, export, workbook=workbook, zone=zone)
    judged = typed.with_columns(pl.coalesce(*problems).alias("problem"))
    bad = judged.filter(pl.col("problem").is_not_null())
    good = judged.filter(pl.col("problem").is_null())
    return Staged(
        tables=_tables(_with_case_keys(good, source, key), export),
        rejects=pl.concat([_rejects(bad), _ragged(text), _damaged(text)]).sort("line"),
        rows_in=text.records,
        rows_repeated=text.rows.height - first.height,
    )


def _raw(column: str) -> str:
    # Whatever a system calls its columns ("line", "source"), it is no name of ours.
    return f"column {column}"


def _without_nulls(rows: pl.DataFrame, export: Export, *, workbook: bool) -> pl.DataFrame:
    """Blank what the description calls blank, and the dates that it calls no date."""
    dated = {*export.events.values()} | {
        export.columns[name]
        for name in ("incident_on", "occurred", "offered", "answered")
        if name in export.columns
    }
    nothing = {
        name: [*export.nulls, "", *(_no_dates(export, name, workbook=workbook))]
        if name in dated
        else [*export.nulls, ""]
        for name in export.needed
    }
    stripped = {name: pl.col(_raw(name)).str.strip_chars() for name in export.needed}
    return rows.with_columns(
        pl.when(text.is_in(nothing[name])).then(None).otherwise(text).alias(_raw(name))
        for name, text in stripped.items()
    )


def _no_dates(export: Export, column: str, *, workbook: bool) -> list[str]:
    """The sentinels as they may be written; a workbook's reader writes every date its way."""
    if not workbook:
        return list(export.sentinels)
    told = pl.Series(export.sentinels, dtype=pl.String).str
    form = export.date_format(column)
    dates = (
        told.to_datetime(form, strict=False)
        if has_hours(form)
        else told.to_date(form, strict=False)
    )
    written = [
        text
        for iso in ISO_FORMATS
        for text in dates.drop_nulls().cast(pl.Datetime).dt.to_string(iso)
    ]
    return [*export.sentinels, *written]


def _problem(column: str, reason: str, remedy: str) -> pl.Expr:
    return pl.struct(
        pl.lit(column).alias("column_name"),
        pl.col(_raw(column)).alias("value"),
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
    raw = pl.col(_raw(column))
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
    raw = pl.col(_raw(column))
    value = raw.replace_strict(
        list(codes), list(codes.values()), default=None, return_dtype=pl.String
    )
    if field == "kind":
        # Every other blank is a fact; a step of no kind says nothing at all.
        return (
            [value.alias("is kind")],
            value.is_null(),
            f"not a kind of event listed in {source.file}",
            f"add it under [codes.kind] in {source.file}, or correct the export",
        )
    return (
        [value.alias(f"is {field}")],
        raw.is_not_null() & value.is_null(),
        f"not a code listed in {source.file}",
        f"add it under [codes.{field}] in {source.file}, or correct the export",
    )


def _date(
    name: str, column: str, source: Source, export: Export, *, workbook: bool, zone: str
) -> _Typed:
    """Type a date column: `{name} on` is the local day, `{name} at` the instant in UTC."""
    written = export.date_format(column)
    formats = (written, *ISO_FORMATS) if workbook else (written,)
    raw = pl.col(_raw(column))
    dates = [raw.str.to_date(form, strict=False) for form in formats if not has_hours(form)]
    local = [
        _instant(raw, form, source.time_zone).dt.convert_time_zone(zone)
        for form in formats
        if has_hours(form)
    ]
    midnights = [
        _in_zone(day.cast(pl.Datetime).dt.offset_by(late), zone)
        for day in dates
        # Where clocks go forward at midnight, the day begins at one.
        for late in ("0h", "1h")
    ]
    at = pl.coalesce(*local, *midnights)
    on = pl.coalesce(*(instant.dt.date() for instant in local), *dates)
    failed = raw.is_not_null() & (on.is_null() | (on.dt.year() < EARLIEST_YEAR))
    utc = at.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return (
        [on.alias(f"{name} on"), utc.alias(f"{name} at")],
        failed.fill_null(value=False),
        f"not a date of the form {written} in {source.time_zone}",
        f"correct the date, or change the date format in {source.file}",
    )


def _instant(raw: pl.Expr, form: str, zone: str) -> pl.Expr:
    """Instants written in `form`: with an offset of their own, or on the clock of `zone`."""
    if _OFFSET.search(form):
        return raw.str.to_datetime(form, strict=False, time_zone="UTC")
    return _in_zone(raw.str.to_datetime(form, strict=False), zone)


def _in_zone(clock: pl.Expr, zone: str) -> pl.Expr:
    # An hour that comes twice is the earlier one; an hour that was left out is no time.
    return clock.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")


def _with_case_keys(rows: pl.DataFrame, source: Source, key: bytes) -> pl.DataFrame:
    """Replace case ids by keyed pseudonyms: joins work, the store alone names no case."""
    ids = rows["is case_id"].unique().to_list()
    keys = pseudonyms(ids, purpose="case", within=source.name, key=key)
    return rows.with_columns(
        pl.lit(source.name).alias("source"),
        pl.col("is case_id")
        .replace_strict(ids, keys, return_dtype=pl.String)
        .alias("case_key"),
    )


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


def _damaged(text: TextTable) -> pl.DataFrame:
    return text.damaged.select(
        "line",
        pl.lit(None, dtype=pl.String).alias("column_name"),
        pl.lit(None, dtype=pl.String).alias("value"),
        "reason",
        "remedy",
    )
