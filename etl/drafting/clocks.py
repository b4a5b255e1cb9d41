"""The time of day of a date, where it stands in a column of its own beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from etl.drafting.columns import Column
from etl.drafting.dates import dates_of
from etl.drafting.words import header_words, is_called_a_date

_CLOCK = r"^\d{1,2}[:h.]\d\d([:.]\d\d)?( ?[AaPp]\.?[Mm]\.?)?( ?(Uhr|hrs|h))?$"
_NEARLY_ALL = 0.95
# What a column of times and one of days are called beside what it is that has them.
_TIMES = (
    "time", "hour", "uhrzeit", "zeit", "heure", "hora", "ora", "orario", "tijd", "tijdstip",
    "klokkeslaet", "klokkeslett", "klockslag", "tid", "godzina", "cas", "idopont", "kellonaika",
    "время", "saat", "ωρα", "시간", "시각",
)  # fmt: skip
_DAYS = ("date", "day", "datum", "fecha", "data", "dato", "dag", "tag", "jour", "dia", "giorno",
    "pvm", "дата", "tarih", "ημερομηνια", "날짜", "일자",
)  # fmt: skip
_BETWEEN = ("of", "de", "du", "des", "d", "del", "della", "di", "do", "da", "der", "for", "at",
    "on", "the", "la", "l", "le", "am", "um", "a", "klo", "kl",
)  # fmt: skip


def with_clocks(columns: Sequence[Column]) -> list[Column]:
    """The columns, those of days put together with the times of day that belong to them.

    A time of day belongs to the days whose column is called as its own is, but for the word
    for a day or a time; where two are called so, to neither.
    """
    days = [c for c in columns if c.dates is not None and not c.dates.with_hours]
    told = {column.name: column for column in columns}
    for clock in filter(_is_clock, columns):
        called = [day for day in days if _thing(day.name) == _thing(clock.name)]
        whole = _joined(called[0], clock) if len(called) == 1 else None
        if whole is not None and told[whole.name].clock is None:
            told[whole.name] = whole
        told[clock.name] = replace(clock, why_not=clock.why_not or "clock")
    return list(told.values())


def _is_clock(column: Column) -> bool:
    if column.dates is not None or not column.filled:
        return False
    told = column.values.str.contains(_CLOCK)
    return int(told.sum()) >= _NEARLY_ALL * column.filled


def _thing(header: str) -> tuple[str, ...]:
    """What has the day or the time: `Date of receipt` and `time_receipt` have the same."""
    words = header_words(header).split()
    return tuple(_without_ending(w) for w in words if w not in (*_TIMES, *_DAYS, *_BETWEEN))


def _without_ending(word: str) -> str:
    # In German and its neighbours a word is made of both: `Eingangsdatum`, `Eingangszeit`.
    found = re.match(r"(.{3,}?)s?(?:datum|dato|tag|uhrzeit|zeit|tid|tidspunkt)$", word)
    return found[1].removesuffix("s") if found else word


def _joined(day: Column, clock: Column) -> Column | None:
    """The column of days with its times of day; None where that makes any value unreadable."""
    pair = pl.DataFrame({"day": day.texts, "clock": clock.texts})
    told = pair.select(
        pl.when(pl.col("day").is_not_null()).then(
            pl.concat_str("day", "clock", separator=" ", ignore_nulls=True)
        )
    ).to_series()
    dates = dates_of(told.drop_nulls(), called_a_date=is_called_a_date(day.name))
    before = day.dates
    if dates is None or before is None or not dates.with_hours or dates.other > before.other:
        return None
    return replace(day, texts=told, dates=dates, clock=clock.name)
