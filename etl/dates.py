"""Dates as they are written in an export: typed by the declared form of the whole file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import polars as pl

from etl.months import months_of
from etl.source import has_hours, precision

# Forms that are numbers: days since Excel's day 0, seconds or milliseconds since 1970.
SPECIAL = ("excel", "epoch", "epoch ms")
ISO_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
EARLIEST_YEAR = 1000  # a year with fewer digits was cut or typed short

_OFFSET = re.compile(r"%[:#]*z|%\+|%Z|^epoch")
# As forms and web applications write it: `GMT+1`, `UTC`, both without an hour's leading 0.
_FROM_GREENWICH = re.compile(r"(?:GMT|UTC)%#?z$")
# Browsers name the zone behind its offset, in their own language; the offset says it all.
_NAMED_OFFSET = re.compile(r"(?<=z) \((?:%Z)?\)$")
# The halves of the day in other languages, and the blanks that browsers put before them.
_HALVES = {
    "\u202f": " ", "\u00a0": " ", "a. m.": "AM", "p. m.": "PM", "a.m.": "AM", "p.m.": "PM",
    "오전": "AM", "오후": "PM", "上午": "AM", "下午": "PM",
}  # fmt: skip
# A month or a day of one digit, where nothing stands between the numbers, was cut.
_TOGETHER = r"^\d{8}(?:\D|(?:\d\d){2,3}(?:\D|$)|$)"
_MONTH_NAME = re.compile(r"%[bBh]")
# Of four digits it would be a day from 1902 to 1927, and is a year that somebody typed.
_EXCEL_DAY = r"(\d{1,3}|\d{5,6})"
_EXCEL_DAY_0 = pl.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a file writes its dates: the clock's zone, the months' language, the century.

    `zone` is the source's time zone and `home` the organisation's, in which days are counted;
    `zones` are abbreviations such as CDT with their offsets; a year of two digits lies in the
    hundred years from `years_from` on.
    """

    zone: str
    home: str
    locale: str | None
    zones: Mapping[str, str]
    years_from: int | None


@dataclass(frozen=True, slots=True)
class Dated:
    """One column of dates: the local day, the instant in UTC, how exact, and what failed.

    `skipped` says of what has failed whether it is a time that the clocks went forward past.
    """

    on: pl.Expr
    at: pl.Expr
    precision: pl.Expr
    failed: pl.Expr
    skipped: pl.Expr


def dated(raw: pl.Expr, forms: tuple[str, ...], calendar: Calendar) -> Dated:
    """Type the text of a date column; what fits none of the `forms` has failed.

    A day begins at midnight in the organisation's zone, a month or year on its first day.
    """
    instants = [("instant", _instant(raw, form, calendar)) for form in forms if has_hours(form)]
    days = [
        (precision(form), _day(raw, form, calendar)) for form in forms if not has_hours(form)
    ]
    if "excel" in forms:
        instants.append(("instant", _excel_instant(raw, calendar)))
    at = pl.coalesce(
        *(instant for _, instant in instants),
        *(_midnight(day, calendar.home) for _, day in days),
    )
    on = pl.coalesce(*(instant.dt.date() for _, instant in instants), *(day for _, day in days))
    failed = raw.is_not_null() & (on.is_null() | (on.dt.year() < EARLIEST_YEAR))
    return Dated(
        on=on,
        at=at.dt.convert_time_zone("UTC").dt.replace_time_zone(None),
        precision=pl.coalesce(
            pl.when(found.is_not_null()).then(pl.lit(exact)) for exact, found in instants + days
        ),
        failed=failed.fill_null(value=False),
        skipped=_skipped(raw, forms, calendar),
    )


