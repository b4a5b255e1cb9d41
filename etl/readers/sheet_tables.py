"""The table within the cells of one sheet: its header, its rows, and what is around them."""

import polars as pl

from etl.errors import ExportError, shown
from etl.readers.headers import Record, header_place, joined_header, wanted
from etl.readers.layout import Layout
from etl.readers.rows import Aside, column_names, ragged_frame

_INSTANT = r"^-?\d+-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?$"
_Aside = list[tuple[Aside, int, int]]


def table_of(
    cells: pl.DataFrame, file: str, layout: Layout
) -> tuple[tuple[str, ...], pl.DataFrame, pl.DataFrame, _Aside]:
    """Header, `rows`, `ragged` and what is to be set aside, of all cells of a sheet."""
    filled = _filled(cells) if cells.width else cells
    if filled.is_empty():
        raise ExportError.at(file, "the sheet is empty", remedy="export it again")
    sample = _sample(filled, layout)
    place = header_place(sample, layout, file=file)
    head = joined_header(sample, place, layout, file=file)
    width = len(head.cells)
    header = column_names(head.cells, file=file, line=head.line, layout=layout)
    below = filled.slice(place + layout.header_rows)
    records, footer = _above_footer(below, layout, file, width=width)
    fits = records.filter(pl.col("fields") <= width)
    names = [f"c{n}" for n in range(width)]
    rows = fits.select("line", *(_dated(fits.get_column(name)) for name in names))
    ragged = records.filter(pl.col("fields") > width).select("line", "fields")
    told: _Aside = [("title", above, above) for above in filled["line"].head(place)]
    told += [("header", head.line, head.last_line), *footer, *_blank(filled, cells.height)]
    return header, rows, ragged_frame(ragged.rows()), told


def _sample(filled: pl.DataFrame, layout: Layout) -> list[Record]:
    """The first rows as records; a short one is filled up with the blanks that a sheet has."""
    rows = filled.head(wanted(layout)).rows()
    told = [Record(line, line, texts[:fields]) for line, fields, *texts in rows]
    head = next((record for record in told if record.told > 1), None)
    if head is None:
        return told
    width = len(head.cells)
    return [
        Record(r.line, r.line, [*r.cells, *[""] * (width - len(r.cells))])
        if r.line > head.line
        # A title may stand over the middle of its table.
        else (r if r.told > 1 else Record(r.line, r.line, ["".join(r.cells)]))
        for r in told
    ]


def _blank(filled: pl.DataFrame, height: int) -> _Aside:
    there = {*filled.get_column("line").to_list()}
    return [("blank", line, line) for line in range(1, height + 1) if line not in there]


def _above_footer(
    records: pl.DataFrame, layout: Layout, file: str, *, width: int
) -> tuple[pl.DataFrame, _Aside]:
    if layout.footer_starts_with is None:
        return records, []
    starts = pl.col("c0").str.strip_chars().str.starts_with(layout.footer_starts_with)
    places = records.select(starts.arg_true()).to_series()
    if places.is_empty():
        raise ExportError.at(
            file,
            f"no row below the table starts with {shown(layout.footer_starts_with)}, as its "
            "source declares; the file looks cut off",
            remedy="export it again, or correct footer_starts_with",
        )
    footer = records.slice(places[0])
    below = footer.slice(1)
    told = pl.sum_horizontal(pl.col(f"c{n}").str.strip_chars() != "" for n in range(width))
    rows = below.filter((2 * told > width) & (width > 1))
    if not rows.is_empty():
        raise ExportError.at(
            file,
            f"a row stands below the footer that begins on line {footer.item(0, 'line')}",
            remedy="correct footer_starts_with, or export it again",
            line=rows.item(0, "line"),
        )
    return records.head(places[0]), [("footer", line, line) for line in footer["line"]]


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
