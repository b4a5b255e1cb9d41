"""Workbooks of old Excel (.xls): a binary stream in a file system of its own."""

import io
import struct

import pytest

from etl.errors import ExportError
from etl.readers.exports import read as read_any
from etl.readers.rows import DIGITS_LOST
from etl.readers.workbook import read_workbook

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def label(row: int, column: int, text: str) -> bytes:
    told = text.encode("utf-16-le")
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + told)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def error(row: int, column: int, code: int) -> bytes:
    return record(0x205, struct.pack("<HHHBB", row, column, 0, code, 1))


def truth(row: int, column: int, value: int) -> bytes:
    return record(0x205, struct.pack("<HHHBB", row, column, 0, value, 0))


def old_workbook(*cells: bytes, sheet: str = "Cases", hidden: int = 0) -> bytes:
    """Bytes of an .xls file with one sheet; style 1 is a date."""
    begin = struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)
    style = struct.pack("<HH", 0, 0) + bytes(16)
    dated = struct.pack("<HH", 0, 14) + bytes(16)
    name = struct.pack("<BB", len(sheet), 0) + sheet.encode("ascii")
    head = record(0x809, begin) + record(0xE0, style) + record(0xE0, dated)
    place = len(head) + len(record(0x85, struct.pack("<IH", 0, 0) + name)) + len(record(0xA))
    bound = record(0x85, struct.pack("<IBB", place, hidden, 0) + name)
    within = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    stream = head + bound + record(0xA) + within + b"".join(cells) + record(0xA)
    return in_file_system(stream.ljust(4096, b"\0"))


def in_file_system(stream: bytes) -> bytes:
    """A compound file with one stream, called Workbook."""
    count = -(-len(stream) // SECTOR)
    chain = [FAT, END, *range(3, count + 2), END]
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    folder = entry("Root Entry", 5, child=1, start=END, size=0)
    folder += entry("Workbook", 2, child=FREE, start=2, size=len(stream))
    return header + table + folder.ljust(SECTOR, b"\0") + stream.ljust(count * SECTOR, b"\0")


def entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    told = name.encode("utf-16-le") + b"\0\0"
    head = told.ljust(64, b"\0") + struct.pack("<HBBIII", len(told), kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def read(data: bytes, **told):
    return read_workbook(io.BytesIO(data), file="export.xls", **told)


def refusal(data: bytes) -> str:
    with pytest.raises(ExportError) as caught:
        read(data)
    return str(caught.value)


HEADER = (label(0, 0, "id"), label(0, 1, "n"))


def test_an_old_workbook_is_read_cell_by_cell():
    data = old_workbook(
        *HEADER,
        label(1, 0, "007"), number(1, 1, 1042469.0),
        label(3, 0, "Zürich"), number(3, 1, 43285.5, 1),
        truth(4, 1, 1),
        error(5, 1, 0x0F),
    )  # fmt: skip
    table = read(data)
    assert table.header == ("id", "n")
    assert table.rows.rows() == [
        (2, "007", "1042469"),
        (4, "Zürich", "2018-07-04 12:00:00"),
        (5, "", "true"),
        (6, "", "#VALUE!"),
    ]
    assert (table.kind, table.size) == ("workbook", len(data))


def test_it_is_read_by_its_name_and_may_be_packed():
    data = old_workbook(*HEADER, label(1, 0, "A"))
    assert read_any(io.BytesIO(data), file="Export.XLS").rows.rows() == [(2, "A", "")]


def test_a_number_that_excel_has_cut_short_is_never_loaded_as_it_is():
    table = read(old_workbook(*HEADER, number(1, 0, 2.0**53 + 2), number(2, 0, 2.0**53 - 1)))
    assert table.rows.rows() == [(2, DIGITS_LOST, ""), (3, "9007199254740991", "")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"id\tn\nA\t1\n", "not an Excel workbook, although it is called .xls"),
        (b"<html><table><tr><td>id", "a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged or cut off"),
        (old_workbook(*HEADER)[:1500], "damaged or cut off"),
    ],
)
def test_what_is_no_old_workbook_is_refused(data, words):
    assert words in refusal(data)
