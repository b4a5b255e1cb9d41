"""Delimited text (.csv, .tsv, .txt): records with strict quotes and their physical line."""

import csv
import re
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO

import polars as pl

from etl.errors import ExportError
from etl.readers.decoding import CONTROL, Survey, changed, opened, refuse_control, survey
from etl.readers.headers import Record, header_place, joined_header, no_row_fits, wanted
from etl.readers.layout import UNTOLD, Layout
from etl.readers.quoting import Quoting
from etl.readers.records import LONGEST, Records, says_nothing, unreadable
from etl.readers.rows import (
    Aside,
    Damage,
    TextTable,
    aside_frame,
    column_names,
    damaged_frame,
    gather,
)

DELIMITERS = (",", ";", "\t", "|")
_AGAIN = "export it again"
# A line that Excel writes above the header for itself.
_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_LOOSE = "a quotation mark stands in a value that is not in quotation marks"
_UNQUOTED = (
    "export it again, with such values in quotation marks, or declare in the source's "
    'description quotes = "none" if it puts none in quotation marks, "after blanks" if blanks '
    "stand before them"
)
# The score of a delimiter by which the header cannot be read.
_TORN = (False, -1)
_UNKNOWN = 2  # columns of a table whose header is still looked for
_NO_TEXT = "the record holds a character that no text has"


def read_delimited(
    stream: BinaryIO, *, file: str, layout: Layout = UNTOLD, **told: Any
) -> TextTable:
    """Read all of `stream`, the bytes of the export called `file`.

    `told` are fields of a Layout by name, in place of those in `layout`. The header is where
    it is declared, else on the first line that is not blank, below a title of single cells if
    all that follows agrees. A line of nothing but blanks is not a record, nor is one that
    only draws a rule. Lines end at CR, LF
    or CRLF, quoted values may hold any of them. A quotation mark or character out of its place
    makes a damaged block as long as it can be told where the damage ends; a file that ends
    inside a quoted value is refused. Raises ExportError for what cannot be read without
    guessing.
    """
    csv.field_size_limit(LONGEST)
    asked = replace(layout, **told)
    found = survey(stream, file=file, encoding=asked.encoding)
    head, quoting, above = _head(stream, found, asked, file)
    if found.has_control:
        _refuse_binary(stream, found, head.last_line, file)
    header = column_names(head.cells, file=file, line=head.line, layout=asked)
    with opened(stream, found) as text:
        below = islice(text, head.last_line, None)
        records = Records(below, quoting, file, width=len(header), above=head.last_line)
        rows, ragged = gather(records.to_the_end(asked.footer_starts_with), width=len(header))
    if records.lines != found.lines:
        raise changed(file)
    _refuse_misfit(rows, ragged, head, found, file, footer=records.footer)
    others = [ragged.get_column("line"), records.starts]
    sound, damaged = _sound(rows, others, stream, found, quoting)
    if found.has_control and sound.is_empty() and not rows.is_empty():
        _refuse_binary(stream, found, rows.item(0, "line"), file)
    return TextTable(
        header,
        sound,
        ragged,
        found.encoding,
        quoting.delimiter,
        found.size,
        found.sha256,
        damaged=damaged_frame([*records.damaged, *damaged]),
        aside=aside_frame([*above, ("header", head.line, head.last_line), *records.aside]),
    )


_Head = tuple[Record, Quoting, list[tuple[Aside, int, int]]]


def _head(stream: BinaryIO, found: Survey, layout: Layout, file: str) -> _Head:
    """The header's record, the quoting by which it is one, and the blocks above it."""
    with opened(stream, found) as text:
        told = _SEPARATOR.fullmatch(text.readline(80))
    start = 1 if told else 0
    delimiter = layout.delimiter
    if delimiter == "detect":
        delimiter = told[1] if told else _detected(stream, found, layout, file)
    quoting = Quoting(layout, delimiter)
    sample, problem = _sample(stream, found, quoting, layout, file, start)
    if not sample:
        raise problem or ExportError.at(file, "the file holds blank lines only", remedy=_AGAIN)
    place = header_place(sample, layout, file=file)
    head = joined_header(sample, place, layout, file=file)
    titles = [(record.line, record.last_line) for record in sample[:place]]
    if told:
        titles.insert(0, (1, 1))
    return head, quoting, _above(titles, head.line)


def _above(titles: list[tuple[int, int]], header: int) -> list[tuple[Aside, int, int]]:
    blocks: list[tuple[Aside, int, int]] = []
    line = 1
    for first, last in [*titles, (header, header)]:
        if line < first:
            blocks.append(("blank", line, first - 1))
        if first < header:
            blocks.append(("title", first, last))
        line = last + 1
    return blocks


def _sample(
    stream: BinaryIO,
    found: Survey,
    quoting: Quoting,
    layout: Layout,
    file: str,
    start: int,
) -> tuple[list[Record], ExportError | None]:
    """The first records that are not blank, and what kept us from seeing more of them."""
    sample: list[Record] = []
    line = start + 1
    with opened(stream, found) as text:
        reader = quoting.reader(islice(text, start, None))
        try:
            for cells in reader:
                last = start + reader.line_num
                if not says_nothing(cells, width=_UNKNOWN):
                    sample.append(Record(line, last, cells))
                if len(sample) == wanted(layout):
                    break
                line = last + 1
        except csv.Error as error:
            return sample, unreadable(file, line, start + reader.line_num, str(error))
    return sample, None


