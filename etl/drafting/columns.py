"""What a column of an unknown export holds, told by numbers and shapes and never by a value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from etl.drafting.dates import Dates, dates_of
from etl.drafting.words import (
    EXACT,
    code_means,
    header_words,
    is_called_a_date,
    is_nothing,
    likest,
    never_read,
    plain,
)
from etl.readers.rows import SPOILT, TextTable

LONGEST_CODE = 60
MOST_CODES = 150
FEWEST_SEEN = 2  # rows that must have a code before it is written into a draft
OFTEN = 10  # rows that have a sentence before it is a phrase out of a list

_LONGEST_MARKER = 20
_HARDLY, _SOME, _MOSTLY = 0.05, 0.25, 0.8
_NEARLY = EXACT - 10

# What is written in place of the day of an end that has not come.
_NOT_YET = ("", "open", "waiting")
_WORDS = rf"^[\p{{L}} /-]{{2,{_LONGEST_MARKER}}}$"
_CLOCK = r"\d:\d\d"
_MAIL = r"[^\s@]+@[^\s@]+\.\w"
_LONG_NUMBER = r"\d{5}|\d[\d ()/-]{7,}\d"
# HR in capitals is a department.
_TITLED = (
    r"^((?i:mr|mrs|ms|miss|dr|prof|sir|herrn?|frau|fr|mme?|mlle|sr|sra|sig|dhr|mevr)|[Hh]r)\.? "
)
_SURNAME_FIRST = r"^\p{Lu}[\p{L}'’-]+, \p{Lu}[\p{L}'’.-]+( \p{Lu}[\p{L}.]*)?$"
_NAMED = r"^\p{Lu}[\p{L}'’-]+( (\p{Lu}[\p{L}'’.-]*|\p{Ll}{1,3})){1,4}$"
# From so many different values on, words with capitals are people rather than a list of codes.
_MANY_NAMES = 12
_NEARLY_ALL = 0.9
# What is called so is a topic or an institution as often as a person.
_OF_EITHER = {"subject", "subjects", "account", "source", "type", "reference"}
# Where a state is written so it is a part of a country, and where somebody lives.
_OF_A_COUNTRY = r"^\p{Lu}{2}$"
_SENTENCE = r"[!?] |\. \p{Lu}\p{Ll}|\n|\r"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its texts, null where they are blank or one that is written for nothing.

    `nothing` counts the values that say "nothing", by how they are written. `why_not` is a
    reason never to read it, by its name or by its shape. `clock` is the column whose times of
    day stand in the texts behind the days of this one.
    """

    name: str
    place: int
    texts: pl.Series
    nothing: dict[str, int]
    distinct: int
    longest: int
    is_number: bool
    dates: Dates | None
    why_not: str | None
    clock: str | None = None

    @property
    def rows(self) -> int:
        """All rows of the file."""
        return self.texts.len()

    @property
    def values(self) -> pl.Series:
        """The texts that say something."""
        return self.texts.drop_nulls()

    @property
    def filled(self) -> int:
        """Rows with a value."""
        return self.texts.len() - self.texts.null_count()

    @property
    def may_be_code(self) -> bool:
        """Few and short enough values, coming again, to be a list of codes."""
        # Of few rows nearly every one may have its own; of many, a list of codes has not.
        few = self.distinct <= max(12, min(MOST_CODES, self.filled // 3))
        return (
            self.filled > 0
            and self.dates is None
            and few
            and self.distinct <= max(3, 0.7 * self.filled)
            and self.longest <= LONGEST_CODE
            and not _talks_of_people(self.values)
        )

    @property
    def may_be_number_of_case(self) -> bool:
        """Short texts with digits or of one length, in nearly every row; no words, no mail."""
        return (
            self.filled >= 0.98 * self.rows
            and self.rows > 0
            and self.dates is None
            and self.longest <= LONGEST_CODE
            and self.distinct > 1
            and _are_numbered(self.values)
            and _share(self.values, _CLOCK) < _MOSTLY
            and not bool(self.values.str.contains(_MAIL).any())
        )


def columns_of(text: TextTable) -> list[Column]:
    """Every column of an export, in its order."""
    columns = [
        column_of(name, place, text.rows[f"c{place}"]) for place, name in enumerate(text.header)
    ]
    days = {
        form
        for c in columns
        if c.dates and c.dates.at_midnight
        for form in c.dates.forms.values()
    }
    names = {*text.header}
    return [_without_twin(_in_days(column, days), names) for column in columns]


def _without_twin(column: Column, names: set[str]) -> Column:
    """The same; no date where it shows another column's, as services write it for people."""
    raw, shown, _ = column.name.partition("@")
    is_twin = shown and raw in names and column.dates is not None
    return replace(column, dates=None, why_not="not_needed") if is_twin else column


def _in_days(column: Column, days: set[str]) -> Column:
    """The same, of days where another column's days are written as its instants are."""
    if column.dates is None or not column.dates.with_hours:
        return column
    told = dates_of(column.values, midnights=1)
    return (
        replace(column, dates=told)
        if told and days.intersection(told.forms.values())
        else column
    )


def column_of(name: str, place: int, cells: pl.Series) -> Column:
    """A column of this name and with these cells."""
    stripped = cells.str.strip_chars()
    counts = stripped.filter(~stripped.is_in(["", *SPOILT])).value_counts(sort=True)
    written, often = counts.columns
    short = counts.filter(pl.col(written).str.len_chars() <= _LONGEST_MARKER)
    nothing = {
        value: seen
        for value, seen in zip(short[written], short[often], strict=True)
        if is_nothing(value)
    }
    no_text = stripped.is_in(["", *SPOILT, *nothing])
    texts = stripped.to_frame("t").select(pl.when(~no_text).then("t")).to_series()
    values = texts.drop_nulls()
    dates = _dates_of(name, values)
    longest = values.str.len_chars().to_frame().max().item() or 0
    is_number = bool(values.cast(pl.Float64, strict=False).is_not_null().all())
    return Column(
        name=name,
        place=place,
        texts=texts,
        nothing=nothing,
        distinct=counts.height - len(nothing),
        longest=longest,
        is_number=is_number and not values.is_empty(),
        dates=dates,
        why_not=(
            "address"
            if _is_part_of_a_country(name, values)
            else _why_not(name, values, longest, dates)
        ),
    )


def _dates_of(name: str, values: pl.Series) -> Dates | None:
    """The dates of a column, in which `ongoing` may say that there is none yet."""
    short = values.filter(values.str.contains(_WORDS)).value_counts()
    if short.height > MOST_CODES:
        return dates_of(values, called_a_date=is_called_a_date(name))
    words = {text: rows for text, rows in sorted(short.iter_rows()) if _says_not_yet(text)}
    told = values.filter(~values.is_in(list(words)))
    dates = dates_of(told, called_a_date=is_called_a_date(name))
    return replace(dates, sentinels={**dates.sentinels, **words}) if dates else None


def _says_not_yet(text: str) -> bool:
    told = code_means("outcome", text) or code_means("status", text)
    return told is not None and told.sure == "sure" and told.meaning in _NOT_YET


def _why_not(name: str, values: pl.Series, longest: int, dates: Dates | None) -> str | None:
    if values.is_empty():
        return "empty"
    why, score = never_read(name)
    if dates is not None:
        if _share(values, r"^1970-01-\d\d \d\d:") > _MOSTLY:
            return "duration"
        return why if why == "not_needed" and score >= _NEARLY else None
    known = likest(name)
    if score == EXACT > known:
        return why
    if _share(values, _MAIL) > _HARDLY:
        return "address"
    is_unclear = known < EXACT or header_words(name) in _OF_EITHER
    if _talks_of_people(values) or (is_unclear and _are_names(values)):
        return "person"
    if longest > 2 * LONGEST_CODE or _share(values, _SENTENCE) > _SOME:
        return "narrative"
    return why if score > known else None


def _is_part_of_a_country(name: str, values: pl.Series) -> bool:
    return header_words(name) == "state" and _share(values, _OF_A_COUNTRY) > _MOSTLY


def _share(values: pl.Series, pattern: str) -> float:
    """Share of the values that hold a pattern."""
    return int(values.str.contains(pattern).sum()) / max(values.len(), 1)


def _are_numbered(values: pl.Series) -> bool:
    """Whether values are numbers with something around them, or all cut to one length.

    Names of people are neither: they are words, of any length, with blanks between them.
    """
    if _share(values, r"\d") > _MOSTLY:
        return True
    return values.str.len_chars().n_unique() == 1 and not values.str.contains(r"\s").any()


def _talks_of_people(values: pl.Series) -> bool:
    """Whether a column's values have the shape of people's names or addresses."""
    named = _share(values, _TITLED) + _share(values, _SURNAME_FIRST)
    return named > _SOME or _share(values, _MAIL) > _HARDLY


def _are_names(values: pl.Series) -> bool:
    """Whether nearly all of many different values are two words or more with capitals."""
    told = values.unique()
    return told.len() > _MANY_NAMES and _share(told, _NAMED) > _NEARLY_ALL


def codes_to_show(column: Column, people: frozenset[str]) -> tuple[dict[str, int], int]:
    """The codes of a column that may stand in a draft, by frequency, and how many may not.

    A code seen once may be something that somebody typed, unless another is spelt nearly so;
    one that has the shape of a name, an address or a long number, or that stands in a column
    about people, may be somebody.
    """
    counts = column.values.value_counts(sort=True)
    written, often = counts.columns
    is_phrase = (pl.col(often) >= OFTEN) | ~pl.col(written).str.contains(_SENTENCE)
    shown = counts.filter(
        (pl.col(often) >= FEWEST_SEEN) & _looks_like_code(pl.col(written)) & is_phrase
    )
    spelt = {plain(code) for code in shown[written]} - {""}
    shown = counts.filter(
        pl.col(written).is_in(shown[written].implode())
        | pl.Series([plain(code) in spelt for code in counts[written]], dtype=pl.Boolean)
    )
    kept = {
        code: seen
        for code, seen in sorted(
            zip(shown[written], shown[often], strict=True), key=lambda pair: (-pair[1], pair[0])
        )
        if not _names_somebody(code, people)
    }
    return kept, counts.height - len(kept)


def may_be_shown(value: str) -> bool:
    """Whether one value looks like a code, and not like a name, an address or a sentence."""
    text = pl.lit(value)
    return bool(pl.select(_looks_like_code(text) & ~text.str.contains(_SENTENCE)).item())


def _looks_like_code(text: pl.Expr) -> pl.Expr:
    personal = (_MAIL, _LONG_NUMBER, _TITLED, _SURNAME_FIRST)
    patterns = [~text.str.contains(pattern) for pattern in personal]
    return pl.all_horizontal(text.str.len_chars() <= LONGEST_CODE, *patterns)


def people_in(columns: Sequence[Column]) -> frozenset[str]:
    """The parts of the names in columns about people: no code may hold one of them."""
    names: set[str] = set()
    for column in columns:
        if column.why_not == "person":
            for name in column.values.unique():
                if not _is_answer(name):
                    names.update(_parts(name))
    return frozenset(names)


def _is_answer(value: str) -> bool:
    """Whether it answers a question about a person, such as whether a user is active."""
    told = code_means("anonymity", value)
    return told is not None and told.sure == "sure"


def _parts(name: str) -> set[str]:
    return {part.casefold() for part in re.findall(r"[^\W\d_]{3,}", name)}


def _names_somebody(code: str, people: frozenset[str]) -> bool:
    parts = _parts(code)
    # One part alone may be a place or a trade; a whole code made of names is a person.
    return bool(parts) and parts <= people
