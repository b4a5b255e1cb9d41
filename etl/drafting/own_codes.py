"""What is an organisation's own in its exports, codes, dates, layout: for its workspace."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from etl.drafting.lines import quoted
from etl.drafting.own_dates import OwnDates, own_dates
from etl.drafting.own_layout import OwnLayout, own_layout
from etl.drafting.vocabulary import OPEN
from etl.drafting.words import code_means, name_for
from etl.errors import SourceError
from etl.readers.rows import SPOILT, TextTable
from etl.reading import CHUNK_ROWS
from etl.recognition import found_within, recognised
from etl.source import FIXED, Export, Source
from etl.staging import kept
from etl.steps import raw_changes
from etl.values import File, blanked, raw_name, text_of

# More than these are no list that an organisation keeps, or no codes at all: a longer one, as
# of products, is a list only where its codes come again and again.
MOST, EVER, ROWS_EACH, LONGEST = 500, 5_000, 20, 120

Found = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Own:
    """What an export has that its source leaves to the workspace and nobody lists.

    `codes` field by field, each once, in their order of appearance; `dates` where they are not
    written as the source declares, `layout` where files are not laid out so.
    """

    source: Source
    codes: Found
    dates: tuple[OwnDates, ...]
    layout: OwnLayout | None


def unlisted(path: Path, sources: Iterable[Source]) -> Own:
    """What the export at `path` has of its organisation's own.

    Raises SourceError where a column holds no codes, and ExportError or SourceError where the
    file cannot be read.
    """
    found: dict[str, dict[str, None]] = {}
    dates: list[OwnDates] = []
    rows = 0
    with recognised(path, list(sources)) as (read, source, export):
        layout = own_layout(path, read, export)
        for chunk in read.chunks(CHUNK_ROWS):
            _look(chunk, source, export, found)
            rows += chunk.rows.height
            told = None if dates else own_dates(chunk, export)
            dates += [told] if told is not None else []
        for name in export.also:
            other = next(told for told in source.exports if told.name == name)
            with found_within(path, other) as more:
                for chunk in more.chunks(CHUNK_ROWS) if more is not None else ():
                    _look(chunk, source, other, found)
                    rows += chunk.rows.height
    most = min(EVER, max(MOST, rows // ROWS_EACH))
    for field, listed in found.items():
        if len(listed) > most or any(len(code) > LONGEST for code in listed):
            raise SourceError(
                f"{path.name}: what is read as {field} is no list of codes ({len(listed):,}"
                f" different values); give {field} another column in {source.name}.toml"
            )
    codes = {field: list(told) for field, told in found.items() if told}
    return Own(source, codes, tuple(dates), layout)


def _look(
    text: TextTable, source: Source, export: Export, found: dict[str, dict[str, None]]
) -> None:
    bound = export.bound_to(text.header)
    file = File(source, bound, frozenset(text.header), text.kind == "workbook", "UTC")
    raw = blanked(
        text.rows.select(
            "line",
            *(
                pl.col(f"c{place}").alias(raw_name(name))
                for place, name in enumerate(text.header)
                if name in bound.read
            ),
        ),
        file,
    )
    cases, _ = kept(raw, file)
    for field, value in _values(cases, file):
        if field in source.own_codes:
            listed = file.codes(field)
            told = found.setdefault(field, {})
            told |= {code: None for code in value.unique(maintain_order=True) if code}
            for code in listed:
                told.pop(code, None)


def _values(raw: pl.DataFrame, file: File) -> Iterable[tuple[str, pl.Series]]:
    places = [*file.export.columns.items()]
    places += [item for group in file.export.findings for item in group.items()]
    for field, place in places:
        if field in file.source.own_codes:
            value = raw.select(text_of(place, file).alias("code"))["code"].drop_nulls()
            value = value.filter(~value.is_in([*SPOILT]))
            if place.separator is not None:
                value = value.str.split(place.separator).explode().str.strip_chars()
            yield field, value
    yield from raw_changes(raw, file)


def proposed(field: str, codes: Iterable[str], taken: Mapping[str, str]) -> dict[str, str]:
    """A code of ours for each: its own words, or "?" where only a person can say."""
    ours = {code: _ours(field, code) for code in codes}
    if field in FIXED:
        return ours
    used = set(taken.values())
    for code, name in ours.items():
        number = 1
        while ours[code] in used:
            number += 1
            ours[code] = f"{name}_{number}"
        used.add(ours[code])
    return ours


def _ours(field: str, code: str) -> str:
    if field not in FIXED:
        return name_for(code, other=field)
    meant = code_means(field, code)
    return meant.meaning if meant is not None and meant.sure == "sure" else OPEN


def listing(
    source: Source,
    found: Found,
    *,
    before: str | None,
    dates: Sequence[OwnDates] = (),
    layouts: Sequence[OwnLayout] = (),
) -> str:
    """The workspace's description with these added; `before` is what it says now."""
    text = before if before is not None else _HEAD.format(name=source.name)
    for own in dates:
        text = _under(text, f"[exports.{own.export}]", _as_toml(own))
    for shown in layouts:
        text = _under(text, f"[exports.{shown.export}]", list(shown.lines))
    for field, codes in found.items():
        ours = proposed(field, codes, source.codes.get(field, {}))
        text = _under(text, f"[codes.{field}]", [
            f"{quoted(code)} = {quoted(name)}" for code, name in ours.items()
        ])  # fmt: skip
        if field not in FIXED:
            labels = [f"{name} = {quoted(code)}" for code, name in ours.items()]
            text = _under(text, f"[labels.{field}]", labels)
    return text


def newly(dates: Iterable[OwnDates], before: str | None) -> list[OwnDates]:
    """Those of exports of which the workspace's description says nothing of dates yet."""
    told = tomllib.loads(before or "").get("exports", {})
    return [own for own in dates if "dates" not in told.get(own.export, {})]


def _as_toml(own: OwnDates) -> list[str]:
    forms = ", ".join(quoted(form) for form in own.forms)
    lines = [f"# How its dates are written: {why}" for why in own.why]
    lines.append(f"dates = [{forms}]" if len(own.forms) > 1 else f"dates = {forms}")
    return [*lines, f"locale = {quoted(own.locale)}"] if own.locale is not None else lines


_HEAD = """\
# The codes that are this organisation's own, as its exports write them; what stands on the
# right is ours. Two codes with the same word count as one; a code that is not listed is
# rejected. Dates that name no zone show the clock of time_zone; say here which if it is not
# the source's: time_zone = "Europe/Berlin"
extends = "{name}"
"""


def _under(text: str, header: str, lines: list[str]) -> str:
    """The text with these lines in the table of that name, which is added if it is missing."""
    told = text.splitlines()
    if header not in told:
        return "\n".join([*told, "", header, *lines]) + "\n"
    place = told.index(header) + 1
    return "\n".join([*told[:place], *lines, *told[place:]]) + "\n"
