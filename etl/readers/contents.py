"""What a file is by its first bytes, whatever its name says."""

from etl.errors import ExportError

AGAIN = "export it again as CSV text, or as an Excel workbook (.xlsx)"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "a rich text document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a SQLite database"),
)
_PAGE = "a web page (often the log-in page of the case system)"
_MARKUP = (
    (b"<!doctype html", _PAGE),
    (b"<html", _PAGE),
    (b"<table", _PAGE),
    (b"<?xml", "an XML document"),
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def is_workbook(file: str) -> bool:
    """Say whether `file` is called like an Excel workbook; else it is read as text."""
    return file.lower().endswith((".xlsx", ".xlsm"))


def refuse_foreign(head: bytes, file: str) -> None:
    """Raise ExportError if `head`, the first bytes of `file`, belong to no text table."""
    found = _foreign(head)
    if found is not None:
        raise ExportError.at(file, f"this is {found}, not a text table", remedy=AGAIN)


def refuse_other_than_workbook(data: bytes, file: str) -> None:
    """Raise ExportError if `data` cannot be an .xlsx workbook, saying what it is instead."""
    if data.startswith(b"PK\x03\x04"):
        return
    if data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise ExportError.at(
            file,
            "this workbook is locked with a password",
            remedy="open it, remove the password, and save it again",
        )
    found = _foreign(data[:4096]) or "not an Excel workbook"
    raise ExportError.at(
        file,
        f"this is {found}, although it is called .xlsx",
        remedy="save it as .xlsx in Excel, or give a text export its own ending (.csv)",
    )


def _foreign(head: bytes) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        return "an Excel workbook or zip archive"
    if head.startswith(_OLE):
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
