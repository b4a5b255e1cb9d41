"""The shapes in which people and systems write dates, and the form that reads each of them."""

import re
from collections.abc import Callable
from functools import partial
from typing import Literal

import polars as pl

Order = Literal["day first", "month first", "year first"]

_BLANK = "[ \u00a0\u202f]"  # browsers put a narrow one before AM and PM
_ZONE = r"(?P<zone> ?(?:Z|[+-]\d\d(?::?\d\d)?|(?:GMT|UTC)(?:[+-]\d{1,2}(?::?\d\d)?)?))?"
_HALF = rf"(?P<half>{_BLANK}?[AaPp](?:\.{_BLANK}?)?[Mm]\.?)?"
_AHEAD = r"(?P<ahead>(?:오전|오후|上午|下午) ?)?"
# Between a date and its time: `5.1.2026 klo 9.30`, `05.01.2026 09:30 Uhr`.
_JOIN = r"(?P<join>[T ]|, | - | @ |,? (?:à|às|um|at|klo|kl\.?|den) "
_BEHIND_TIME = r"(?P<word> ?(?:Uhr|hrs|h))?"
_CLOCK_TIME = r"(?P<time>\d{1,2}(?P<colon>[:h.])\d\d(?P<sec>[:.]\d\d)?"
_TIME = rf"{_CLOCK_TIME})?{_HALF}"
WEEKDAY = r"(?P<weekday>(?i:(?:mon|tue|wed|thu|fri|sat|sun)\p{L}{0,6}),? )?"
# One number, its parts, and the time that may follow.
_NUMBERS = (
    r"^(?P<a>\d{1,4})(?P<s>[-/. ]|\. |年|년 ?)(?P<b>\d{1,2})(?P<t>[-/. ]|\. |月|월 ?)"
    rf"(?P<c>\d{{1,4}}){_JOIN}|\. ?|日 ?|일 ?| ?r\.)?"
    rf"{_AHEAD}{_CLOCK_TIME}(?P<frac>[.,]\d+)?)?{_HALF}{_BEHIND_TIME}{_ZONE}$"
)
_NAMED = (
    rf"^{WEEKDAY}(?P<a>\d{{1,2}})(?:er)?(?P<s>[-/. ]|\. | de )(?P<month>\p{{L}}{{3,12}}\.?)"
    rf"(?P<t>[-/. ]| de )(?P<c>\d{{4}}|\d{{2}}){_JOIN})?{_TIME}{_BEHIND_TIME}{_ZONE}$"
)
# A browser puts the zone's name behind the offset: `GMT+0100 (Central European Standard Time)`.
_MONTH_FIRST = (
    rf"^{WEEKDAY}(?P<month>\p{{L}}{{3,12}}\.?)(?P<s>[- /])(?P<a>\d{{1,2}})(?P<t>,? |[-/])"
    rf"(?P<c>\d{{4}}){_JOIN})?{_TIME}{_ZONE}(?P<name> \([^()]+\))?$"
)
_YEAR_FIRST = (
    r"^(?P<c>\d{4})(?P<s>[-/. ]|\. )(?P<month>\p{L}{3,12}\.?)(?P<t>[-/. ])(?P<a>\d{1,2})"
    rf"(?P<join>[T ]|, |\. ?)?{_TIME}{_ZONE}$"
)
# As C's `ctime` writes it, where a day of one digit has two blanks before it.
_YEAR_LAST = (
    r"^(?P<weekday>\p{L}{3} )(?P<month>\p{L}{3})(?P<s> ) ?(?P<a>\d{1,2})(?P<join> )"
    r"(?P<time>\d\d:\d\d(?P<sec>:\d\d)?)(?P<t> )(?P<c>\d{4})$"
)
# As SAS writes it: `05MAR2025:10:15:00`.
_CLOSE = (
    r"^(?P<a>\d{2})(?P<s>)(?P<month>\p{L}{3})(?P<t>)(?P<c>\d{4}|\d{2})"
    r"(?P<join>:)?(?P<time>\d\d(?P<colon>:)\d\d(?P<sec>:\d\d)?(?P<frac>\.\d+)?)?$"
)
# Without anything between the numbers: `20250314T101500.000 GMT`. Digits alone may count
# anything, and are dates only in a column that is called so.
_DAY = r"^(?P<a>(?:19|20)\d\d)(?P<s>)(?P<b>0[1-9]|1[0-2])(?P<t>)(?P<c>0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?P<time>[0-2]\d[0-5]\d(?P<sec>[0-5]\d)?(?P<frac>\.\d+)?)"
_TOGETHER = rf"{_DAY}(?P<join>T){_CLOCK}{_ZONE}$"
_DIGITS = rf"{_DAY}(?P<join>[T ]?){_CLOCK}?{_ZONE}$"
_SHORT = 3  # letters of a name that is cut short
_BEHIND = (".", "日", "일", " r.", "r.")  # what stands behind a day without a time
_MIDNIGHT = (
    r"^(0?0[:h.]00|12:00 ?[Aa][Mm])$"
    r"|^(00:00:00([.,]0+)?|12:00:00 ?[Aa][Mm])( ?(Z|[+-]00(:?00)?))?$"
)


