"""The tables that an unknown file holds: sheets of a workbook, lists inside JSON records."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import polars as pl

from etl.drafting.columns import may_be_shown
from etl.drafting.letters import WIDE, eastern, is_wide, misspelt
from etl.drafting.words import EXACT, likest, names_known, never_read
from etl.errors import ExportError
from etl.readers.contents import is_workbook
from etl.readers.layout import UNTOLD, Layout
from etl.readers.rows import TextTable
from etl.reading import read_export

_MOST_PARTS, _MOST_SHEETS = 6, 20
_FURTHEST_HEADER, _DEEPEST_HEADER = 10, 2
_NUMBERED = Layout(repeats="number", unnamed="number")
_CONVINCING = 2  # names that we know: from here on a header is believed to be one
_NARROWEST, _FAR_MORE = 3, 10  # columns of a table of cases; times
_NO_TABLE = re.compile("the sheet is empty|it has no sheet")  # however it is read
# What a text is taken for that is no UTF-8, and what else it may be in.
_PRESUMED, _OTHERS = "cp1252", ("cp1250", "cp1251", "cp1253")
# How a row of totals begins, however many it has.
_TOTAL = (
    r"(?i)^(grand |sub)?(totals?|totale?|total général|sum|somme|summe|gesamt|suma|totaal"
    r"|toplam|итого|всего|σύνολο|合計|celkem|razem|i alt|yhteensä)[ :]*$"
)
_LAST = 5  # rows at the end among which a footer is looked for


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a file, and what must be declared to read it.

    `inside` are the lists inside its records, each with the prefix of its columns; `around` is
    the prefix of the columns that belong to the records around it.
    """

    path: Path
    text: TextTable
    layout: Layout
    around: str = ""

    @property
    def inside(self) -> tuple[str, ...]:
        """Places of lists in these records, as `history[]`."""
        if self.text.kind != "records":
            return ()
        found = (re.match(r"((?:[^\[\]]*?)\[\])\.", name) for name in self.text.header)
        places = dict.fromkeys(told[1] for told in found if told)
        around = self.text.place.split(".")
        return tuple(place for place in places if place not in around)

    def belongs_elsewhere(self, column: str) -> str | None:
        """Why a column is no field of this table: it is told around it or inside it."""
        if column.startswith("$."):
            return "around"
        if self.around and column.startswith(self.around):
            return "around"
        lists = ((f"{place}.", place.removesuffix("[]")) for place in self.inside)
        is_inside = any(column.startswith(within) or column == own for within, own in lists)
        return "inside" if is_inside else None


def parts_of(path: Path) -> tuple[Part, ...]:
    """The tables of the file at `path`, the one that seems to hold its cases first.

    Raises ExportError where none can be read.
    """
    if is_workbook(path.name):
        return _sheets(path)
    try:
        first = _table(path, UNTOLD)
    except ExportError as error:
        if not _is_json(path):
            raise
        return _lists(path, error)
    return tuple(_with_lists(first))


def is_table(path: Path) -> bool:
    """Whether the file at `path` holds a table in which a name says something to us."""
    try:
        parts = parts_of(path)
    except ExportError:
        return False
    return any(not p.text.rows.is_empty() and names_known(p.text.header) > 0 for p in parts)


def holds_no_row(part: Part) -> bool:
    """Whether a table teaches nothing: it has no row, or is the object of an empty page."""
    text = part.text
    is_page = text.place == "$" and names_known(text.header) < _CONVINCING
    return text.rows.is_empty() or is_page


def _is_json(path: Path) -> bool:
    return re.search(r"\.(nd)?jsonl?(\.gz|\.zip)?$", path.name.lower()) is not None


def _sheets(path: Path) -> tuple[Part, ...]:
    found: list[Part] = []
    error: ExportError | None = None
    names: tuple[str, ...] = ()
    for place in range(1, _MOST_SHEETS + 1):
        if names and place > len(names):
            break
        try:
            part = _table(path, Layout(sheet=place))
        except ExportError as problem:
            if f"it has no sheet {place}" in str(problem):
                break  # Where the first are empty, nothing else tells how many there are.
            if error is not None and str(problem) == str(error):
                raise  # It is the whole workbook that cannot be read.
            error = error or problem
            continue
        names = part.text.places
        found.append(replace(part, layout=replace(part.layout, sheet=part.text.place)))
    if not found:
        raise error or ExportError.at(path, "it has no sheet", remedy="export it again")
    if len(names) == 1:
        return (replace(found[0], layout=replace(found[0].layout, sheet=None)),)
    # A sheet of one column, or one whose names say nothing, is a cover or a list of terms.
    tables = [p for p in found if names_known(p.text.header) >= _CONVINCING] or found
    return _largest_first(tables)


def _lists(path: Path, error: ExportError) -> tuple[Part, ...]:
    """Of a JSON file with several lists: each that has names of ours."""
    whole = _Layouted(path, Layout(records="$")).read()
    tables = []
    for place in whole.inside[:_MOST_PARTS] if whole is not None else ():
        told = _Layouted(path, Layout(records=place)).read()
        if told is not None and names_known(told.text.header) >= _CONVINCING:
            tables.append(told)
    if not tables:
        raise error
    first, *others = _largest_first(tables)
    return (*_with_lists(first), *others)[:_MOST_PARTS]