def _skipped(raw: pl.Expr, forms: tuple[str, ...], calendar: Calendar) -> pl.Expr:
    # Where no clock ever moves, it would have been a time.
    even = replace(calendar, zone="UTC")
    of_clocks = [form for form in forms if has_hours(form) and not _OFFSET.search(form)]
    times = [_instant(raw, form, even) for form in of_clocks]
    if "excel" in forms:
        times.append(_excel_instant(raw, even))
    could_be = [time.dt.year() >= EARLIEST_YEAR for time in times]
    return pl.any_horizontal(pl.lit(value=False), *could_be).fill_null(value=False)


def has_offset(form: str) -> bool:
    """Say whether instants of this form are told without the clock of a zone."""
    return _OFFSET.search(form) is not None


def read_forms(written: pl.Series, form: str, *, locale: str | None = None) -> pl.Series:
    """Days that texts of this form stand for; null for what does not fit it."""
    plain = Calendar(zone="UTC", home="UTC", locale=locale, zones={}, years_from=None)
    told = form.replace("%Z", "")
    text = pl.col("written")
    day = _instant(text, told, plain).dt.date() if has_hours(told) else _day(text, told, plain)
    try:
        return pl.DataFrame({"written": written}).select(day.alias("day"))["day"]
    except (pl.exceptions.PolarsError, ValueError):
        return pl.Series([None] * len(written), dtype=pl.Date)


def read_by(values: pl.Series, forms: Iterable[str], locale: str | None) -> int:
    """How many of these texts are read as a date by one of the forms."""
    readings = [read_forms(values, form, locale=locale).is_not_null() for form in forms]
    fit = pl.DataFrame([reading.alias(str(n)) for n, reading in enumerate(readings)])
    return int(fit.select(pl.any_horizontal(pl.all())).to_series().sum())


# A day of two digits beyond 12, and one that could be a month too.
_DAYS = (date(2031, 12, 30), date(2003, 2, 1))


# Sources write dates in the same few forms, and every load reads all of them.
@cache
def reads_what_it_writes(form: str) -> bool:
    """Whether `form` is the form of a date: days written by it are read as the same days."""
    if form in SPECIAL:
        return True
    written = _written(form)
    if written is None:
        return False
    unit = {"month": "1mo", "year": "1y"}.get(precision(form), "1d")
    told = pl.Series(_DAYS).dt.truncate(unit)
    return read_forms(pl.Series(written), form).to_list() == told.to_list()


@cache
def reads_otherwise(form: str, other: str) -> bool:
    """Whether a text that is written in `form` may be read as another day by `other`."""
    if form in SPECIAL or other in SPECIAL:
        return False
    written = pl.Series(_written(form))
    mine, theirs = read_forms(written, form), read_forms(written, other)
    return bool((mine != theirs).fill_null(value=False).any())


def _written(form: str) -> list[str] | None:
    # Offsets with or without minutes or a colon are read alike, and written in one way.
    whole = form.replace("%Z", "").replace("%#z", "%z")
    try:
        return pl.Series(_DAYS).cast(pl.Datetime("us", "UTC")).dt.to_string(whole).to_list()
    except (pl.exceptions.PolarsError, ValueError):
        return None


def _day(raw: pl.Expr, form: str, calendar: Calendar) -> pl.Expr:
    if form == "excel":
        whole = pl.when(raw.str.contains(rf"^{_EXCEL_DAY}(\.0+)?$")).then(raw)
        days = whole.cast(pl.Float64, strict=False).cast(pl.Int64)
        return _EXCEL_DAY_0 + pl.duration(days=days)
    text, form = _in_english(_whole(raw, form), form, calendar.locale)
    if precision(form) == "year":
        # A year alone is no date to the parser.
        text, form = text + "-01-01", form + "-%m-%d"
    return _of_century(text.str.to_date(form, strict=False), form, calendar)


