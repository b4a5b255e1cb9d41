"""Excel workbooks (.xlsx, .xls): the cells of one sheet as text, with their row."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, BinaryIO, Literal

import fastexcel
import polars as pl

from etl.errors import ExportError, shown
from etl.readers.contents import OLE, ZIP, foreign
from etl.readers.formulas import uncalculated_cells
from etl.readers.layout import UNTOLD, Layout
from etl.readers.rows import (
    DIGITS_LOST,
    NOT_CALCULATED,
    SPOILT,
    Damage,
    TextTable,
    aside_frame,
    damaged_frame,
)
from etl.readers.sheet_tables import table_of
from etl.readers.unpacking import leads_out

# Bounds against archives that are small on disk and endless in memory.
LARGEST_UNPACKED = 300_000_000
LARGEST_RATIO = 200
MOST_ENTRIES = 1_000

# From here on a number of Excel stands for its neighbours too.
EXACT = 2**53
_LONG = r"^-?\d{16,}$"
_NUMBER = re.compile(r"'(?:Float|Int)\(([^)]*)\)'")
_ERRORS = {
    "Value": "#VALUE!",
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "GettingData": "#GETTING_DATA",
}


def read_workbook(
    stream: BinaryIO, *, file: str, layout: Layout = UNTOLD, **told: Any
) -> TextTable:
    """Read one sheet of the workbook `stream`, called `file`, as text.

    `told` are fields of a Layout by name, in place of those in `layout`. `sheet` is a name, or
    a position counted from 1; without one, exactly one visible sheet must hold anything. The
    header is found or declared as in delimited text, a row without anything is not a record,
    and a cell to the right of the last column with a name makes its row ragged.

    A cell reads as it is stored: a date as `YYYY-MM-DD HH:MM:SS`, to the nearest second, or
    `YYYY-MM-DD` where every date of its column is a midnight; truth as `true` or `false`; a
    number without a fraction it does not have; a formula as its last result; an error as Excel
    shows it (`#VALUE!`), so that it is never taken for a blank; a formula that was never
    calculated and a number with more digits than Excel keeps as SPOILT says. A row is damaged
    if such a formula does not say in which cell it stands.
    """
    stream.seek(0)
    data = stream.read()
    if not data:
        raise ExportError.at(file, "the file is empty", remedy="export it again")
    asked = replace(layout, **told)
    _refuse_other(data, file)
    if data.startswith(ZIP):
        _refuse_bomb(data, file)
    (name, *others), cells, spoilt, first = _cells(data, file, asked.sheet)
    placeless: list[Damage] = []
    for row, column in uncalculated_cells(data, name) if data.startswith(ZIP) else ():
        if column is None:
            placeless.append(Damage(row, row, *SPOILT[NOT_CALCULATED]))
        else:
            spoilt.append((row, column - first, NOT_CALCULATED))
    header, rows, ragged, aside = table_of(cells, file, asked)
    bad = {block.line: block for block in placeless if block.line in rows.get_column("line")}
    return TextTable(
        header,
        _marked(rows, spoilt).filter(~pl.col("line").is_in(list(bad))),
        ragged,
        "",
        "",
        len(data),
        hashlib.sha256(data).hexdigest(),
        kind="workbook",
        damaged=damaged_frame(bad.values()),
        aside=aside_frame(aside),
        place=name,
        places=tuple(others),
    )


def _marked(rows: pl.DataFrame, spoilt: Iterable[tuple[int, int, str]]) -> pl.DataFrame:
    """The rows with a mark in each cell, by line and column, that has lost its value."""
    by_cell: dict[tuple[str, str], list[int]] = {}
    for line, column, mark in spoilt:
        by_cell.setdefault((f"c{column}", mark), []).append(line)
    for (name, mark), lines in by_cell.items():
        # Below no name of a column nothing is read.
        if name in rows.columns:
            told = pl.when(pl.col("line").is_in(lines)).then(pl.lit(mark))
            rows = rows.with_columns(told.otherwise(pl.col(name)).alias(name))
    return rows


def _refuse_other(data: bytes, file: str) -> None:
    """Raise ExportError if `data` cannot be a workbook, saying what it is instead."""
    if data.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise ExportError.at(
            file,
            "this workbook is locked with a password",
            remedy="open it, remove the password, and save it again",
        )
    is_old = file.lower().removesuffix(")").endswith(".xls")
    if data.startswith(ZIP) or (is_old and data.startswith(OLE)):
        return
    ending = ".xls" if is_old else ".xlsx"
    found = foreign(data[:4096]) or "not an Excel workbook"
    raise ExportError.at(
        file,
        f"this is {found}, although it is called {ending}",
        remedy="save it as .xlsx in Excel, or give a text export its own ending (.csv)",
    )


def _refuse_bomb(data: bytes, file: str) -> None:
    """Refuse a broken, locked, foreign or unreasonably packed archive before it is opened."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        raise _broken(file) from None
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise ExportError.at(
            file, "this is an archive but not an .xlsx workbook", remedy="save it as .xlsx"
        )
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MOST_ENTRIES
        or unpacked > min(LARGEST_UNPACKED, LARGEST_RATIO * len(data))
        or any(leads_out(entry.filename) for entry in entries)
    ):
        raise ExportError.at(
            file,
            f"the workbook is packed in a way that is not safe to open ({len(entries)} parts, "
            f"{unpacked:,} bytes unpacked from {len(data):,})",
            remedy="save it again in Excel, or export it as CSV",
        )


