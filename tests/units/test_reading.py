import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest

import etl
from etl.errors import ExportError
from etl.readers.layout import UNTOLD
from etl.reading import Limits, read_export, reading


def written(folder: Path, data: bytes, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: Path, **options) -> str:
    with pytest.raises(ExportError) as caught:
        read_export(path, **options)
    message = str(caught.value)
    assert "Traceback" not in message
    assert str(path.parent) not in message, "folders are nobody's business"
    return message


def test_an_export_is_read_in_another_process_as_in_this_one(tmp_path):
    table = read_export(written(tmp_path, "id;unit\nA;é\nB\nC;3\n".encode()))
    assert table.header == ("id", "unit")
    assert table.rows.rows() == [(2, "A", "é"), (4, "C", "3")]
    assert table.ragged.rows() == [(3, 1)]
    assert (table.encoding, table.delimiter, table.size) == ("utf-8", ";", 19)
    assert table.sha256 == "ca83012c4d8e11b8353d6eac30ed5f8ed5dc68654ac3b1313de40606170542b2"


def test_a_reader_whose_loader_was_killed_while_it_began_reads_nothing(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    path = written(tmp_path, b"id\nA\n")
    with path.open("rb") as stream:
        request = {
            "file": path.name,
            "descriptor": stream.fileno(),
            "folder": str(tmp_path),
            "parent": dead.pid,
            "limits": {"memory": 4 << 30, "cpu_seconds": 60, "output": 1 << 20},
            "layout": asdict(UNTOLD),
        }
        told = subprocess.run(
            [sys.executable, "-m", "etl.readers"],
            input=json.dumps(request).encode(),
            pass_fds=(stream.fileno(),),
            env={"PYTHONPATH": str(Path(etl.__file__).parent.parent)},
            capture_output=True,
            check=False,
        )
        assert (told.returncode, told.stderr) == (1, b"")
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_declarations_reach_the_reader(tmp_path):
    path = written(tmp_path, "a|b;c\n1|é\n".encode("cp1252"))
    table = read_export(path, delimiter="|", encoding="cp1252")
    assert table.header == ("a", "b;c")
    assert table.rows.rows() == [(2, "1", "é")]


def test_what_is_wrong_with_the_export_arrives_word_for_word(tmp_path):
    path = written(tmp_path, b"id,id\n")
    assert refusal(path) == (
        'export.csv line 1: the header has "id" twice, as columns 1 and 2; '
        "rename one of them in the export, so that each name stands once, or declare "
        'repeats = "number" in the source\'s description'
    )


def test_a_file_called_xlsx_goes_to_the_reader_of_workbooks(tmp_path):
    path = written(tmp_path, b"id,unit\n", name="Export.XLSX")
    assert "not an Excel workbook, although" in refusal(path)


def test_a_link_to_a_file_is_followed(tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to(written(tmp_path, b"id\nA\n"))
    assert read_export(link).rows.height == 1


def test_a_name_with_blanks_and_quotes_is_only_a_name(tmp_path):
    path = written(tmp_path, b"id\nA\n", name="-o $(id) 'x' ü\n.csv")
    assert read_export(path).rows.height == 1


def test_a_missing_file_is_refused(tmp_path):
    assert "No such file" in refusal(tmp_path / "export.csv")


def test_a_folder_is_refused(tmp_path):
    (tmp_path / "export.csv").mkdir()
    assert "this is a folder" in refusal(tmp_path / "export.csv")


def test_a_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "export.csv")
    assert "a pipe, socket or device" in refusal(tmp_path / "export.csv")


def test_a_device_is_refused():
    with pytest.raises(ExportError, match="device"):
        read_export(Path("/dev/zero"))


def test_links_in_a_circle_are_refused(tmp_path):
    (tmp_path / "export.csv").symlink_to(tmp_path / "export.csv")
    assert "cannot be opened" in refusal(tmp_path / "export.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_we_may_not_read_is_refused(tmp_path):
    path = written(tmp_path, b"id\n")
    path.chmod(0)
    assert "Permission denied" in refusal(path)


def test_a_reader_that_takes_too_long_is_stopped(tmp_path):
    message = refusal(written(tmp_path, b"id\n"), limits=Limits(wall_seconds=0.01))
    assert "reading was given up, it took longer than 0.01 seconds" in message


def test_a_reader_that_computes_too_long_is_stopped(tmp_path):
    path = written(tmp_path, b"id\n" + b"1\n" * 6_000_000)
    assert "more computing time" in refusal(path, limits=Limits(cpu_seconds=1))


def test_a_file_that_needs_too_much_memory_is_given_up(tmp_path):
    path = written(tmp_path, b"id\n" + b"12345678\n" * 4_000_000)
    assert "more memory" in refusal(path, limits=Limits(memory=400 << 20))


def test_a_file_that_unpacks_to_too_much_is_given_up(tmp_path):
    path = written(tmp_path, b"id\n" + b"12345678\n" * 10_000)
    assert "larger than a file may become" in refusal(path, limits=Limits(output=20_000))


def test_a_file_that_is_still_being_written_is_refused(tmp_path):
    path = written(tmp_path, b"id\n" + b"1\n" * 1_000_000)
    done = threading.Event()

    def write_on():
        with path.open("ab", buffering=0) as file:
            while not done.wait(0.001):
                file.write(b"1\n")

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        assert "changed while it was being read" in refusal(path)
    finally:
        done.set()
        writer.join()


def test_nothing_of_the_export_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    read_export(written(tmp_path, b"id\nA\n"))
    refusal(written(tmp_path, b""))
    assert list(scratch.iterdir()) == []


def test_a_module_in_the_current_folder_is_not_run(tmp_path, monkeypatch):
    written(tmp_path, b"raise SystemExit(9)", name="csv.py")
    monkeypatch.chdir(tmp_path)
    assert read_export(written(tmp_path, b"id\nA\n")).rows.height == 1


def test_a_large_export_comes_whole_and_in_chunks(tmp_path):
    rows = "".join(f"{number},unit {number % 7}\n" for number in range(200_000))
    export = written(tmp_path, ("id,unit\n" + rows + "1,2,3\n" + rows).encode())
    table = read_export(export)
    assert table.rows.height == 400_000
    assert table.rows.row(-1) == (400_002, "199999", "unit 2")
    assert table.ragged.rows() == [(200_002, 3)]
    with reading(export) as read:
        chunks = list(read.chunks(150_000))
    assert pl.concat([chunk.rows for chunk in chunks]).equals(table.rows)
    assert [chunk.ragged.height for chunk in chunks] == [1] + [0] * (len(chunks) - 1)
    assert {chunk.sha256 for chunk in chunks} == {table.sha256}


def test_a_large_export_with_a_doubtful_end_is_left_to_the_strict_reader(tmp_path):
    rows = b"12345678,1234567890\n" * 150_000
    assert "line 150002: the last record has 1 of 2 fields" in refusal(
        written(tmp_path, b"id,unit\n" + rows + b"12")
    )
