"""Delimited text at the speed of a compiled reader, where its bytes prove it unambiguous.

Nothing is trusted that has not been counted apart from the reader: a block is read natively
where every quotation mark opens or closes a value in the strict sense, every record has as
many fields as the header, and the rows that come out are as many as the line ends outside
quotation marks. A file of which any block fails is left to the strict reader as a whole.
"""

import codecs
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from etl.errors import ExportError
from etl.readers.decoding import Survey, survey
from etl.readers.delimited import read_delimited
from etl.readers.records import LONGEST

_BATCH = 250_000
BLOCK = 32 << 20
_LARGEST_BLOCK = 512 << 20
_PIECE = 2 << 20
_SAMPLE, _SAMPLE_LINES = 1 << 16, 8
_LF, _CR, _QUOTE = 10, 13, 34

Sink = Callable[[pa.Table], object]
Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
Places = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class NativeText:
    """What a native reading has to say beside its rows, as a TextTable says it."""

    header: tuple[str, ...]
    ragged: tuple[tuple[int, int], ...]
    encoding: str
    delimiter: str
    size: int
    sha256: str


class _DoubtfulError(Exception):
    """This block is for the strict reader to judge."""


def schema(width: int) -> pa.Schema:
    """Columns of the tables that go to the sink: `line` and `c0` to `c{width - 1}`."""
    return pa.schema([("line", pa.int64()), *((f"c{n}", pa.string()) for n in range(width))])


def read_native(
    stream: BinaryIO,
    *,
    file: str,
    sink: Callable[[int], Sink],
    delimiter: str = "detect",
    encoding: str = "detect",
    block: int = BLOCK,
) -> NativeText | None:
    """Send all rows of `stream` to a sink made for their width; None where there is doubt.

    After None, what the sink has received counts for nothing: read the file with
    `read_delimited`, which says what is wrong with it. Raises ExportError where the bytes are
    not text at all.
    """
    found = survey(stream, file=file, encoding=encoding)
    if found.has_control or found.errors != "strict":
        return None
    blocks = _blocks(stream, found, block)
    try:
        first, ended = next(blocks)
        header, separator = _head(first, file, delimiter)
        send = sink(len(header))
        ragged: list[tuple[int, int]] = []
        line = 2
        for text, is_last in chain([(_below_header(first), ended)], blocks):
            table, odd, lines = _table(text, separator, len(header), line, is_last=is_last)
            send(table)
            ragged += odd
            line += lines
    except _DoubtfulError:
        return None
    if any(fields == 1 for _, fields in ragged):
        return None  # It may be a rule that is drawn, and no record.
    return NativeText(
        header, tuple(ragged), found.encoding, separator, found.size, found.sha256
    )


@contextmanager
def into_file(path: Path) -> Iterator[Callable[[int], Sink]]:
    """A sink that keeps its tables as record batches in an Arrow file."""
    with ExitStack() as files:

        def opened(width: int) -> Sink:
            file = files.enter_context(pa.OSFile(str(path), "wb"))
            writer = files.enter_context(pa.ipc.new_file(file, schema(width)))
            return partial(writer.write_table, max_chunksize=_BATCH)

        yield opened


def _head(first: bytes, file: str, delimiter: str) -> tuple[tuple[str, ...], str]:
    """Header and delimiter as the strict reader finds them in the first lines."""
    lines = first[:_SAMPLE].splitlines(keepends=True)[:_SAMPLE_LINES]
    text = b"".join(lines)
    text = text[: _last_record_end(text)]
    try:
        sample = read_delimited(
            io.BytesIO(text), file=file, delimiter=delimiter, encoding="utf-8"
        )
    except ExportError:
        raise _DoubtfulError from None
    # Anything above the header, or odd about the first rows, is not for us.
    if sample.rows.is_empty() or sample.rows.item(0, "line") != 2 or sample.ragged.height:
        raise _DoubtfulError
    if len(sample.header) < 2 or len(sample.delimiter.encode()) != 1:
        raise _DoubtfulError
    return sample.header, sample.delimiter


def _blocks(stream: BinaryIO, found: Survey, size: int) -> Iterator[tuple[bytes, bool]]:
    """UTF-8 text in blocks that end where a record ends; is this one the last?"""
    decode = codecs.getincrementaldecoder(found.codec)("strict").decode
    is_utf_8 = found.codec == "utf-8-sig"
    stream.seek(0)
    if not (is_utf_8 and stream.read(3) == codecs.BOM_UTF8):
        stream.seek(0)
    # A block is held back until another follows: how a file ends is judged with its last rows.
    held, left, least = b"", b"", _SAMPLE
    while data := stream.read(size):
        left += data if is_utf_8 else decode(data).encode()
        # The first block shows the header and some rows, whatever the size of a block.
        cut = _last_record_end(left) if len(left) >= least else 0
        if cut:
            if held:
                yield held, False
            held, left, least = left[:cut], left[cut:], 0
        elif len(left) > _LARGEST_BLOCK:
            raise _DoubtfulError
    yield held + left, True


def _below_header(text: bytes) -> bytes:
    head, end, rest = text.partition(b"\n")
    # A line end within a quoted name would be taken for the end of the header.
    if not end or head.count(b'"') % 2:
        raise _DoubtfulError
    return rest


