"""JSON and NDJSON: every record at a declared place becomes a row of text.

`records` is a place such as `issues[].changelog.histories[].items[]`: names of objects, with
`[]` behind each that holds a list. `[]` alone is a list at the top, `$` one object at the top.
A file of one value per line (NDJSON) is a list of its lines, `[]`; a place that does not
begin with `[]` is looked for in each of them. The columns of a row are

- the record's own scalars by their dotted names: `field`, `author.accountId`;
- those of every enclosing object, by the name of the list it stands in: `issues[].key`,
  `issues[].fields.status.name`, `histories[].created`; those of the object at the top are
  `$.total`, those of the members of a list at the top `[].key`;
- a list of scalars as one text, joined by `; `, blank or ambiguous members in quotes;
- a list of objects in the record likewise, scalar by scalar: `components[].name`; in an
  enclosing object it is left out, for it has a place of its own;
- a list of pairs of `id` and `value` as a column per id: `custom_fields[360001]`.

A null is the empty text, and so is a name that is missing; true and false are those words; a
number keeps the digits with which it is written. `line` is the physical line on which the
record begins, or its number, from 1, where the file is all one line.
"""

import re
from collections.abc import Iterator
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
    Walk,
    told_place,
    written,
)
from etl.readers.layout import UNTOLD, Layout
from etl.readers.leaves import CONTROL, LeafError, LeafTable, add_leaves, put
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
_LINE_END = re.compile("\r\n|\r|\n")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# Escapes that may stand for what no text has; most files have none, and need no second look.
_SUSPICIOUS = re.compile(r"\\u(?:00[01]|[dD][89a-fA-F])")


def read_json(stream: BinaryIO, *, file: str, layout: Layout = UNTOLD) -> TextTable:
    """Read the records of `stream`, the bytes of the JSON export called `file`.

    Raises ExportError for text that is not JSON or is cut off, for a name that an enclosing
    object has twice, and where no record is at the place that is declared or found. A record
    that cannot be laid out, and a line of NDJSON that is no JSON, is a damaged block.
    """
    found, text = _text(stream, file, layout)
    by_line = file.lower().rstrip(")").endswith((".ndjson", ".jsonl"))
    by_line = file.lower().rstrip(")").endswith((".ndjson", ".jsonl"))
    if layout.records is not None:
        place = told_place(layout.records, file)
    else:
        place = (EACH,) if by_line else _found_place(text, file)
    lines = _Lines(text, file)
    rows = _Rows(text, file)
    for record in lines.records(place) if by_line else Walk(text, file).records(place):
        rows.take(record)
    damaged = [*rows.damaged, *lines.damaged]
    if not rows.count:
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
        aside=aside_frame(lines.blank),
        place=written(place),
    )


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

    def records(self, place: tuple[str, ...]) -> Iterator[Found]:
        """Each record at `place` of each line."""
        for number, (line, ended) in enumerate(self._lines(), start=1):
            if not line.strip():
                self.blank.append(("blank", number, number))
                continue
            try:
                found = list(Walk(line, self._file, first_line=number).records(place))
            except ExportError as error:
                if not ended and CUT_OFF in str(error):
                    raise
                self.damaged.append(Damage(number, number, _NO_LINE, _AGAIN))
                continue
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
