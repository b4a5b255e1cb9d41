"""Staging of small tables of text, by a description that differs in a few lines."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from etl.description import read_source
from etl.readers.rows import TextTable, gather, ragged_frame
from etl.staging import Staged, stage
from tests.tables import table

KEY = bytes(range(32))
LAYOUT = """
name = "harbour"
title = "Harbour"
time_zone = "{zone}"
[codes.unit]
"N" = "north"
"S" = "south"
[codes.kind]
"ACK" = "acknowledged"
"SEEN" = ""
[codes.level]
"B" = "board"
[codes.outcome]
"Yes" = "substantiated"
"Pending" = ""
[exports.it]
{top}
[exports.it.columns]
case_id = "Case"
{columns}
[exports.it.events]
{events}
"""


def staging_in(folder: Path) -> Callable[..., Staged]:
    """What stages a text table by a description of it that is written into the folder.

    `source_zone` is the export's time zone, `zone` the organisation's.
    """

    def made(
        text: str | TextTable,
        *,
        top: str = 'grain = "case"',
        columns: str = "",
        events: str = 'received = "Received"',
        source_zone: str = "Europe/London",
        zone: str = "Europe/London",
        workbook: bool = False,
    ) -> Staged:
        path = folder / "harbour.toml"
        layout = LAYOUT.format(zone=source_zone, top=top, columns=columns, events=events)
        path.write_text(layout, encoding="utf-8")
        source = read_source(path)
        given = text if isinstance(text, TextTable) else texts(text)
        return stage(given, source, source.exports[0], workbook=workbook, key=KEY, zone=zone)

    return made


def texts(text: str, ragged: tuple[tuple[int, int], ...] = ()) -> TextTable:
    frame = table(text, {"Case": pl.String}).fill_null("")
    records = [(line, row) for line, row in enumerate(frame.rows(), start=2)]
    rows, _ = gather(records, width=frame.width)
    return TextTable(tuple(frame.columns), rows, ragged_frame(ragged), "utf-8", ",", 0, "")


def reject(found: Staged) -> dict[str, Any]:
    assert found.rejects.height == 1
    assert found.rows_loaded == found.rows_in - found.rows_repeated - 1
    return found.rejects.row(0, named=True)


def received(found: Staged) -> tuple[date, datetime]:
    assert found.rejects.is_empty()
    return found.tables["events"].select("occurred_on", "occurred_at").row(0)