def shapes(
    *, midnights: int, called_a_date: bool
) -> tuple[tuple[str, Callable[[pl.DataFrame], dict[Order, str]]], ...]:
    """Patterns of whole values, each with what makes the forms of the rows it has taken apart.

    So many `midnights`, and no other time of day, make days of a column's instants.
    """
    alone = [(_DIGITS, _together_forms)] if called_a_date else []
    return (
        (_NUMBERS, partial(_numeric_forms, midnights=midnights)),
        (_NAMED, _named_forms),
        (_MONTH_FIRST, month_first_forms),
        (_YEAR_FIRST, year_first_forms),
        (_YEAR_LAST, _year_last_forms),
        (_CLOSE, _named_forms),
        (_TOGETHER, _together_forms),
        *alone,
    )


def _together_forms(rows: pl.DataFrame) -> dict[Order, str]:
    one = rows.row(0, named=True)
    seconds = ("%S" if one["sec"] else "") + ("%.f" if one["frac"] else "")
    time = f"{one['join']}%H%M{seconds}{_offset(one)}" if one["time"] else ""
    return {"year first": f"%Y%m%d{time}"}


def _numeric_forms(rows: pl.DataFrame, *, midnights: int) -> dict[Order, str]:
    one = rows.row(0, named=True)
    s, t, time = one["s"], one["t"], _midnight_of(rows, midnights) or _time_form(one)
    if one["time"] is None and one["join"]:
        if one["join"] not in _BEHIND:
            return {}
        time = one["join"]  # what stands behind the day, as in 2025. 03. 14.
    if len(one["a"]) == 4:
        return {"year first": f"%Y{s}%m{t}%d{time}"}
    year = "%Y" if len(one["c"]) == 4 else "%y"
    if len(one["a"]) == 3 or len(one["c"]) not in (2, 4):
        return {}
    return {
        "day first": f"%d{s}%m{t}{year}{time}",
        "month first": f"%m{s}%d{t}{year}{time}",
    }


def _named_forms(rows: pl.DataFrame) -> dict[Order, str]:
    one = rows.row(0, named=True)
    year = "%Y" if len(one["c"]) == 4 else "%y"
    day = f"{_weekday(one) if 'weekday' in one else ''}%d"
    return {"day first": f"{day}{one['s']}{_month(rows)}{one['t']}{year}{_time_form(one)}"}


def month_first_forms(rows: pl.DataFrame) -> dict[Order, str]:
    """The form of dates such as `March 5, 2025`."""
    one = rows.row(0, named=True)
    month = f"{_weekday(one)}{_month(rows)}"
    return {"month first": f"{month}{one['s']}%d{one['t']}%Y{_time_form(one)}"}


def year_first_forms(rows: pl.DataFrame) -> dict[Order, str]:
    """The form of dates such as `2025-Mar-05` and `2025. március 5.`."""
    one = rows.row(0, named=True)
    behind = one["join"] if one["time"] is None and one["join"] else ""
    if behind and behind not in _BEHIND:
        return {}
    day = f"%Y{one['s']}{_month(rows)}{one['t']}%d"
    return {"year first": f"{day}{behind}{_time_form(one)}"}


def _year_last_forms(rows: pl.DataFrame) -> dict[Order, str]:
    one = rows.row(0, named=True)
    return {"month first": f"{_weekday(one)}%b %d{_time_form(one)} %Y"}


def _weekday(one: dict[str, str | None]) -> str:
    """How the name of the day of the week is written, with what parts it from the date."""
    name = one["weekday"] or ""
    letters = len(name.rstrip(", "))
    return ("%a" if letters == _SHORT else "%A" if letters else "") + name[letters:]


def _month(rows: pl.DataFrame) -> str:
    """How the names of months are written: cut short, and with a stop behind them."""
    longest = rows.select(pl.col("month").str.strip_chars(".").str.len_chars().max()).item()
    month = "%b" if longest <= _SHORT else "%B"
    return f"{month}." if rows["month"].str.ends_with(".").all() else month


def _midnight_of(rows: pl.DataFrame, midnights: int) -> str:
    """The time of day as it is written, where every value has this one and it is midnight."""
    join, time, half, word, zone = (
        pl.col(name).fill_null("") for name in ("join", "time", "half", "word", "zone")
    )
    told = rows.select(
        pl.concat_str(join, time, half, word, zone).alias("whole"),
        pl.concat_str(time, half, zone).str.contains(_MIDNIGHT).alias("midnight"),
    )
    alike = told["whole"].n_unique() == 1 and bool(told["midnight"].all())
    return str(told["whole"][0]) if alike and rows.height >= midnights else ""


def _time_form(one: dict[str, str | None]) -> str:
    time = one["time"]
    if time is None:
        return ""
    half, ahead = one.get("half") or "", one.get("ahead") or ""
    hours = "%I" if half or ahead else "%H"
    minutes = f"{one.get('colon') or ':'}%M"
    seconds = f"{one['sec'][0]}%S" if one["sec"] else ""
    fraction = "%.f" if one.get("frac") else ""
    before = "%p" + ahead[2:] if ahead else ""
    after = (" %p" if half[0].isspace() else "%p") if half else ""
    name = " (%Z)" if one.get("name") else ""
    return (
        f"{one['join'] or ''}{before}{hours}{minutes}"
        + f"{seconds}{fraction}{after}{one.get('word') or ''}{_offset(one)}{name}"
    )


def _offset(one: dict[str, str | None]) -> str:
    zone = one.get("zone") or ""
    greenwich = re.search("GMT|UTC", zone)
    before = (" " if zone.startswith(" ") else "") + (greenwich[0] if greenwich else "")
    return f"{before}%#z" if zone else ""
