"""Excel workbooks (.xlsx, .xls): the cells of one sheet as text, with their row."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, BinaryIO

import fastexcel
import polars as pl

from etl.errors import ExportError, shown
from etl.readers.contents import OLE, ZIP, foreign
from etl.readers.layout import UNTOLD, Layout
from etl.readers.rows import TextTable, column_names, ragged_frame
from etl.readers.unpacking import leads_out

# Bounds against archives that are small on disk and endless in memory.
LARGEST_UNPACKED = 300_000_000
LARGEST_RATIO = 200
MOST_ENTRIES = 1_000

_INSTANT = r"^-?\d+-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?$"
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
    a position counted from 1; without one it is the first sheet. The
    first row with anything in it is the header, a row without anything is not a record. A
    date cell reads `YYYY-MM-DD HH:MM:SS`, to the nearest second, or `YYYY-MM-DD` where every
    date of its column is a midnight. A number is written without a fraction it does not
    have, an error cell as Excel shows it (`#VALUE!`), so that it is never taken for a blank.
    A cell to the right of the last column with a name makes its row ragged.
    """
    stream.seek(0)
    data = stream.read()
    if not data:
        raise ExportError.at(file, "the file is empty", remedy="export it again")
    asked = replace(layout, **told)
    _refuse_other(data, file)
    if data.startswith(ZIP):
        _refuse_bomb(data, file)
    cells = _cells(data, file, asked.sheet)
    header, rows, ragged = _table(cells, file, asked)
    digest = hashlib.sha256(data).hexdigest()
    return TextTable(header, rows, ragged, "", "", len(data), digest, kind="workbook")


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


def _cells(data: bytes, file: str, sheet: str | int | None) -> pl.DataFrame:
    """All cells from row 1 of the sheet and its first column in use; blank ones are ""."""
    try:
        reader = fastexcel.read_excel(data)
        name = _sheet_name(reader.sheet_names, sheet, file)
        loaded = reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        if not loaded.height or not loaded.width:
            return pl.DataFrame()
        batch, faults = loaded.to_arrow_with_errors()
    except fastexcel.FastExcelError:
        raise _broken(file) from None
    columns = pl.DataFrame(batch).get_columns()
    texts = pl.DataFrame(
        [column.fill_null("").alias(f"c{n}") for n, column in enumerate(columns)]
    )
    return _with_faults(texts, faults.errors if faults else ())


def _sheet_name(names: list[str], sheet: str | int | None, file: str) -> str:
    if not names:
        raise _broken(file)
    if sheet is None:
        return names[0]
    if isinstance(sheet, int) and 1 <= sheet <= len(names):
        return names[sheet - 1]
    if sheet in names:
        return str(sheet)
    raise ExportError.at(
        file,
        f"it has no sheet {sheet!r}; its sheets are {', '.join(map(shown, names))}",
        remedy="name one of them",
    )


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


def _table(
    cells: pl.DataFrame, file: str, layout: Layout
) -> tuple[tuple[str, ...], pl.DataFrame, pl.DataFrame]:
    filled = _filled(cells) if cells.width else cells
    if filled.is_empty():
        raise ExportError.at(file, "the sheet is empty", remedy="export it again")
    line, _, *texts = filled.row(0)
    width = max(n for n, text in enumerate(texts, start=1) if text.strip())
    header = column_names(texts[:width], file=file, line=line, layout=layout)
    records = filled.slice(1)
    fits = records.filter(pl.col("fields") <= width)
    names = [f"c{n}" for n in range(width)]
    rows = fits.select("line", *(_dated(fits.get_column(name)) for name in names))
    ragged = records.filter(pl.col("fields") > width).select("line", "fields")
    return header, rows, ragged_frame(ragged.rows())


def _filled(cells: pl.DataFrame) -> pl.DataFrame:
    """Rows with anything in them: `line`, `fields` (position of the last one), the texts."""
    last = pl.max_horizontal(
        pl.when(pl.col(name).str.strip_chars() != "").then(n).otherwise(0)
        for n, name in enumerate(cells.columns, start=1)
    )
    numbered = cells.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("line"),
        last.cast(pl.Int64).alias("fields"),
        *cells.columns,
    )
    return numbered.filter(pl.col("fields") > 0)


def _dated(column: pl.Series) -> pl.Series:
    """`column` with its instants to the second, or as days where all are midnights."""
    is_instant = column.str.contains(_INSTANT)
    instants = column.filter(is_instant)
    if instants.is_empty():
        return column
    written = (
        instants.str.to_datetime(strict=False, time_unit="ms")
        .dt.round("1s")
        .dt.to_string("%Y-%m-%d %H:%M:%S")
    ).fill_null(instants)
    if written.str.ends_with(" 00:00:00").all():
        written = written.str.head(-9)
    return column.scatter(is_instant.arg_true(), written)
