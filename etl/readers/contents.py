"""What a file is, by its name and by its first bytes, which must agree."""

from pathlib import PurePosixPath

from etl.errors import ExportError
from etl.readers.rows import Kind

AGAIN = "export it again as CSV text, or as an Excel workbook (.xlsx)"

_KINDS: dict[str, Kind] = {
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xls": "workbook",
    ".json": "records",
    ".ndjson": "records",
    ".jsonl": "records",
    ".xes": "event log",
}
_DELIMITED = (".csv", ".tsv", ".txt", ".tab", ".psv")
PACKED = (".gz", ".zip")

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive, although it is not called .gz"),
    (b"{\\rtf", "a rich text document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
)
XML = "an XML document"
_PAGE = "a web page (often the log-in page of the case system)"
_MARKUP = (
    (b"<!doctype html", _PAGE),
    (b"<html", _PAGE),
    (b"<table", _PAGE),
    (b"<?xml", XML),
    (b"<log", XML),
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(file: str) -> Kind:
    """Kind of `file` by its name without `.gz`; a name that says nothing is text's."""
    name = file.lower().removesuffix(".gz")
    return _KINDS.get(PurePosixPath(name).suffix, "delimited")


def is_readable(file: str) -> bool:
    """Say whether the name of `file` is one that an export of a kind we read has."""
    return PurePosixPath(file.lower()).suffix in {*_KINDS, *_DELIMITED}


def is_workbook(file: str) -> bool:
    """Say whether `file` is called like an Excel workbook."""
    return kind_of(file) == "workbook"


def refuse_foreign(head: bytes, file: str, *, wanted: str = "a text table") -> None:
    """Raise ExportError if `head`, the first bytes of `file`, are of no such text."""
    found = foreign(head)
    if found is not None:
        raise ExportError.at(file, f"this is {found}, not {wanted}", remedy=AGAIN)


def foreign(head: bytes) -> str | None:
    """What a file that begins with `head` is, if it is no text that might be a table."""
    if head.startswith(ZIP):
        return "an Excel workbook or zip archive"
    if head.startswith(OLE):
        return "an old Excel or Office file (.xls)"
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    return _markup(head)


def _markup(head: bytes) -> str | None:
    for mark in _MARKS:
        head = head.removeprefix(mark)
    # A page in UTF-16 is recognised too: its letters are the bytes that are not zero.
    start = head[:1024].replace(b"\0", b"").lstrip().lower()
    return next((kind for beginning, kind in _MARKUP if start.startswith(beginning)), None)
