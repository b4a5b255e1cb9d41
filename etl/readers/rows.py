"""What every reader hands over: a header and rows of text, each with its line in the file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

import polars as pl

from etl.errors import ExportError, shown
from etl.readers.layout import UNTOLD, Layout
from etl.readers.pages import Page

# Excel's own limit; a file with more "columns" is not a table.
WIDEST = 16_384
# Small chunks stay in the processor's cache: a third faster than large ones.
CHUNK = 4_000

# What stands in place of a cell's value where the file itself has lost it: why, what to do.
NOT_CALCULATED = "#NOT CALCULATED!"
DIGITS_LOST = "#DIGITS LOST!"
SPOILT = {
    NOT_CALCULATED: (
        "a formula that was never calculated",
        "open the workbook in Excel, save it, and load it again",
    ),
    DIGITS_LOST: (
        "a number with more digits than Excel keeps",
        "export it again with such numbers as text, or as CSV",
    ),
}

Kind = Literal["delimited", "workbook", "records", "event log"]
Aside = Literal["title", "header", "blank", "footer"]


@dataclass(frozen=True, slots=True)
class Damage:
    """A block of lines that cannot be read as records, the first and the last, and why."""

    line: int
    last_line: int
    reason: str
    remedy: str


def damaged_frame(blocks: Iterable[Damage]) -> pl.DataFrame:
    """Frame `damaged` of a TextTable, in the order of the lines."""
    told = [(b.line, b.last_line, b.reason, b.remedy) for b in blocks]
    return pl.DataFrame(
        sorted(told),
        schema={
            "line": pl.Int64,
            "last_line": pl.Int64,
            "reason": pl.String,
            "remedy": pl.String,
        },
        orient="row",
    )


def aside_frame(blocks: Iterable[tuple[Aside, int, int]] = ()) -> pl.DataFrame:
    """Frame `aside` of a TextTable from kinds with their first and last line."""
    schema = {"kind": pl.String, "line": pl.Int64, "last_line": pl.Int64}
    return pl.DataFrame(sorted(blocks, key=lambda block: block[1]), schema, orient="row")


@dataclass(frozen=True, slots=True)
class TextTable:
    """One export as text; every record of the file is in `rows`, `ragged` or `damaged`.

    `rows` has one row per record with as many fields as the header: `line` (Int64, the first
    physical line of the record, for a workbook the row of the sheet) and `c0` to `c{n-1}`
    (String, never null, in the order of the header). `ragged` has one row per other record:
    `line` and `fields`, the number of fields found (both Int64). `damaged` has one row per
    block of lines that cannot be read as records at all: `line`, `last_line`, `reason` and
    `remedy`. A blank line is not a record. A file with a header and nothing else has no rows;
    whether that will do is the loader's decision. `encoding` and `delimiter` are those in use,
    "" for other than delimited text; `size` and `sha256` are of the bytes delivered, packed
    where they were. `kind` says how dates and numbers came to be written as they are.
    `aside` accounts for the lines that are no record: `kind` (title, header, blank, footer),
    `line` and `last_line`. `place` is where in the file the table was found, as a description
    declares it: the name of a sheet, the place of JSON records; `places` are all there are.
    `page` is what the wrapper around JSON records says of those on other pages.
    """

    header: tuple[str, ...]
    rows: pl.DataFrame
    ragged: pl.DataFrame
    encoding: str
    delimiter: str
    size: int
    sha256: str
    kind: Kind = "delimited"
    damaged: pl.DataFrame = field(default_factory=lambda: damaged_frame(()))
    aside: pl.DataFrame = field(default_factory=aside_frame)
    place: str = ""
    places: tuple[str, ...] = ()
    page: Page | None = None

    @property
    def records(self) -> int:
        """Number of records and damaged blocks: what must be loaded, rejected or repeated."""
        return self.rows.height + self.ragged.height + self.damaged.height


def column_names(
    cells: Sequence[str], *, file: str, line: int, layout: Layout = UNTOLD
) -> tuple[str, ...]:
    """Names of the columns without surrounding blanks, each there and there once.

    Raises ExportError for a name that is blank or stands twice, unless it is declared that
    such are numbered: a column is found by its name, so either would leave us guessing.
    """
    if len(cells) > WIDEST:
        raise ExportError.at(
            file,
            f"the header has {len(cells)} columns, more than {WIDEST}",
            remedy="this is not a table that can be read; export it again",
            line=line,
        )
    names = [cell.strip() for cell in cells]
    if layout.unnamed == "number":
        names = [name or f"Column {place}" for place, name in enumerate(names, start=1)]
    if layout.repeats == "number":
        names = _numbered(names)
    _refuse_blank_or_repeated(names, file, line)
    return tuple(names)


def _numbered(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = 0
    told = []
    for name in names:
        seen[name] += 1
        told.append(name if not name or seen[name] == 1 else f"{name} [{seen[name]}]")
    return told


def _refuse_blank_or_repeated(names: Sequence[str], file: str, line: int) -> None:
    seen: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if not name:
            raise ExportError.at(
                file,
                f"column {position} of {len(names)} has no name",
                remedy="give it one in the export, or export without that column, or declare "
                'unnamed = "number" in the source\'s description',
                line=line,
            )
        if name in seen:
            raise ExportError.at(
                file,
                f"the header has {shown(name)} twice, as columns {seen[name]} and {position}",
                remedy="rename one of them in the export, so that each name stands once, or "
                'declare repeats = "number" in the source\'s description',
                line=line,
            )
        seen[name] = position


def gather(
    records: Iterable[tuple[int, Sequence[str]]], *, width: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put `records` (line and fields) into the frames `rows` and `ragged` of a TextTable."""
    frames: list[pl.DataFrame] = []
    lines: list[int] = []
    kept: list[Sequence[str]] = []
    odd: list[tuple[int, int]] = []
    for line, record in records:
        if len(record) != width:
            odd.append((line, len(record)))
            continue
        lines.append(line)
        kept.append(record)
        if len(kept) == CHUNK:
            frames.append(text_rows(lines, kept, width=width))
            lines, kept = [], []
    if kept or not frames:
        frames.append(text_rows(lines, kept, width=width))
    return pl.concat(frames), ragged_frame(odd)


def ragged_frame(odd: Sequence[tuple[int, int]]) -> pl.DataFrame:
    """Frame `ragged` of a TextTable from pairs of line and number of fields."""
    return pl.DataFrame(odd, schema={"line": pl.Int64, "fields": pl.Int64}, orient="row")


def text_rows(
    lines: Sequence[int], kept: Sequence[Sequence[str]], *, width: int
) -> pl.DataFrame:
    """Frame `rows` of a TextTable from lines and fields."""
    columns: Iterable[Sequence[str]] = zip(*kept, strict=True) if kept else ((),) * width
    return pl.DataFrame(
        [
            pl.Series("line", lines, dtype=pl.Int64),
            *(
                pl.Series(f"c{position}", values, dtype=pl.String)
                for position, values in zip(count(), columns)
            ),
        ]
    )
