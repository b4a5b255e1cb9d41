"""JSON and NDJSON: every record at a declared place becomes a row of text.

`records` is a place such as `issues[].changelog.histories[].items[]`: names of objects, with
`[]` behind each that holds a list. `[]` alone is a list at the top, `$` one object at the top.
A file of one value per line (NDJSON) is a list of its lines, `[]`; a place that does not
begin with `[]` is looked for in each of them. Where a file is a list of what should be in one
object (`[{"key": ...}]` for `issues[]`), a lone one of them, or a list of such objects, its
records are taken from there, and their columns are called as if they stood in it. The columns
of a row are

- the record's own scalars by their dotted names: `field`, `author.accountId`;
- those of every enclosing object, by the name of the list it stands in: `issues[].key`,
  `issues[].fields.status.name`, `histories[].created`; those of the object at the top are
  `$.total`, those of the members of a list at the top `[].key`;
- a list of scalars as one text, joined by `; `, blank or ambiguous members in quotes;
- a list of objects in the record likewise, scalar by scalar: `components[].name`; in an
  enclosing object it is left out, for it has a place of its own;
- a list of pairs of `id` and `value` as a column per id: `custom_fields[360001]`; one that is
  called fields, of `name` and `value`, as a column per name: `custom_fields[Outcome]`.

A null is the empty text, and so is a name that is missing; true and false are those words; a
number keeps the digits with which it is written. `line` is the physical line on which the
record begins, or its number, from 1, where the file is all one line.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import polars as pl

from etl.errors import ExportError, shown
from etl.readers.decoding import Survey, opened, survey
from etl.readers.json_places import (
    CUT_OFF,
    EACH,
    TOP,
    Enclosing,
    Found,
    Outermost,
    Walk,
    told_place,
    written,
)
from etl.readers.layout import UNTOLD, Layout
from etl.readers.leaves import CONTROL, LeafError, LeafTable, add_leaves, put
from etl.readers.pages import MOST, page_of
from etl.readers.rows import (
    Aside,
    Damage,
    TextTable,
    aside_frame,
    damaged_frame,
    ragged_frame,
)

_AGAIN = "export it again"
_NO_LINE = "the line is not a JSON value with records at the declared place"
_FURTHEST = 3
_LIST = re.compile(r"[ \t\r\n]*\[")
_LINE_END = re.compile("\r\n|\r|\n")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# Escapes that may stand for what no text has; most files have none, and need no second look.
_SUSPICIOUS = re.compile(r"\\u(?:00[01]|[dD][89a-fA-F])")


def read_json(stream: BinaryIO, *, file: str, layout: Layout = UNTOLD) -> TextTable:
    """Read the records of `stream`, the bytes of the JSON export called `file`.

    Raises ExportError for text that is not JSON or is cut off, for a name that an enclosing
    object has twice, and where neither a record nor an empty list is at the place that is
    declared or found; of an empty list the table has no row and no header. A record that cannot
    be laid out, and a line of NDJSON that is no JSON, is a damaged block.
    """
    found, text = _text(stream, file, layout)
    taken = _taken(text, file, layout)
    rows, damaged, place = taken.rows, taken.damaged, taken.place
    if not rows.count and not taken.is_empty:
        raise _nothing(damaged, file, place)
    header, frame = rows.finish(layout)
    return TextTable(
        header,
        frame,
        ragged_frame(()),
        found.encoding,
        "",
        found.size,
        found.sha256,
        kind="records",
        damaged=damaged_frame(damaged),
        aside=aside_frame(taken.blank),
        place=written(place),
        page=page_of([(top.around.cells, top.members) for top in taken.outer], place),
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a text holds at a place: rows, lines that cannot be read, and blank ones."""

    rows: "_Rows"
    damaged: list[Damage]
    blank: list[tuple[Aside, int, int]]
    place: tuple[str, ...]
    # Whether the text has the first name of the place, with records there or without.
    met: bool
    # Whether a list along the place is there and has no member.
    emptied: bool
    outer: list[Outermost]

    @property
    def is_empty(self) -> bool:
        """Whether it says that there is no record, and nothing else."""
        return self.emptied and not self.rows.count and not self.damaged


