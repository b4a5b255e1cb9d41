"""The values of an export's row, typed after its description, and what fails in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import polars as pl

from etl.dates import ISO_FORMATS, Calendar, Dated, dated
from etl.source import CODED, COUNTS, DATED, Export, Place, Source, Step, has_hours

_DAY = 86_400
# Seconds in the units in which a system may write its durations.
_UNITS = {"days": _DAY, "hours": 3600, "minutes": 60, "seconds": 1, "milliseconds": 0.001}
# In any language: #N/A, #VALUE!, #NAME?, #NV, #BEZUG!
_SHEET_ERROR = r"^#(N/A|NV|N/D|ND|[^\s#]{2,20}[!?])$"
_WORDS = {"Day": _DAY, "Hour": 3600, "Minute": 60, "Second": 1}


PROBLEM = pl.Struct(dict.fromkeys(("column_name", "value", "reason", "remedy"), pl.String))


@dataclass(frozen=True, slots=True)
class File:
    """What typing must know of the file at hand: its description, columns, kind and zone."""

    source: Source
    export: Export
    header: frozenset[str]
    workbook: bool
    zone: str

    @property
    def calendar(self) -> Calendar:
        """How this file writes its dates."""
        return Calendar(
            zone=self.source.time_zone,
            home=self.zone,
            locale=self.export.written.locale,
            zones=self.export.written.zones,
            years_from=self.export.written.years_from,
        )

    def codes(self, field: str) -> Mapping[str, str]:
        """Canonical codes of what this export may say of a field."""
        own = self.export.codes.get(field)
        return self.source.codes[field] if own is None else own


@dataclass(frozen=True, slots=True)
class Typed:
    """The columns that a value becomes, and when it fails, where, why and what to do.

    `told` is the reject, where it is not alike for all that fail; `shown` is what was read,
    where that is not the column alone.
    """

    values: tuple[pl.Expr, ...]
    failed: pl.Expr
    column: str
    reason: str
    remedy: str
    told: pl.Expr | None = None
    shown: pl.Expr | None = None

    @property
    def problem(self) -> pl.Expr:
        """A struct of the reject where the value has failed; else null."""
        alike = problem_at(self.column, self.reason, self.remedy, self.shown)
        return pl.when(self.failed).then(alike if self.told is None else self.told)


def problem_at(column: str, reason: str, remedy: str, shown: pl.Expr | None = None) -> pl.Expr:
    """A reject: the column, what stands there, why it cannot be read and what to do."""
    value = pl.col(raw_name(column)) if shown is None else shown
    return pl.struct(
        pl.lit(column).alias("column_name"),
        value.alias("value"),
        pl.lit(reason).alias("reason"),
        pl.lit(remedy).alias("remedy"),
    )


def raw_name(column: str) -> str:
    """The name under which a column of the file is kept."""
    # Whatever a system calls its columns ("line", "source"), it is no name of ours.
    return f"column {column}"


def blanked(rows: pl.DataFrame, file: File) -> pl.DataFrame:
    """Blank what the description calls blank, and the dates that it calls no date."""
    export = file.export
    read = [name for name in export.read if name in file.header]
    nothing = {
        name: [
            *export.written.nulls,
            "",
            *(_no_dates(file, name) if name in export.dated else []),
        ]
        for name in read
    }
    stripped = {name: pl.col(raw_name(name)).str.strip_chars() for name in read}
    return rows.with_columns(
        pl.when(text.is_in(nothing[name])).then(None).otherwise(text).alias(raw_name(name))
        for name, text in stripped.items()
    )


def _no_dates(file: File, column: str) -> list[str]:
    """The sentinels as they may be written; a workbook's reader writes every date its way."""
    told = list(file.export.written.sentinels)
    if not file.workbook:
        return told
    texts = pl.Series(told, dtype=pl.String).str
    found = [
        (texts.to_datetime if has_hours(form) else texts.to_date)(form, strict=False)
        for form in file.export.written.date_forms(column)
        if form.startswith("%")
    ]
    written = [
        text
        for dates in found
        for iso in ISO_FORMATS
        for text in dates.drop_nulls().cast(pl.Datetime).dt.to_string(iso)
    ]
    return [*told, *written]


def text_of(place: Place, file: File) -> pl.Expr:
    """The text at a place: of the first filled column, all joined, or the part that fits."""
    text = _whole(place, file)
    if place.pattern is not None:
        text = text.str.extract_groups(place.pattern).struct.field("value")
    return text


def _shown(place: Place, file: File) -> pl.Expr:
    """What a reject shows of a place: all that was read there, also what does not fit."""
    text, between = _whole(place, file), place.joined or ""
    return text.str.strip_prefix(between).str.strip_suffix(between)


