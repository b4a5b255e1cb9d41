import gzip
import io
import zipfile

import pytest

from etl.errors import ExportError
from etl.readers.delimited import read_delimited

TEXT = "id,unit\nA,Zürich €\n"


def read(data: bytes, **options):
    return read_delimited(io.BytesIO(data), file="export.csv", **options)


def refusal(data: bytes, **options) -> str:
    with pytest.raises(ExportError) as caught:
        read(data, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "recorded"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
def test_the_encoding_is_found_and_recorded(encoding, recorded):
    table = read(TEXT.encode(encoding))
    assert table.rows.rows() == [(2, "A", "Zürich €")]
    assert table.encoding == recorded


def test_a_big_endian_mark_is_understood():
    assert read(b"\xfe\xff" + TEXT.encode("utf-16-be")).rows.item(0, "c1") == "Zürich €"


def test_plain_ascii_is_recorded_as_utf_8():
    assert read(b"id\nA\n").encoding == "utf-8"


def test_a_declared_encoding_is_not_second_guessed():
    table = read("id,unit\nA,é\n".encode(), encoding="cp1252")
    assert table.rows.item(0, "c1") == "Ã©"
    assert table.encoding == "cp1252"


def test_bytes_outside_the_declared_encoding_are_refused_with_their_line():
    message = refusal(TEXT.encode("cp1252"), encoding="utf-8")
    assert message.startswith("export.csv line 2: byte 0xFC is not utf-8; ")


def test_an_encoding_nobody_knows_is_refused():
    assert "'rot13', which is not known" in refusal(b"id\n", encoding="rot13")


def test_utf_16_may_be_declared_where_there_is_no_mark():
    assert read(TEXT.encode("utf-16-le"), encoding="utf-16-le").rows.height == 1


def test_utf_16_without_a_mark_is_refused_and_the_remedy_says_so():
    assert '"utf-16-le"' in refusal(TEXT.encode("utf-16-le"))


def test_bytes_that_are_neither_utf_8_nor_cp1252_are_refused():
    message = refusal(b"id\nA\n\x81\n")
    assert message.startswith("export.csv line 3: byte 0x81 is neither UTF-8 nor cp1252")


def test_utf_8_whose_first_accent_is_damaged_is_not_read_as_cp1252():
    message = refusal(b"id,unit\nA,\xa9\n" + "B,é\n".encode())
    assert message.startswith("export.csv line 2: byte 0xA9 is not UTF-8, although other text")


def test_utf_8_damaged_in_one_place_is_not_read_as_cp1252():
    message = refusal("id\né\n".encode() + b"\xe9\n")
    assert message.startswith("export.csv line 3: byte 0xE9 is not UTF-8")


@pytest.mark.parametrize("encoding", ["detect", "utf-8"])
def test_utf_8_cut_inside_a_character_looks_cut_off(encoding):
    message = refusal("id,unit\né,é".encode()[:-1], encoding=encoding)
    assert message.startswith("export.csv line 2: ")
    assert "cut off" in message


def test_cp1252_that_ends_in_an_accent_is_read():
    assert read(b"id,unit\nA,caf\xe9").rows.item(0, "c1") == "café"


def test_a_character_split_between_two_blocks_is_whole():
    filling = "x" * ((1 << 20) - len("id,unit\nA,") - 1)
    assert read(f"id,unit\nA,{filling}é\n".encode()).rows.item(0, "c1") == filling + "é"


def test_a_wrong_byte_after_a_split_character_has_the_right_line():
    filling = b"x" * ((1 << 20) - len("id\n") - 2)
    message = refusal(b"id\n" + filling + "€".encode() + b"\xff\n", encoding="utf-8")
    assert message.startswith("export.csv line 2: byte 0xFF")


@pytest.mark.parametrize("byte", [0x00, 0x01, 0x08, 0x1A, 0x1F])
def test_a_binary_byte_in_the_header_means_this_is_not_a_text_file(byte):
    message = refusal(b"\r\n\r\nid,un" + bytes([byte]) + b"it\r\nA,1\r\n")
    assert message.startswith(
        f"export.csv line 3: this is not a text file: it holds the byte 0x{byte:02X}"
    )


@pytest.mark.parametrize("byte", [0x00, 0x01, 0x08, 0x1A, 0x1F])
def test_a_binary_byte_in_every_record_means_this_is_not_a_text_file(byte):
    assert "line 2: this is not a text file" in refusal(b"id\n" + bytes([byte]) + b"\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_binary_character_in_one_record_costs_this_record_alone(encoding):
    data = "id,unit\nA,é\nB,\x00\nC,3\n".encode(encoding)
    table = read(data, encoding="cp1252" if encoding == "cp1252" else "detect")
    assert table.rows.rows() == [(2, "A", "é"), (4, "C", "3")]
    assert table.damaged.select("line", "last_line").rows() == [(3, 3)]


def test_the_lines_of_a_file_are_counted_over_its_blocks():
    data = b"id\n" + (b"x" * 99 + b"\r\n") * 30_000
    for shift in range(3):
        table = read(b"\n" * shift + data)
        assert table.rows.item(-1, "line") == 30_001 + shift


def workbook() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("xl/workbook.xml", "<workbook/>")
    return archive.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (workbook(), "an Excel workbook or zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "an old Excel or Office file"),
        (b"%PDF-1.7\n", "a PDF document"),
        (gzip.compress(b"id\n", mtime=0), "a gzip archive"),
        (b"\n <!DOCTYPE html><html><body>Please log in</body></html>", "a web page"),
        (b"\xef\xbb\xbf<HTML>", "a web page"),
        ("<html>".encode("utf-16"), "a web page"),
        (b"<?xml version='1.0'?><log/>", "an XML document"),
    ],
)
def test_another_kind_of_file_called_csv_is_named_as_what_it_is(data, kind):
    message = refusal(data)
    assert message.startswith(f"export.csv: this is {kind}")
    assert "export it again as CSV" in message
