"""Delimited text (.csv, .tsv, .txt): records with strict quotes and their physical line."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, TextIO

import polars as pl

from etl.errors import ExportError
from etl.readers.decoding import Survey, opened, survey
from etl.readers.layout import UNTOLD, Layout
from etl.readers.rows import TextTable, column_names, gather

DELIMITERS = (",", ";", "\t", "|")
LONGEST = 5_000_000


def read_delimited(
    stream: BinaryIO, *, file: str, layout: Layout = UNTOLD, **told: Any
) -> TextTable:
    """Read all of `stream`, the bytes of the export called `file`.

    `told` are fields of a Layout by name, in place of those in `layout`.

    The first line that is not blank is the header; a line of nothing but blanks is not a
    record. Lines end at CR, LF or CRLF, quoted values may hold any of them. Raises
    ExportError for what cannot be read without guessing.
    """
    csv.field_size_limit(LONGEST)
    asked = replace(layout, **told)
    found = survey(stream, file=file, encoding=asked.encoding)
    detect = asked.delimiter == "detect"
    separator = _detected(stream, found, file) if detect else asked.delimiter
    with opened(stream, found.codec) as text:
        records = _records(text, separator, file)
        line, cells = _header(records)
        if not cells:
            raise ExportError.at(
                file, "the file holds blank lines only", remedy="export it again"
            )
        header = column_names(cells, file=file, line=line, layout=asked)
        rows, ragged = gather(_not_blank(records, width=len(header)), width=len(header))
    if found.ends_open:
        _refuse_cut_off(rows, ragged, width=len(header), file=file)
    return TextTable(header, rows, ragged, found.encoding, separator, found.size, found.sha256)


def _records(text: TextIO, delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the physical line on which it begins, from 1."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            if record:
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(file, line, reader.line_num, str(error)) from None


def _header(records: Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    return next(_not_blank(records, width=0), (0, []))


def _not_blank(
    records: Iterator[tuple[int, list[str]]], *, width: int
) -> Iterator[tuple[int, list[str]]]:
    # With one column alone, a blank field is a record without a value.
    return (
        (line, record)
        for line, record in records
        if len(record) > 1 or width == 1 or record[0].strip()
    )


def _unreadable(file: str, line: int, last: int, reason: str) -> ExportError:
    if "unexpected end" in reason:
        return ExportError.at(
            file,
            "the record that begins here has a quoted value that is still open where the "
            f"file ends (line {last}); the file looks cut off",
            remedy="export it again",
            line=line,
        )
    if "field limit" in reason:
        return ExportError.at(
            file,
            f"the record that begins here has a value of more than {LONGEST:,} characters",
            remedy="look for a quotation mark that is never closed, or export it again",
            line=line,
        )
    return ExportError.at(
        file,
        f"text follows a closing quotation mark (line {last})",
        remedy="quotation marks inside a value must be doubled; export it again",
        line=line,
    )


def _refuse_cut_off(rows: pl.DataFrame, ragged: pl.DataFrame, *, width: int, file: str) -> None:
    """Refuse a last record that has neither a line end nor all of its fields."""
    if ragged.is_empty():
        return
    line, fields = ragged.row(-1)
    if fields < width and (rows.is_empty() or rows.item(-1, "line") < line):
        raise ExportError.at(
            file,
            f"the last record has {fields} of {width} fields and no line end; "
            "the file looks cut off",
            remedy="export it again",
            line=line,
        )


def _detected(stream: BinaryIO, found: Survey, file: str) -> str:
    """The delimiter that splits the header into the most fields."""
    scores = {delimiter: _header_score(stream, found, delimiter) for delimiter in DELIMITERS}
    best_score = max(scores.values())
    best = [delimiter for delimiter in DELIMITERS if scores[delimiter] == best_score]
    _, fields = best_score
    if len(best) > 1 and fields > 1:
        raise ExportError.at(
            file,
            f"its header splits into {fields} columns by "
            + " and also by ".join(map(repr, best)),
            remedy="declare the delimiter in the source's description",
        )
    return best[0]


def _header_score(stream: BinaryIO, found: Survey, delimiter: str) -> tuple[bool, int]:
    with opened(stream, found.codec) as text:
        try:
            _, header = _header(_records(text, delimiter, ""))
        except ExportError:
            return False, 0
    # An odd quotation mark in a name suggests that the delimiter cut through a quoted one.
    return not any(name.count('"') % 2 for name in header), len(header)