def _last_record_end(text: bytes) -> int:
    """Length of the whole records of `text`, which begins with one."""
    cut = text.rfind(b"\n") + 1
    marks = text.count(b'"', 0, cut)
    while cut and marks % 2:
        # Back to the last mark, every line end has as many before it: no need to count again.
        before = text.rfind(b"\n", 0, text.rfind(b'"', 0, cut)) + 1
        marks -= text.count(b'"', before, cut)
        cut = before
    return cut


def _table(
    text: bytes, delimiter: str, width: int, first_line: int, *, is_last: bool
) -> tuple[pa.Table, list[tuple[int, int]], int]:
    """Rows of a block with their lines, its ragged records, and its number of lines."""
    data = np.frombuffer(text, dtype=np.uint8)
    if not len(data):
        return schema(width).empty_table(), [], 0
    _refuse_odd_bytes(text)
    ends = np.flatnonzero(data == _LF)
    marks = np.flatnonzero(data == _QUOTE) if b'"' in text else ends[:0]
    if len(marks):
        _refuse_loose_quotes(data, marks, ord(delimiter))
    record_ends = ends[np.searchsorted(marks, ends) % 2 == 0] if len(marks) else ends
    starts = np.concatenate(([0], record_ends + 1)).astype(np.int64)
    if starts[-1] == len(data):
        starts = starts[:-1]
    _refuse_blank_lines(data, starts)
    longest = _longest(starts, len(data))
    lines = first_line + (
        np.searchsorted(ends, starts)
        if len(ends) > len(record_ends)
        else np.arange(len(starts))
    )
    read = partial(
        _read, text, delimiter, width, quoted=bool(len(marks)), piece=2 * longest + _PIECE
    )
    table, odd = _parsed(read, strictly=is_last or bool(len(marks)))
    if odd:
        lines, odd = _apart(lines, odd)
    if table.num_rows != len(lines):
        raise _DoubtfulError
    # `pa.array` would import pandas first, to ask whether this is one of its arrays.
    told = pa.Int64Array.from_buffers(pa.int64(), len(lines), [None, pa.py_buffer(lines)])
    placed = table.add_column(0, "line", told)
    return placed.cast(schema(width)), odd, len(ends)


def _refuse_odd_bytes(text: bytes) -> None:
    """Line ends other than LF and CRLF, and NUL, are for the strict reader."""
    if b"\0" in text or (b"\r" in text and text.count(b"\r") != text.count(b"\r\n")):
        raise _DoubtfulError


def _refuse_loose_quotes(data: Bytes, marks: Places, delimiter: int) -> None:
    """Each mark opens a value after a delimiter, closes one before it, or is a doubled one."""
    if len(marks) % 2:
        raise _DoubtfulError
    opening, closing = marks[0::2], marks[1::2]
    # Two marks side by side within a value stand for one: not an end and a new beginning.
    doubled = closing[:-1] + 1 == opening[1:]
    before = data[np.maximum(opening - 1, 0)]
    opens = (opening == 0) | (before == delimiter) | (before == _LF)
    opens[1:] |= doubled
    after = data[np.minimum(closing + 1, len(data) - 1)]
    closes = (closing == len(data) - 1) | (after == delimiter) | (after == _LF)
    closes |= after == _CR
    closes[:-1] |= doubled
    if not (opens.all() and closes.all()):
        raise _DoubtfulError


def _refuse_blank_lines(data: Bytes, starts: Places) -> None:
    """The compiled reader takes a blank line for a row of blanks."""
    first = data[starts]
    if ((first == _LF) | (first == _CR)).any():
        raise _DoubtfulError


def _longest(starts: Places, size: int) -> int:
    longest = int(np.diff(np.append(starts, size)).max())
    if longest > LONGEST:
        raise _DoubtfulError
    return longest


def _parsed(
    read: Callable[..., pa.Table], *, strictly: bool
) -> tuple[pa.Table, list[tuple[int, int]]]:
    """The block's table, and number (from 1) and fields of the records that do not fit it."""
    odd: list[tuple[int, int]] = []

    def skip(row: pc.InvalidRow) -> str:
        odd.append((row.number, row.actual_columns))
        return "skip"

    try:
        return read(), []
    except pa.ArrowInvalid:
        # Footers and a record that was cut off stand at the end: the strict reader knows them.
        if strictly:
            raise _DoubtfulError from None
    try:
        table = read(skip=skip)
    except pa.ArrowInvalid:
        raise _DoubtfulError from None
    if any(fields < 2 for _, fields in odd):
        raise _DoubtfulError
    return table, odd


def _read(
    text: bytes,
    delimiter: str,
    width: int,
    *,
    quoted: bool,
    piece: int,
    skip: Callable[[pc.InvalidRow], str] | None = None,
) -> pa.Table:
    names = [f"c{number}" for number in range(width)]
    return pc.read_csv(
        pa.BufferReader(text),
        read_options=pc.ReadOptions(
            column_names=names,
            use_threads=skip is None,
            block_size=piece,
        ),
        parse_options=pc.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if quoted else False,
            double_quote=quoted,
            newlines_in_values=quoted,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        convert_options=pc.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
        ),
    )


def _apart(lines: Places, odd: list[tuple[int, int]]) -> tuple[Places, list[tuple[int, int]]]:
    """Lines of the rows that fit, and line and fields of those that do not."""
    places = np.array([number - 1 for number, _ in odd])
    told = [(int(lines[place]), fields) for place, (_, fields) in zip(places, odd, strict=True)]
    return np.delete(lines, places), told
