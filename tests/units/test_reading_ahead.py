"""The next export is read while the one before it is taken in."""

import tempfile
import time

import pytest

from etl.errors import ExportError
from etl.reading_ahead import Ahead


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_an_export_that_was_begun_is_read_like_any_other(tmp_path, scratch):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("id,unit\nA,1\n")
    second.write_text("id,unit\nB,2\n")
    with Ahead() as ahead:
        ahead.begin(second)
        with ahead.reading(first) as one, ahead.reading(second) as two:
            assert one.whole().rows.rows() == [(2, "A", "1")]
            assert two.whole().rows.rows() == [(2, "B", "2")]
    assert list(scratch.iterdir()) == []


def test_what_is_wrong_with_it_is_said_where_it_is_asked_for(tmp_path, scratch):
    path = tmp_path / "export.csv"
    path.write_bytes(b"")
    with Ahead() as ahead:
        ahead.begin(path)
        with pytest.raises(ExportError, match="the file is empty"), ahead.reading(path):
            pass
    assert list(scratch.iterdir()) == []


def test_a_reading_that_nobody_asks_for_is_given_up(tmp_path, scratch):
    path = tmp_path / "export.csv"
    # The strict reader needs some ten seconds for these.
    path.write_bytes(b"id\n" + b"1\n" * 6_000_000)
    started = time.perf_counter()
    with Ahead() as ahead:
        ahead.begin(path)
        while not list(scratch.iterdir()):
            time.sleep(0.01)
    assert time.perf_counter() - started < 5
    assert list(scratch.iterdir()) == []
