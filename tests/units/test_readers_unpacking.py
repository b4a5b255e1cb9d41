import gzip
import hashlib
import io
import zipfile

import pytest

from etl.errors import ExportError
from etl.readers import unpacking
from etl.readers.exports import read
from etl.readers.layout import Layout
from etl.reading import read_export

TEXT = b"id,unit\nA,1\nB\nC,3\n"


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as opened:
        for name, data in members:
            opened.writestr(name, data)
    return archive.getvalue()


def table(data: bytes, file: str, **told):
    return read(io.BytesIO(data), file=file, layout=Layout(**told))


def refusal(data: bytes, file: str, **told) -> str:
    with pytest.raises(ExportError) as caught:
        table(data, file, **told)
    message = str(caught.value)
    assert message.startswith(file.split(" ")[0].removesuffix(".gz"))
    assert "; " in message, "a remedy follows the problem"
    return message


PACKED = {
    "a.csv.gz": gzip.compress(TEXT, mtime=0),
    "two parts.csv.gz": gzip.compress(TEXT[:10], mtime=0) + gzip.compress(TEXT[10:], mtime=0),
    "a.zip": zipped(("out/a.csv", TEXT)),
    "stored.zip": zipped(("a.csv", TEXT), method=zipfile.ZIP_STORED),
    "clutter.zip": zipped(("a.csv", TEXT), ("__MACOSX/._a.csv", b"\0"), ("b/", b"")),
}


@pytest.mark.parametrize("file", PACKED)
def test_a_packed_export_is_read_as_what_is_inside(file):
    found = table(PACKED[file], file)
    assert found.rows.rows() == [(2, "A", "1"), (4, "C", "3")]
    assert found.ragged.rows() == [(3, 1)]


@pytest.mark.parametrize("file", PACKED)
def test_size_and_sha256_are_of_the_bytes_delivered(file):
    found = table(PACKED[file], file)
    assert found.size == len(PACKED[file])
    assert found.sha256 == hashlib.sha256(PACKED[file]).hexdigest()


def test_a_packed_export_is_read_in_the_confined_process(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(PACKED["a.zip"])
    assert read_export(path).rows.height == 2


def test_an_error_inside_an_archive_names_both():
    message = refusal(zipped(("a.csv", b"id,id\n")), "export.zip")
    assert message.startswith("export.zip (a.csv) line 1: ")


def test_of_several_files_none_is_chosen_and_all_are_named():
    data = zipped(("a.csv", TEXT), ("b\x1b[2J.csv", TEXT), ("readme.md", b""))
    message = refusal(data, "export.zip")
    assert 'holds 2 files that can be read: "a.csv", "b\\x1b[2J.csv"' in message
    assert "member =" in message


@pytest.mark.parametrize("member", ["a.csv", "*a.csv", "OUT/*", "out/?.csv"])
def test_a_declared_member_is_read(member):
    data = zipped(("out/a.csv", TEXT), ("b.csv", b"x\n"))
    assert table(data, "export.zip", member=member).rows.height == 2


def test_a_declared_member_that_is_not_there_is_refused_with_what_is():
    message = refusal(zipped(("b.csv", TEXT)), "export.zip", member="a*.csv")
    assert 'no file called "a*.csv", only "b.csv"' in message


def test_two_members_of_one_name_are_not_chosen_between():
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(("a.csv", TEXT), ("a.csv", b"x\n"))
    assert "2 files" in refusal(data, "export.zip")


@pytest.mark.parametrize(
    ("file", "data", "words"),
    [
        ("a.csv.gz", b"", "the file is empty"),
        ("a.zip", b"", "the file is empty"),
        ("a.csv.gz", TEXT, "no archive, although it is called .gz"),
        ("a.zip", TEXT, "no archive, although it is called .zip"),
        ("a.csv.gz", PACKED["a.csv.gz"][:-9], "damaged or cut off"),
        ("a.csv.gz", PACKED["a.csv.gz"] + b"more", "damaged or cut off"),
        ("a.csv.gz", PACKED["a.csv.gz"][:-6] + b"\0\0\0\0\0\0", "damaged or cut off"),
        ("a.zip", PACKED["a.zip"][:-9], "damaged or cut off"),
        ("a.zip", PACKED["stored.zip"].replace(b"A,1", b"A,2"), "damaged or cut off"),
        ("a.zip", zipped(("b.zip", PACKED["a.zip"])), "an archive, which is not opened"),
        ("a.zip", zipped(("b.csv.gz", PACKED["a.csv.gz"])), "an archive, which is not opened"),
        ("a.zip.gz", gzip.compress(PACKED["a.zip"], mtime=0), "an archive, which is not"),
        ("a.csv.gz", gzip.compress(PACKED["a.zip"], mtime=0), "an Excel workbook or zip"),
        ("a.zip", zipped(("../a.csv", TEXT)), "leads out of it"),
        ("a.zip", zipped(("/etc/a.csv", TEXT)), "leads out of it"),
        ("a.zip", zipped(("..\\a.csv", TEXT)), "leads out of it"),
        ("a.zip", zipped(*((f"{n}.csv", b"") for n in range(1001))), "1,001 entries"),
        ("a.zip", zipped(("readme.md", TEXT)), 'only "readme.md"'),
        ("a.zip", zipped(), "only nothing"),
        ("a.zip", zipped(("xl/workbook.xml", b"")), "an Excel workbook, although"),
        ("a.zip", zipped(("a.csv", b"x" * 5_000_000)), "not safe to open"),
        ("a.csv.gz", gzip.compress(b"x" * 5_000_000, mtime=0), "not safe to open"),
    ],
)
def test_an_archive_that_is_not_in_order_is_refused(file, data, words):
    assert words in refusal(data, file)


def test_a_locked_archive_is_named_as_such():
    data = bytearray(PACKED["a.zip"])
    # The flag of encryption, in the entry's own head and in the directory.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "locked with a password" in refusal(bytes(data), "a.zip")


def test_the_size_that_an_archive_tells_of_itself_is_not_believed(monkeypatch):
    monkeypatch.setattr(unpacking, "HARMLESS", 10)
    data = zipped(("a.csv", TEXT * 1000))
    assert "not safe to open" in refusal(data, "a.zip")
    small = data.replace((len(TEXT) * 1000).to_bytes(4, "little"), (18).to_bytes(4, "little"))
    assert "damaged" in refusal(small, "a.zip")