def _broken(file: str) -> ExportError:
    return ExportError.at(file, "the workbook is damaged or cut off", remedy="export it again")


def _cells(
    data: bytes, file: str, sheet: str | int | None
) -> tuple[list[str], pl.DataFrame, list[tuple[int, int, str]], int]:
    """Names (the sheet's, then of all), its cells, blank ones "", those cut short, and more.

    The cells are those from row 1 and the first column in use, whose place comes last; one
    that was cut short is told by row, column and mark.
    """
    try:
        reader = fastexcel.read_excel(data)
        loaded = _sheet(reader, sheet, file)
        if not loaded.height or not loaded.width:
            return [loaded.name, *reader.sheet_names], pl.DataFrame(), [], 0
        batch, faults = loaded.to_arrow_with_errors()
        columns = pl.DataFrame(batch).get_columns()
        texts = pl.DataFrame(
            [column.fill_null("").alias(f"c{n}") for n, column in enumerate(columns)]
        )
        lost = _cut_short(reader, loaded.name, texts)
        first = loaded.available_columns()[0].absolute_index
    except fastexcel.FastExcelError:
        raise _broken(file) from None
    except BaseException as error:
        # The library's own crash is no exception of Python's, and has no name to ask for.
        if type(error).__name__ == "PanicException":
            raise _broken(file) from None
        raise
    names = [loaded.name, *reader.sheet_names]
    return names, _with_faults(texts, faults.errors if faults else ()), lost, first


def _sheet(
    reader: fastexcel.ExcelReader, sheet: str | int | None, file: str
) -> fastexcel.ExcelSheet:
    names = reader.sheet_names
    if not names:
        raise _broken(file)
    if sheet is not None:
        return _load(reader, _sheet_name(names, sheet, file))
    sheets = [_load(reader, name) for name in names]
    told = [found for found in sheets if found.visible == "visible" and found.height]
    if len(told) > 1:
        raise ExportError.at(
            file,
            f"it has several sheets, {', '.join(shown(found.name) for found in told)}",
            remedy='say which with sheet = "..." in the source\'s description',
        )
    return told[0] if told else sheets[0]


def _load(
    reader: fastexcel.ExcelReader, name: str, dtype: Literal["string", "duration"] = "string"
) -> fastexcel.ExcelSheet:
    return reader.load_sheet(name, header_row=None, skip_rows=0, dtypes=dtype)


def _sheet_name(names: list[str], sheet: str | int, file: str) -> str:
    if isinstance(sheet, int) and 1 <= sheet <= len(names):
        return names[sheet - 1]
    if sheet in names:
        return str(sheet)
    raise ExportError.at(
        file,
        f"it has no sheet {sheet!r}; its sheets are {', '.join(map(shown, names))}",
        remedy="name one of them",
    )


def _cut_short(
    reader: fastexcel.ExcelReader, name: str, texts: pl.DataFrame
) -> list[tuple[int, int, str]]:
    """Row, from 1, column and mark of numbers of which a cell cannot hold the last digits."""
    if texts.select(pl.any_horizontal(pl.all().str.contains(_LONG).any())).item() is not True:
        return []
    # Asked for durations, the library tells of every other cell what it holds.
    _, faults = _load(reader, name, "duration").to_arrow_with_errors()
    cells = [
        fault.offset_position
        for fault in (faults.errors if faults else ())
        if (number := _NUMBER.search(fault.detail)) and abs(float(number[1])) >= EXACT
    ]
    is_whole = re.compile(_LONG).match
    return [
        (row + 1, column, DIGITS_LOST)
        for row, column in cells
        if is_whole(texts.item(row, column))
    ]


def _with_faults(texts: pl.DataFrame, faults: Iterable[fastexcel.CellError]) -> pl.DataFrame:
    """`texts` with the error cells, which the library leaves blank, as Excel shows them."""
    by_column: dict[int, tuple[list[int], list[str]]] = {}
    for fault in faults:
        row, column = fault.offset_position
        kind = re.search(r"Error\((\w+)\)", fault.detail)
        rows, words = by_column.setdefault(column, ([], []))
        rows.append(row)
        words.append(_ERRORS.get(kind[1], "#ERROR!") if kind else "#ERROR!")
    return texts.with_columns(
        texts.to_series(column).scatter(rows, words)
        for column, (rows, words) in by_column.items()
    )