def _detected(stream: BinaryIO, found: Survey, layout: Layout, file: str) -> str:
    """The delimiter that splits the header into the most fields."""
    scores = {
        delimiter: _header_score(stream, found, layout, delimiter) for delimiter in DELIMITERS
    }
    best_score = max(scores.values())
    best = [delimiter for delimiter in DELIMITERS if scores[delimiter] == best_score]
    _, fields = best_score
    torn = [delimiter for delimiter in DELIMITERS if scores[delimiter] == _TORN]
    if torn and fields == 1:
        # What no delimiter splits is split by the one at which a quotation mark is wrong.
        return torn[0]
    if len(best) > 1 and fields > 1:
        raise ExportError.at(
            file,
            f"its header splits into {fields} columns by "
            + " and also by ".join(map(repr, best)),
            remedy="declare the delimiter in the source's description",
        )
    return best[0]


def _header_score(
    stream: BinaryIO, found: Survey, layout: Layout, delimiter: str
) -> tuple[bool, int]:
    sample, problem = _sample(stream, found, Quoting(layout, delimiter), layout, "", 0)
    if not sample:
        return _TORN if problem else (False, 0)
    try:
        header = sample[header_place(sample, layout, file="")].cells
    except ExportError:
        return False, 0
    # An odd quotation mark in a name suggests that the delimiter cut through a quoted one.
    return not any(name.count('"') % 2 for name in header), len(header)


def _refuse_binary(stream: BinaryIO, found: Survey, last: int, file: str) -> None:
    """Refuse a file that holds what no text has as early as line `last`."""
    with opened(stream, found) as text:
        refuse_control("".join(islice(text, last)), file=file, line=1)


def _refuse_misfit(
    rows: pl.DataFrame,
    ragged: pl.DataFrame,
    head: Record,
    found: Survey,
    file: str,
    *,
    footer: int | None,
) -> None:
    """Refuse a file that was cut off, and one of which no record fits the header."""
    if ragged.is_empty():
        return
    width = len(head.cells)
    line, fields = ragged.row(-1)
    is_last = rows.is_empty() or rows.item(-1, "line") < line
    if found.ends_open and footer is None and is_last and fields < width:
        raise ExportError.at(
            file,
            f"the last record has {fields} of {width} fields and no line end; "
            "the file looks cut off",
            remedy=_AGAIN,
            line=line,
        )
    alike = ragged.get_column("fields").n_unique() == 1
    if rows.is_empty() and ragged.height > 2 and alike and fields > width:
        raise no_row_fits(file=file, line=head.line, header=width, fields=fields)


def _sound(
    rows: pl.DataFrame,
    others: list[pl.Series],
    stream: BinaryIO,
    found: Survey,
    quoting: Quoting,
) -> tuple[pl.DataFrame, list[Damage]]:
    """Rows of which each character is in its place, and the rest as damaged blocks.

    `others` are the lines on which anything else than a row begins.
    """
    values = pl.col(rows.columns[1:])
    damaged: list[Damage] = []
    if found.has_control:
        blocks = _blocks(rows, others, found.lines, values.str.contains(CONTROL))
        damaged += [Damage(line, last, _NO_TEXT, _AGAIN) for line, last in blocks]
    if quoting.quotes != "none":
        blocks = _blocks(rows, others, found.lines, values.str.contains('"', literal=True))
        loose = _loose(blocks, stream, found, quoting)
        damaged += [Damage(line, last, _LOOSE, _UNQUOTED) for line, last in loose]
    if not damaged:
        return rows, []
    lines = {block.line: block for block in damaged}
    return rows.filter(~pl.col("line").is_in(list(lines))), list(lines.values())


def _blocks(
    rows: pl.DataFrame, others: list[pl.Series], lines: int, is_odd: pl.Expr
) -> list[tuple[int, int]]:
    """First and last line of each row with an odd value; a row ends where the next begins."""
    odd = rows.filter(pl.any_horizontal(is_odd)).get_column("line")
    if odd.is_empty():
        return []
    end = pl.Series([lines + 1], dtype=pl.Int64)
    starts = pl.concat([rows.get_column("line"), *others, end]).sort()
    following = starts.gather(starts.search_sorted(odd, side="right"))
    return list(zip(odd, following - 1, strict=True))


def _loose(
    blocks: list[tuple[int, int]], stream: BinaryIO, found: Survey, quoting: Quoting
) -> list[tuple[int, int]]:
    """Those of `blocks` in which a quotation mark neither opens nor closes a value.

    Where no value of the whole file is quoted, a quotation mark is text like any other.
    """
    loose: list[tuple[int, int]] = []
    if not blocks:
        return loose
    with opened(stream, found) as text:
        gone = 0
        for line, last in blocks:
            record = "".join(islice(text, line - 1 - gone, last - gone))
            gone = last
            if not quoting.is_strict(record):
                loose.append((line, last))
    if not loose:
        return loose
    with opened(stream, found) as text:
        return loose if any(map(quoting.begins_quoted, text)) else []
