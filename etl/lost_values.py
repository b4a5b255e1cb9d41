"""What a file has lost of the values that it should hold."""

import polars as pl

from etl.readers.leaves import JOINT
from etl.readers.rows import SPOILT
from etl.values import File, Typed, raw_name


def spoilt_cells(file: File) -> list[Typed]:
    """Where a workbook has lost a value that is read; elsewhere nobody misses it."""
    if not file.workbook:
        return []
    read = [name for name in file.export.read if name in file.header]
    return [
        Typed((), pl.col(raw_name(name)).eq_missing(pl.lit(mark)), name, reason, remedy)
        for mark, (reason, remedy) in SPOILT.items()
        for name in read
    ]


def lists_cut_short(file: File) -> list[Typed]:
    """Where a row holds fewer members of a list than it says itself that there are."""
    return [
        Typed(
            (),
            _count(number) > _members(listed, file),
            number,
            f"the file holds only a part of {listed.partition('[]')[0]}, which has so many",
            "export it again with all of them, or without any and all of them in a file apart",
        )
        for listed, number in file.export.whole.items()
        if number in file.header
    ]


def _count(column: str) -> pl.Expr:
    return pl.col(raw_name(column)).cast(pl.Int64, strict=False).fill_null(0)


def _members(column: str, file: File) -> pl.Expr:
    # In a file in which no list has a member there is no such column.
    if column not in file.header:
        return pl.lit(0)
    return pl.col(raw_name(column)).str.split(JOINT).list.len().fill_null(0)