def _whole(place: Place, file: File) -> pl.Expr:
    """The text of the first filled column, or all joined."""
    there = [pl.col(raw_name(name)) for name in place.among(file.header)]
    if place.joined is not None:
        whole = pl.concat_str([part.fill_null("") for part in there], separator=place.joined)
        is_filled = pl.any_horizontal(part.is_not_null() for part in there)
        return pl.when(is_filled).then(whole).otherwise(None)
    return pl.coalesce(there)


def typed_field(name: str, place: Place, file: File) -> Typed:
    """Type the canonical field `name`, which stands at `place`, as `is {name}`."""
    text = text_of(place, file)
    if name in DATED:
        return typed_date(f"is {name}", place, file)
    if name in CODED or name in ("before", "after"):
        return _coded(name, text, place, file)
    if name in COUNTS:
        return _number(name, text, place, file)
    if name == "case_id":
        # What a spreadsheet shows for a fault is the same for all cases, and none's number.
        return Typed(
            (text.alias("is case_id"),),
            (text.is_null() | text.str.contains(_SHEET_ERROR)) & _tells(file),
            _column(place, file),
            "the row names no case",
            "fill in the case's number",
        )
    return Typed((text.alias(f"is {name}"),), pl.lit(value=False), _column(place, file), "", "")


def _tells(file: File) -> pl.Expr:
    """Whether a row says anything of a case: one of a log of which no step speaks does not."""
    if not file.export.steps:
        return pl.lit(value=True)
    return reduce(or_, map(meets, file.export.steps)).fill_null(value=False)


def meets(step: Step) -> pl.Expr:
    """Whether a row's columns hold what the step asks for; its pattern is not looked at."""
    asked = [pl.col(raw_name(name)).is_in(values) for name, values in step.when.items()]
    return reduce(and_, asked, pl.lit(value=True))


def typed_date(name: str, place: Place, file: File) -> Typed:
    """Type a date: `{name} on` is the local day, `{name} at` the instant in UTC."""
    column = _column(place, file)
    forms = file.export.written.date_forms(column)
    text = text_of(place, file)
    if place.joined is not None:
        # Without its time of day a day stands alone, and without what parted them.
        text = text.str.strip_suffix(place.joined).str.strip_chars()
    found = dated(text, (*forms, *ISO_FORMATS) if file.workbook else forms, file.calendar)
    reason = f"not a date of the form {' or '.join(forms)} in {file.source.time_zone}"
    remedy = (
        f"correct the date, or change the date format in {file.source.file}; a word that stands"
        " for no date belongs under sentinels there"
    )
    values = zip((found.on, found.at, found.precision), ("on", "at", "precision"), strict=True)
    return Typed(
        tuple(value.alias(f"{name} {part}") for value, part in values),
        found.failed,
        column,
        reason,
        remedy,
        undated(found, column, reason, remedy, file, _shown(place, file)),
    )


def undated(
    found: Dated,
    column: str,
    reason: str,
    remedy: str,
    file: File,
    shown: pl.Expr | None = None,
) -> pl.Expr:
    """The reject of a date that has failed, which names the hour that the clocks left out."""
    skipped = problem_at(
        column,
        f"the clocks in {file.source.time_zone} went forward past this time, which never was",
        "correct the time; where the system writes its times in another zone, such as UTC,"
        f" say so as time_zone in {file.source.file}",
        shown,
    )
    other = problem_at(column, reason, remedy, shown)
    return pl.when(found.skipped).then(skipped).otherwise(other)


def coded(text: pl.Expr, codes: Mapping[str, str]) -> pl.Expr:
    """Canonical codes for what is written; null for what says nothing or is not listed."""
    return text.replace_strict(
        list(codes),
        [ours or None for ours in codes.values()],
        default=None,
        return_dtype=pl.String,
    )


def spoken(text: pl.Expr, codes: Mapping[str, str]) -> pl.Expr:
    """What is written, null where the description says that it says nothing."""
    silent = [code for code, ours in codes.items() if not ours]
    return pl.when(~text.is_in(silent)).then(text) if silent else text


def first_of(text: pl.Expr, separator: str | None) -> pl.Expr:
    """The first of several values in one cell: the one that was determined."""
    if separator is None:
        return text
    return text.str.split(separator).list.first().str.strip_chars()


def unlisted(field: str, file: File) -> tuple[str, str]:
    """Reason and remedy for a code that the description does not list."""
    source = file.source
    reason = f"not a code listed in {source.file}"
    if field in source.own_codes:
        return reason, (
            f"it is the organisation's own: list it under [codes.{field}] in the workspace's"
            f" {source.name}.toml (case-audit source codes EXPORT writes that file)"
        )
    return reason, f"add it under [codes.{field}] in {source.file}, or correct the export"