def _instant(raw: pl.Expr, form: str, calendar: Calendar) -> pl.Expr:
    """Instants written in `form`: with an offset of their own, or on the source's clock."""
    text, form = _in_english(_whole(raw, form), form, calendar.locale)
    if form.startswith("epoch"):
        number = raw.cast(pl.Int64, strict=False) * (1 if form == "epoch ms" else 1_000)
        at = number.cast(pl.Datetime("ms")).cast(pl.Datetime("us"))
        return at.dt.replace_time_zone("UTC").dt.convert_time_zone(calendar.home)
    if _NAMED_OFFSET.search(form):
        text = text.str.replace(r" \([^()]*\)$", "")
        form = _NAMED_OFFSET.sub("", form)
    if "%p" in form:
        for written, told in _HALVES.items():
            text = text.str.replace_all(written, told, literal=True)
    if "%Z" in form:
        names = list(calendar.zones)
        text = text.str.replace_many(names, [calendar.zones[name] for name in names])
        form = form.replace("%Z", "%:z")
    if _FROM_GREENWICH.search(form):
        text = text.str.replace(r"(GMT|UTC)$", "${1}+00")
        text = text.str.replace(r"([+-])(\d(?::?\d\d)?)$", "${1}0${2}")
    if _OFFSET.search(form):
        at = text.str.to_datetime(form, strict=False, time_zone="UTC", time_unit="us")
    else:
        clock = text.str.to_datetime(form, strict=False, time_unit="us")
        at = _in_zone(_of_century(clock, form, calendar), calendar.zone)
    return at.dt.convert_time_zone(calendar.home)


def _whole(raw: pl.Expr, form: str) -> pl.Expr:
    if not form.startswith("%Y%m%d"):
        return raw
    return pl.when(raw.str.contains(_TOGETHER)).then(raw)


def _excel_instant(raw: pl.Expr, calendar: Calendar) -> pl.Expr:
    """Excel's days with a fraction, to the nearest second, on the clock of the source."""
    has_time = raw.str.contains(rf"^{_EXCEL_DAY}\.\d*[1-9]\d*$")
    number = pl.when(has_time).then(raw.cast(pl.Float64, strict=False))
    seconds = (number * 86_400).round().cast(pl.Int64)
    clock = _EXCEL_DAY_0.cast(pl.Datetime("us")) + pl.duration(seconds=seconds)
    return _in_zone(clock, calendar.zone).dt.convert_time_zone(calendar.home)


def _midnight(day: pl.Expr, zone: str) -> pl.Expr:
    clock = day.cast(pl.Datetime("us"))
    # Where clocks go forward at midnight, the day begins at one.
    return pl.coalesce(_in_zone(clock.dt.offset_by(late), zone) for late in ("0h", "1h"))


def _in_zone(clock: pl.Expr, zone: str) -> pl.Expr:
    # An hour that comes twice is the earlier one; an hour that was left out is no time.
    return clock.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")


def _in_english(raw: pl.Expr, form: str, locale: str | None) -> tuple[pl.Expr, str]:
    """Month names of a language as numbers, and the form that reads them."""
    if locale is None or not _MONTH_NAME.search(form):
        return raw, form
    names = months_of(locale)
    longest = sorted(names, key=len, reverse=True)
    text = raw.str.to_lowercase().str.replace_many(
        [ending for name in longest for ending in (f"{name}.", name)],
        [names[name] for name in longest for _ in (0, 1)],
        leftmost=True,
    )
    if locale == "fr":
        # The first of a month is the only day that French counts as an ordinal.
        text = text.str.replace(r"\b1er\b", "1")
    # A full stop that belongs to the form goes with the name's own.
    return text, _MONTH_NAME.sub("%m", form).replace("%m.", "%m")


def _of_century(moment: pl.Expr, form: str, calendar: Calendar) -> pl.Expr:
    if calendar.years_from is None or not re.search(r"%[-_0]?y|%D", form):
        return moment
    start = calendar.years_from
    year = moment.dt.year()
    off = pl.when(year < start).then(1).when(year >= start + 100).then(-1).otherwise(0)
    return moment.dt.offset_by(pl.format("{}y", off * 100))
