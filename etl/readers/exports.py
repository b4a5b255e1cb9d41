"""One export of any kind, packed or not, read by the reader for what it is called."""

import hashlib
import os
from dataclasses import replace
from typing import Any, BinaryIO

from etl.readers.contents import kind_of
from etl.readers.delimited import read_delimited
from etl.readers.layout import UNTOLD, Layout
from etl.readers.rows import TextTable
from etl.readers.unpacking import Content, unpacked


def read(stream: BinaryIO, *, file: str, layout: Layout = UNTOLD) -> TextTable:
    """Read the export in `stream`, called `file`; raises ExportError for what is wrong."""
    with unpacked(stream, file=file, member=layout.member) as content:
        table = read_content(content, layout)
    return table if content.stream is stream else replace(table, **fingerprint(stream))


def fingerprint(stream: BinaryIO) -> dict[str, Any]:
    """`size` and `sha256` of all bytes of `stream`: of what was delivered, packed or not."""
    digest = hashlib.sha256()
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    while block := stream.read(1 << 20):
        digest.update(block)
    return {"size": size, "sha256": digest.hexdigest()}


def read_content(content: Content, layout: Layout) -> TextTable:
    """Read what is not packed, or no longer, by the reader for what it is called."""
    # The other readers are slow to import, and each is needed for its kind of file alone.
    kind = kind_of(content.name)
    if kind == "workbook":
        from etl.readers.workbook import read_workbook

        return read_workbook(content.stream, file=content.file, layout=layout)
    if kind == "records":
        from etl.readers.json_records import read_json

        return read_json(content.stream, file=content.file, layout=layout)
    if kind == "event log":
        from etl.readers.event_log import read_event_log

        return read_event_log(content.stream, file=content.file, layout=layout)
    return read_delimited(content.stream, file=content.file, layout=layout)