def _taken(text: str, file: str, layout: Layout) -> _Taken:
    """The rows at the declared or found place, or at the first declared one that has any.

    Raises ExportError of the first place where none has any and one cannot be read.
    """
    by_line = file.lower().rstrip(")").endswith((".ndjson", ".jsonl"))
    if layout.records is None:
        place = (EACH,) if by_line else _found_place(text, file)
        return _taken_at(text, file, place, EACH, by_line=by_line)
    told = (layout.records,) if isinstance(layout.records, str) else layout.records
    places = [told_place(records, file) for records in told]
    taken, error = _first_of(text, file, [(place, EACH) for place in places], by_line=by_line)
    if taken is not None and taken.rows.count:
        return taken
    # An object whose list is empty, or none, is no record by itself.
    is_list = not by_line and _LIST.match(text) is not None
    if is_list or (error is None and not (taken is not None and taken.met)):
        bare, _ = _first_of(text, file, _bare(places), by_line=by_line)
        if bare is not None and (bare.rows.count or (bare.met and bare.is_empty)):
            return bare
    if taken is None and error is not None:
        raise error
    return taken or _taken_at(text, file, places[0], EACH, by_line=by_line)


def _first_of(
    text: str, file: str, tries: Iterable[tuple[tuple[str, ...], str]], *, by_line: bool
) -> tuple[_Taken | None, ExportError | None]:
    """What the text holds at the first place with any rows, else without; the first error."""
    failed: ExportError | None = None
    empty: _Taken | None = None
    for place, name in tries:
        try:
            taken = _taken_at(text, file, place, name, by_line=by_line)
        except ExportError as error:
            failed = failed or error
            continue
        if taken.rows.count:
            return taken, failed
        if empty is None or (taken.met and not empty.is_empty):
            empty = taken
    return empty, failed


