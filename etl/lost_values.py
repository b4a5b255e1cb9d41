"""What a file has lost of the values that it should hold."""

import polars as pl

from etl.readers.leaves import JOINT
from etl.readers.rows import SPOILT
from etl.values import File, Typed, raw_name

_FEWEST = 3  # columns beside the number, below which one alone may be all that is known


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


def not_whole(file: File) -> list[Typed]:
    """Where a row lacks what it says that it has, or all that makes it a case."""
    return [*_lists_cut_short(file), *_numbers_alone(file)]


def _lists_cut_short(file: File) -> list[Typed]:
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


def _numbers_alone(file: File) -> list[Typed]:
    """Where a row of a case has nothing but its number, as the "Total: 30" below a sheet."""
    number = file.export.columns.get("case_id")
    own = [] if number is None else number.among(file.header)
    others = [n for n in file.export.read if n in file.header and n not in own]
    if file.export.grain != "case" or len(others) < _FEWEST or not own:
        return []
    nothing = pl.all_horizontal(pl.col(raw_name(name)).is_null() for name in others)
    return [
        Typed(
            (),
            nothing & pl.col(raw_name(own[0])).is_not_null(),
            own[0],
            "all else that is read of the row is blank",
            "where a footer begins, declare footer_starts_with or leave_out; a case has more",
            shown=pl.lit(None, dtype=pl.String),  # it may be the number of a case
        )
    ]


def _count(column: str) -> pl.Expr:
    return pl.col(raw_name(column)).cast(pl.Int64, strict=False).fill_null(0)


def _members(column: str, file: File) -> pl.Expr:
    # In a file in which no list has a member there is no such column.
    if column not in file.header:
        return pl.lit(0)
    return pl.col(raw_name(column)).str.split(JOINT).list.len().fill_null(0)