def _coded(field: str, text: pl.Expr, place: Place, file: File) -> Typed:
    source, column = file.source, _column(place, file)
    if field in ("before", "after"):
        # Which codes they are depends on the step of the row.
        return Typed((text.alias(f"is {field}"),), pl.lit(value=False), column, "", "")
    codes = file.codes(field)
    value = coded(first_of(text, place.separator), codes)
    if field == "kind":
        # Every other blank is a fact; of a step somebody must have said that it means nothing.
        return Typed(
            (value.alias("is kind"),),
            ~first_of(text, place.separator).is_in(list(codes)).fill_null(value=False),
            column,
            f"not a kind of event listed in {source.file}",
            f"add it under [codes.kind] in {source.file}, or correct the export",
        )
    text = spoken(text, codes)
    failed = text.is_not_null() & value.is_null()
    if place.separator is not None:
        failed = (
            text.is_not_null()
            & _each(text, place.separator, codes).list.eval(pl.element().is_null()).list.any()
        )
    reason, remedy = unlisted(field, file)
    is_field = (value.alias(f"is {field}"),)
    return Typed(is_field, failed, column, reason, remedy, shown=_shown(place, file))


def _each(text: pl.Expr, separator: str, codes: Mapping[str, str]) -> pl.Expr:
    said = spoken(pl.element().str.strip_chars(), codes).drop_nulls()
    return text.str.split(separator).list.eval(said).list.eval(coded(pl.element(), codes))


def each_code(field: str, place: Place, file: File) -> pl.Expr:
    """All codes of a cell with several, in their order and each once."""
    codes = file.codes(field)
    return _each(text_of(place, file), place.separator or ";", codes).list.unique(
        maintain_order=True
    )


def _number(name: str, text: pl.Expr, place: Place, file: File) -> Typed:
    export, column = file.export, _column(place, file)
    if name == "score" and export.scores:
        return _score(text, column, file)
    number = _duration(text, export) if name == "source_days" else _plain(text, export)
    whole = number.round().cast(pl.Int64 if name == "order" else pl.Int32, strict=False)
    if name == "order":
        # Numbers of entries may be longer than what a fraction holds exactly.
        whole = pl.coalesce(text.cast(pl.Int64, strict=False), whole)
    failed = text.is_not_null() & (whole.is_null() | (number != number.round()))
    return Typed(
        (whole.alias(f"is {name}"),),
        failed.fill_null(value=False),
        column,
        f"not a length of time in {' or '.join(export.written.durations)}"
        if name == "source_days" and export.written.durations != ("days",)
        else "not a whole number",
        "correct the number",
    )


def _score(text: pl.Expr, column: str, file: File) -> Typed:
    """An answer by its words; a survey that nobody answered has none."""
    export = file.export
    no_answers = dict.fromkeys((*export.unanswered, *export.unoffered))
    told: dict[str, int | None] = {**no_answers, **export.scores}
    score = text.replace_strict(
        list(told), list(told.values()), default=None, return_dtype=pl.Int32
    )
    return Typed(
        (score.alias("is score"),),
        text.is_not_null() & ~text.is_in(list(told)),
        column,
        f"not an answer listed in {file.source.file}",
        f"add it under scores or unanswered in {file.source.file}, or correct the export",
    )


def _plain(text: pl.Expr, export: Export) -> pl.Expr:
    if export.written.thousands:
        text = text.str.replace_all(export.written.thousands, "", literal=True)
    if export.written.decimal != ".":
        text = text.str.replace(export.written.decimal, ".", literal=True)
    return text.cast(pl.Float64, strict=False)


def _duration(text: pl.Expr, export: Export) -> pl.Expr:
    """A system's own duration in days, whole ones where it counts finer than days."""
    return pl.coalesce(_in_days(text, unit, export) for unit in export.written.durations)


def _in_days(text: pl.Expr, unit: str, export: Export) -> pl.Expr:
    if unit == "days":
        return _plain(text, export)
    if unit == "since 1970":
        clock = text.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
        seconds = clock.dt.epoch("s").cast(pl.Float64)
    elif unit == "words":
        parts = (
            text.str.extract(rf"(\d+) {word}s?\b").cast(pl.Float64).fill_null(0) * length
            for word, length in _WORDS.items()
        )
        fits = text.str.contains(r"^(\d+ (Day|Hour|Minute|Second)s? ?)+$")
        seconds = pl.when(fits).then(pl.sum_horizontal(*parts)).otherwise(None)
    else:
        seconds = _plain(text, export) * _UNITS[unit]
    return (seconds / _DAY).floor()


def _column(place: Place, file: File) -> str:
    """The column that stands for the place in an error: the first that the file has."""
    return (place.among(file.header) or place.columns)[0]