def _largest_first(parts: list[Part]) -> tuple[Part, ...]:
    def worth(part: Part) -> tuple[int, int]:
        return names_known(part.text.header), part.text.rows.height

    return tuple(sorted(parts, key=worth, reverse=True)[:_MOST_PARTS])


def _with_lists(first: Part) -> Iterator[Part]:
    """A table and those of the lists inside its records, and of the lists inside these."""
    yield first
    place = first.text.place
    name = place.removesuffix("[]").rpartition(".")[2]
    lists = [inner for inner in first.inside if not is_of_people(inner)]
    for inner in lists[: _MOST_PARTS - 1]:
        part = _inner(first, f"{place}.{inner}", around=f"{name}[].")
        if part is not None:
            yield part
            deeper = (
                _inner(first, f"{place}.{inner}.{more}", part.around) for more in part.inside
            )
            yield from filter(None, deeper)


def _inner(first: Part, place: str, around: str) -> Part | None:
    part = _Layouted(first.path, Layout(records=place)).read()
    return replace(part, around=around) if part is not None else None


def is_of_people(place: str) -> bool:
    """Whether a list is called after people, such as `assignees[]`: they are no issues."""
    name = place.removesuffix("[]").rpartition(".")[2]
    told = (never_read(word) for word in (name, name.removesuffix("s")))
    return ("person", EXACT) in told and likest(name) < EXACT


@dataclass(frozen=True, slots=True)
class _Layouted:
    path: Path
    layout: Layout

    def read(self) -> Part | None:
        """The part, or None where the file cannot be read so."""
        try:
            text = read_export(self.path, self.layout)
        except ExportError:
            return None
        return Part(self.path, text, self.layout)


def _table(path: Path, layout: Layout) -> Part:
    """One table with its header where it seems to be, without what is below it."""
    try:
        found = _as_it_stands(path, layout)
    except ExportError:
        wide = None if is_workbook(path.name) else _in_wide_letters(path, layout)
        if wide is None:
            raise
        return wide
    if found.text.encoding != _PRESUMED:
        return found
    is_odd = misspelt(found.text)
    for encoding in _OTHERS:
        other = replace(found.layout, encoding=encoding)
        part = _Layouted(path, replace(other, repeats="number", unnamed="number")).read()
        if part is None:
            continue
        # Letters of one language may look like those of another; words that we know do not.
        says_more = names_known(part.text.header) > names_known(found.text.header)
        if says_more or (is_odd and not misspelt(part.text)):
            return _as_it_stands(path, replace(layout, encoding=encoding))
    told = eastern(found.text)
    return found if told is None else _as_it_stands(path, replace(layout, encoding=told))


def _in_wide_letters(path: Path, layout: Layout) -> Part | None:
    """The table in an encoding of several bytes for a letter, if it is one of that language."""
    for encoding in WIDE:
        told = replace(layout, encoding=encoding)
        part = _Layouted(path, replace(told, repeats="number", unnamed="number")).read()
        if part is not None and is_wide(part.text, encoding):
            return _as_it_stands(path, told)
    return None


def _as_it_stands(path: Path, layout: Layout) -> Part:
    try:
        found: Part | None = Part(path, read_export(path, layout), layout)
        error = None
    except ExportError as problem:
        found, error = None, problem
    if found is not None and found.text.kind in ("records", "event log"):
        return found
    if found is None and (_is_json(path) or _NO_TABLE.search(str(error))):
        raise error or AssertionError
    # Without quoting a file that was cut off inside a value would pass for a whole one.
    found = found or _otherwise_quoted(path, layout, "after blanks", "backslash")
    if found is None or names_known(found.text.header) < _CONVINCING:
        found = _with_other_header(path, layout, found)
    if found is None:
        raise error or AssertionError
    return as_it_shows(_with_title(found))


def _with_other_header(path: Path, layout: Layout, found: Part | None) -> Part | None:
    """The reading by whose header the most names are known; the plainest of equals."""
    if found is not None and not _is_title(found) and not _may_be_no_header(found):
        return found
    repeated = _Layouted(path, replace(layout, repeats="number")).read()
    if found is None and _convinces(repeated):
        return repeated
    numbered = replace(layout, repeats="number", unnamed="number")
    tried = [found, _Layouted(path, numbered).read()]
    for told in _headers(layout):
        tried.append(_Layouted(path, told).read())
        if _convinces(tried[-1]):
            break
    parts = [p for p in tried if p is not None and p.text.rows.height]
    return max(parts, key=_conviction, default=found)


def _may_be_no_header(part: Part) -> bool:
    """Whether a table's first line may be another thing: its rows or names do not fit it.

    In a language that we do not know a whole table is believed at once: every other line that
    is tried as its header costs a reading.
    """
    text = part.text
    if len(text.header) < _NARROWEST:
        return False
    odd = any(re.search(r"\d|^\W*$", name) for name in text.header)
    return _is_comment(part) or odd or not text.ragged.is_empty()