def _bare(places: Iterable[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The same places in a list of such objects, and without the object at the top."""
    for place in places:
        if place[:1] != (EACH,) and place[1:2] == (EACH,):
            yield (EACH, *place), EACH
            yield place[1:], place[0]


def _taken_at(
    text: str, file: str, place: tuple[str, ...], name: str, *, by_line: bool
) -> _Taken:
    lines = _Lines(text, file)
    rows = _Rows(text, file)
    walk = Walk(text, file)
    for record in lines.records(place, name) if by_line else walk.records(place, name):
        rows.take(record)
    damaged = [*rows.damaged, *lines.damaged]
    met, emptied = walk.met or lines.met, walk.emptied or lines.emptied
    outer = [*walk.outer, *lines.outer]
    return _Taken(rows, damaged, lines.blank, place, met, emptied, outer)


def _text(stream: BinaryIO, file: str, layout: Layout) -> tuple[Survey, str]:
    stream.seek(0)
    encoding = layout.encoding
    if encoding == "detect":
        # JSON is UTF-8 by its standard; a mark alone says otherwise.
        encoding = "utf-16" if stream.read(2) in _UTF_16 else "utf-8"
    found = survey(stream, file=file, encoding=encoding)
    with opened(stream, found) as text:
        return found, text.read()


def _found_place(text: str, file: str) -> tuple[str, ...]:
    """The one place where records can be, or an error that names those there are."""
    walk = Walk(text, file)
    value = walk.top()
    if value is None or walk.has_more:
        return (EACH,)
    places = list(_lists_of_objects(value, ()))
    if len(places) > 1:
        raise ExportError.at(
            file,
            "its records could be at " + " or ".join(map(written, places[:5])),
            remedy='declare records = "..." in the source\'s description',
        )
    return places[0] if places else ()


def _lists_of_objects(value: Any, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Places of all lists of objects that stand in no list, three names deep at most."""
    if not isinstance(value, dict) or len(place) == _FURTHEST:
        return
    for name, inner in value.items():
        if isinstance(inner, list) and any(isinstance(member, dict) for member in inner):
            yield (*place, name, EACH)
        else:
            yield from _lists_of_objects(inner, (*place, name))


class _Lines:
    """NDJSON: the records of each line, of which a broken one costs itself alone."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file
        self.damaged: list[Damage] = []
        self.blank: list[tuple[Aside, int, int]] = []
        self.met = self.emptied = False
        self.outer: list[Outermost] = []

    def records(self, place: tuple[str, ...], name: str) -> Iterator[Found]:
        """Each record at `place` of each line."""
        for number, (line, ended) in enumerate(self._lines(), start=1):
            if not line.strip():
                self.blank.append(("blank", number, number))
                continue
            walk = Walk(line, self._file, first_line=number)
            try:
                found = list(walk.records(place, name))
            except ExportError as error:
                if not ended and CUT_OFF in str(error):
                    raise
                self.damaged.append(Damage(number, number, _NO_LINE, _AGAIN))
                continue
            self.met = self.met or walk.met
            self.emptied = self.emptied or walk.emptied
            if len(self.outer) <= MOST:
                self.outer += walk.outer
            yield from found

    def _lines(self) -> Iterator[tuple[str, bool]]:
        start = 0
        for end in _LINE_END.finditer(self._text):
            yield self._text[start : end.start()], True
            start = end.end()
        if start < len(self._text):
            yield self._text[start:], False


class _Rows:
    """Records laid out in cells, with those of the objects around them."""

    def __init__(self, text: str, file: str) -> None:
        self._is_suspicious = _SUSPICIOUS.search(text) is not None
        self._by_number = _LINE_END.search(text.strip()) is None
        self._table = LeafTable(file)
        self._tops: list[tuple[Enclosing, int]] = []
        self._seen = 0
        self.count = 0
        self.damaged: list[Damage] = []

    def take(self, found: Found) -> None:
        """Take in one record as a row, or as damage."""
        self._seen += 1
        line, last = found.line, found.last_line
        if self._by_number:
            line = last = self._seen
        try:
            cells = self._cells(found)
        except LeafError as error:
            told = f"the record that begins here cannot be read: {error}"
            self.damaged.append(Damage(line, last, told, _AGAIN))
            return
        self._table.add(line, cells)
        self.count += 1
        self._note_top(found.within)

    def finish(self, layout: Layout) -> tuple[tuple[str, ...], pl.DataFrame]:
        """Header and rows, with the cells of the objects at the top of the file."""
        names = dict.fromkeys(name for top, _ in self._tops for name in top.cells)
        if names:
            self._table.constant(
                {
                    name: [
                        top.cells.get(name, "")
                        for top, count in self._tops
                        for _ in range(count)
                    ]
                    for name in names
                }
            )
        return self._table.finish(layout)

    def _cells(self, found: Found) -> dict[str, str]:
        if found.problem is not None:
            raise LeafError(found.problem)
        if not isinstance(found.value, dict):
            raise LeafError("it is not an object")
        cells: dict[str, str] = {}
        add_leaves(cells, "", found.value, lists=True)
        for around in found.within:
            # The object at the top may go on behind its records: its cells come last.
            if around.name == TOP:
                continue
            for name, text in around.cells.items():
                put(cells, name, text)
        if self._is_suspicious and any(map(CONTROL.search, cells.values())):
            raise LeafError("a value holds a character that no text has")
        return cells

    def _note_top(self, within: tuple[Enclosing, ...]) -> None:
        if not within or within[0].name != TOP:
            return
        if self._tops and self._tops[-1][0] is within[0]:
            self._tops[-1] = (within[0], self._tops[-1][1] + 1)
        else:
            self._tops.append((within[0], 1))


def _nothing(damaged: list[Damage], file: str, place: tuple[str, ...]) -> ExportError:
    if damaged:
        first = min(damaged, key=lambda block: block.line)
        return ExportError.at(file, first.reason, remedy=first.remedy, line=first.line)
    return ExportError.at(
        file,
        f"it holds no record at {shown(written(place))}",
        remedy='correct records = "..." in the source\'s description, or export it again',
    )
