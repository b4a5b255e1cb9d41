"""What is different in an export since the last one of its kind: named, never adapted to."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import polars as pl

from etl.dated_texts import dated_texts
from etl.dates import read_by, read_forms
from etl.drafting.dates import Dates, dates_of
from etl.drafting.languages import languages_of
from etl.drafting.words import is_called_a_date
from etl.months import months_of
from etl.readers.rows import TextTable
from etl.source import Export

Kind = Literal[
    "new_column", "missing_optional", "reordered", "new_code", "encoding", "date_format"
]

_ENOUGH_DAYS = 12  # different days, before their spread says anything of how they are written
_HALF, _ALIKE = 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Profile:
    """What a column is like, in numbers that tell no value of it."""

    kind: str
    filled: float
    distinct: float
    length: float

    def is_like(self, other: "Profile") -> bool:
        """Whether two columns might be one under two names."""
        return (
            self.kind == other.kind
            and abs(self.filled - other.filled) <= _ALIKE
            and abs(self.distinct - other.distinct) <= _ALIKE
            and abs(self.length - other.length) <= _ALIKE * max(self.length, other.length, 4)
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """How one file was laid out: its columns in order, what they are like, its dates."""

    columns: tuple[str, ...]
    delimiter: str
    encoding: str
    kind: str
    profiles: Mapping[str, Profile]
    dates: Mapping[str, str]

    @property
    def header_sha256(self) -> str:
        """The same for the same names in any order, each as often as it stands there."""
        names = json.dumps(sorted(self.columns), ensure_ascii=False)
        return hashlib.sha256(names.encode()).hexdigest()

    def as_json(self) -> str:
        """All of it as text, to be stored with the delivery."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def seen_from(text: str) -> Seen:
    """What `Seen.as_json` wrote."""
    told: dict[str, Any] = json.loads(text)
    profiles = {name: Profile(**profile) for name, profile in told.pop("profiles").items()}
    return Seen(**{**told, "columns": tuple(told["columns"]), "profiles": profiles})


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference: its kind, the column that it is about, and a sentence with the remedy."""

    kind: Kind
    column: str | None
    sentence: str


def look_at(text: TextTable, export: Export) -> Seen:
    """The layout of an export, by some of its rows."""
    columns = {name: text.rows[f"c{place}"] for place, name in enumerate(text.header)}
    stripped = {name: cells.str.strip_chars() for name, cells in columns.items()}
    dated = {
        name: _dates(stripped[name], name, export)
        for name in text.header
        if name in export.dated
    }
    return Seen(
        columns=text.header,
        delimiter=text.delimiter,
        encoding=text.encoding,
        kind=text.kind,
        profiles={name: _profile(cells) for name, cells in stripped.items()},
        dates={name: _form(found) for name, found in dated.items() if found is not None},
    )


def _dates(cells: pl.Series, name: str, export: Export) -> Dates | None:
    nothing = ["", *export.written.nulls, *export.written.sentinels]
    return dates_of(cells.filter(~cells.is_in(nothing)), called_a_date=is_called_a_date(name))


def _form(dates: Dates) -> str:
    return " or ".join(dates.forms.values())


def _profile(cells: pl.Series) -> Profile:
    given = cells.filter(cells != "")
    if given.is_empty():
        return Profile("empty", 0.0, 0.0, 0.0)
    number = given.cast(pl.Float64, strict=False).is_not_null().all()
    kind = "number" if number else ("date" if dates_of(given.head(200)) else "text")
    return Profile(
        kind=kind,
        filled=round(given.len() / cells.len(), 3),
        distinct=round(given.n_unique() / given.len(), 3),
        length=round(given.str.len_chars().to_frame().mean().item(), 1),
    )


def drifts(now: Seen, before: Seen | None, export: Export, *, since: str) -> list[Drift]:
    """What a file's layout has that its description or the last file had not, and the reverse.

    `since` names the last delivery in words. Without one only the description is compared.
    Of records what nobody reads is not missed: a page without one has none of its columns.
    """
    found = [*_new(now, before, export, since), *_halved(now, export)]
    if before is not None:
        found += [*_missing(now, before, export, since), *_written(now, before, since)]
        found += _order(now, before, since)
    return found


def _new(now: Seen, before: Seen | None, export: Export, since: str) -> Iterable[Drift]:
    for name in now.columns:
        if name in export.known or (before is not None and name in before.columns):
            continue
        when = f" since {since}" if before is not None else ""
        yield Drift(
            "new_column",
            name,
            f'column "{name}" is new{when} and is not read: describe it, or list it under'
            " ignored",
        )


def _halved(now: Seen, export: Export) -> Iterable[Drift]:
    """Columns that tell something together with another one, which the file has not."""
    have = frozenset(now.columns)
    told: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for what, place in (*export.columns.items(), *export.events.items()):
        here = place.among(have)
        if place.joined is not None and 0 < len(here) < len(place.columns):
            lacking = next(name for name in place.columns if name not in have)
            told.setdefault((here, lacking), []).append(what)
    for (here, lacking), fields in told.items():
        yield Drift(
            "missing_optional",
            lacking,
            f'column "{here[0]}" is there without "{lacking}", with which it is read:'
            f" {' and '.join(fields)} cannot be told; export it with both",
        )


def _missing(now: Seen, before: Seen, export: Export, since: str) -> Iterable[Drift]:
    gone = Counter(before.columns) - Counter(now.columns)
    for name in gone:
        is_around = name.startswith("$.") and name not in export.read
        if now.kind == "records" and (is_around or name not in export.known):
            continue
        like = alike(before.profiles[name], now, export, before.columns)
        renamed = f'; "{like}" is new and looks like it: was it renamed?' if like else ""
        lost = "what was read from it is unknown" if name in export.read else "it was not read"
        sentence = f'column "{name}" of {since} is not there any more, {lost}{renamed}'
        yield Drift("missing_optional", name, sentence)


def alike(
    profile: Profile, now: Seen, export: Export, before: Iterable[str] = ()
) -> str | None:
    """The one new column that is like a missing one; None where none is, or several are."""
    known = {*before, *export.known}
    found = [
        name
        for name in now.columns
        if name not in known and now.profiles[name].is_like(profile)
    ]
    return found[0] if len(found) == 1 else None


def _written(now: Seen, before: Seen, since: str) -> Iterable[Drift]:
    if now.kind != before.kind:
        yield Drift("encoding", None, f"the file is {now.kind} and was {before.kind} {since}")
        return
    pairs = (("encoding", now.encoding, before.encoding),)
    for what, here, there in (*pairs, ("delimiter", now.delimiter, before.delimiter)):
        if here != there:
            sentence = f"the {what} is {here!r} and was {there!r} in {since}"
            yield Drift("encoding", None, sentence)


def _order(now: Seen, before: Seen, since: str) -> Iterable[Drift]:
    here = [name for name in now.columns if name in before.columns]
    there = [name for name in before.columns if name in now.columns]
    if here != there:
        sentence = f"the columns stand in another order than in {since}; they are read by name"
        yield Drift("reordered", None, sentence)


def date_drifts(
    text: TextTable, now: Seen, before: Seen | None, export: Export, *, since: str
) -> list[Drift]:
    """Columns whose dates most likely are not written as the description says."""
    if text.kind != "delimited":
        return []
    found = []
    for name, cells in dated_texts(text, export):
        dates = _dates(cells, name, export)
        problem = dates and (
            _unlike(cells, name, dates, export) or _swapped(cells, dates, export)
        )
        if problem:
            was = before.dates.get(name) if before is not None else None
            earlier = f" ({since}: {was})" if was and was != now.dates.get(name) else ""
            found.append(Drift("date_format", name, f'column "{name}"{earlier}: {problem}'))
    return found


def _unlike(cells: pl.Series, name: str, dates: Dates, export: Export) -> str | None:
    """Whether most dates have another form than the description says, or other months."""
    nothing = ["", *export.written.nulls, *export.written.sentinels]
    values = cells.filter(~cells.is_in(nothing))
    forms, locale = export.written.date_forms(name), export.written.locale
    read = read_by(values, forms, locale)
    told = f"{values.len() - read:,} of {values.len():,} dates do not fit"
    if dates.month_names:
        languages = languages_of(dates.month_names, name)
        # A day that no month has is no word of another language.
        own = {name.casefold() for name in dates.month_names} <= months_of(
            locale or "en"
        ).keys()
        if read == values.len() or not languages or own:
            return None
        locales = " or ".join(f'"{language}"' for language in languages)
        return f"{told}, as their months are named in another language: locale = {locales}"
    is_other = bool(set(forms).isdisjoint(dates.forms.values())) and read < _HALF * values.len()
    if not is_other and not _is_exchanged(dates, forms):
        return None
    return f"{told} {' or '.join(forms)}, but {dates.values:,} fit {_fitting(dates)}"


def _is_exchanged(dates: Dates, forms: Sequence[str]) -> bool:
    """Whether several dates fit exchanged alone, and none as they are declared alone.

    Those that fit both ways are then of other days than they say.
    """
    own = dates.evidence
    if own is None or len(dates.forms) < 2:
        return False
    day_first, month_first = own.only_day_first, own.only_month_first
    if dates.forms["day first"] in forms:
        return month_first > 1 and not day_first
    return dates.forms["month first"] in forms and day_first > 1 and not month_first


def _fitting(dates: Dates) -> str:
    """The form that these dates have, or both where no value decides between them."""
    own = dates.evidence
    if own is None or bool(own.only_day_first) == bool(own.only_month_first):
        return _form(dates)
    return dates.forms["day first" if own.only_day_first else "month first"]


def _swapped(cells: pl.Series, dates: Dates, export: Export) -> str | None:
    """Whether every day could be a month, and the dates lie far apart as they are declared.

    Days up to the 12th alone happen; that they spread over a year, and over days or weeks if
    days and months are exchanged, happens to files that are written the other way round.
    """
    own = dates.evidence
    if own is None or own.only_day_first or own.only_month_first or len(dates.forms) < 2:
        return None
    day, month = (read_forms(cells, form).drop_nulls() for form in dates.forms.values())
    declared = day if dates.forms["day first"] in export.written.dates else month
    other = month if declared is day else day
    if declared.n_unique() < _ENOUGH_DAYS or _span(declared) <= 3 * _span(other) + 31:
        return None
    return (
        f"no day is later than the 12th, and the dates spread over {_span(declared):,} days as"
        f" they are declared but over {_span(other):,} with days and months exchanged"
    )


def _span(days: pl.Series) -> int:
    between = days.to_frame().select(pl.all().max() - pl.all().min()).item()
    return int(between.days)