def _is_title(part: Part) -> bool:
    """Whether what was read as a header is too narrow for all that stands below it."""
    # A line or two more of a title may be as narrow.
    return part.text.ragged.height > _FAR_MORE * part.text.rows.height


def _headers(layout: Layout) -> Iterator[Layout]:
    for last in range(1, _FURTHEST_HEADER + 1):
        # What a row says alone needs no row above it, which may be a title that changes.
        for rows in range(1, min(last, _DEEPEST_HEADER) + 1):
            yield replace(layout, header_line=last - rows + 1, header_rows=rows)


def _convinces(part: Part | None) -> bool:
    if part is None or _is_comment(part):
        return False
    return names_known(part.text.header) > _CONVINCING


def _is_comment(part: Part) -> bool:
    """Whether what was read as a header begins as comments do, or with one."""
    return part.text.header[0].startswith("# ")


def _conviction(part: Part) -> tuple[int, int]:
    """What speaks for a header; a number in any row of it speaks for a row of the table."""
    told = [row for name in part.text.header for row in name.split(" / ")]
    numbers = sum(re.search(r"[^\W\d_]", row) is None for row in told)
    known = names_known(part.text.header) - numbers - _is_comment(part)
    return known, -part.text.ragged.height


def _with_title(part: Part) -> Part:
    """With the header's line declared where a title stands above it."""
    aside = part.text.aside
    is_above = (aside["kind"] == "title").any()
    if not is_above or part.layout.header_line is not None:
        return part
    line = aside.filter(pl.col("kind") == "header")["line"][0]
    return replace(part, layout=replace(part.layout, header_line=line))


def as_it_shows(part: Part) -> Part:
    """With the way of writing quotation marks and the footer declared that the table shows."""
    return _without_footer(_with_quotes(part))


def _with_quotes(part: Part) -> Part:
    """With the way of writing quotation marks that leaves no damage, if the usual does."""
    if part.text.damaged.is_empty():
        return part
    told = _otherwise_quoted(part.path, part.layout, "after blanks", "backslash", "none")
    return told if told and told.text.ragged.height <= part.text.ragged.height else part


def _otherwise_quoted(
    path: Path, layout: Layout, *ways: Literal["after blanks", "backslash", "none"]
) -> Part | None:
    """The table by the first of these ways of writing quotation marks that leaves no damage."""
    parts = (_Layouted(path, replace(layout, quotes=quotes)).read() for quotes in ways)
    whole = (part for part in parts if part is not None and part.text.damaged.is_empty())
    return next((part for part in whole if not _keeps_quotes(part.text)), None)


def _keeps_quotes(text: TextTable) -> bool:
    """Whether a value or a name still stands between quotation marks: they did quote it."""
    cells = [text.rows[f"c{place}"].rename("") for place in range(len(text.header))]
    written = pl.concat([pl.Series(text.header), *cells]).str.strip_chars()
    return bool(written.str.contains(r'(?s)^".*"$').any())


def _without_footer(part: Part) -> Part:
    """With a footer declared where the last rows have a first cell and hardly another."""
    starts = _footer(part)
    if starts is None:
        return part
    layout = replace(part.layout, footer_starts_with=starts)
    return _Layouted(part.path, layout).read() or part


def _footer(part: Part) -> str | None:
    """How the first cell of the footer begins: its words up to the first number."""
    text = part.text
    width = len(text.header)
    last = text.rows["line"].max() or 0
    below = [line for line in text.ragged["line"] if line > last]
    if below:
        fields = dict(text.ragged.rows())
        if fields[below[0]] >= width:
            return None
        # By the delimiter of the table: a footer alone does not show which it is.
        odd = replace(
            _NUMBERED,
            sheet=part.layout.sheet,
            header_line=below[0],
            delimiter=text.delimiter or "detect",
            encoding=text.encoding or "detect",
        )
        footer = _Layouted(part.path, odd).read()
        return _first_words(footer.text.header[0]) if footer is not None else None
    cells = pl.concat_list(pl.col(f"c{n}").str.strip_chars() != "" for n in range(width))
    ends = text.rows.tail(_LAST).select(
        "c0", cells.list.sum().alias("filled"), usual=pl.lit(_usual(text))
    )
    is_short = (pl.col("filled") <= 2) & (pl.col("usual") > 2)
    is_total = pl.col("c0").str.strip_chars().str.contains(_TOTAL)
    footers = ends.select("c0", is_footer=(is_short & (pl.col("c0") != "")) | is_total)
    short = footers.filter("is_footer")
    if short.is_empty() or (ends.height < text.rows.height and not footers["is_footer"][-1]):
        return None
    return _first_words(short["c0"][0])


def _usual(text: TextTable) -> float:
    cells = pl.sum_horizontal(pl.col(f"c{n}") != "" for n in range(len(text.header)))
    return float(text.rows.select(cells.median().alias("m")).item() or 0)


def _first_words(cell: str) -> str | None:
    told = re.match(r"[^\W\d_]+(?: [^\W\d_]+)?", cell.strip())
    return told[0] if told and may_be_shown(told[0]) else None
