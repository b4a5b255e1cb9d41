"""The texts that an export's dates are read from: of one column, or of several put together."""

from collections.abc import Iterator

import polars as pl

from etl.readers.rows import TextTable
from etl.source import Export


def dated_texts(text: TextTable, export: Export) -> Iterator[tuple[str, pl.Series]]:
    """Every column of dates and its texts; of a day beside its time of day both, by the first.

    What the description calls blank is the empty text.
    """
    nothing = [*export.written.nulls, *export.written.sentinels]
    cells = {
        name: text.rows[f"c{place}"].str.strip_chars().replace(nothing, [""] * len(nothing))
        for place, name in enumerate(text.header)
        if name in export.dated
    }
    joined = {place.columns: place.joined for place in export.dates if place.joined is not None}
    parts = {name for columns in joined for name in columns}
    for columns, between in joined.items():
        there = [cells[name] for name in columns if name in cells]
        if len(there) == len(columns):
            whole = pl.DataFrame(dict(zip(columns, there, strict=True)))
            told = whole.select(pl.concat_str(pl.all(), separator=between)).to_series()
            yield columns[0], told.str.strip_suffix(between).str.strip_chars()
    yield from ((name, told) for name, told in cells.items() if name not in parts)
