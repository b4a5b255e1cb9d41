import hashlib
from pathlib import Path

import pytest

from etl import known_files
from etl.known_files import Hashes
from etl.store import Store


@pytest.fixture
def store():
    with Store.open() as opened:
        opened.create_schema("staging")
        opened.execute("create table staging.deliveries as select 7::bigint as bytes")
        yield opened


def test_a_hash_is_of_all_the_pieces_of_a_file(store, tmp_path, monkeypatch):
    monkeypatch.setattr(known_files, "_PIECE", 3)
    export = tmp_path / "cases.csv"
    export.write_bytes(b"Case,1\n")
    with Hashes() as hashes:
        hashes.begin(store, [export])
        assert hashes.of(export) == hashlib.sha256(b"Case,1\n").hexdigest()


def test_what_has_another_size_is_not_hashed_before_it_is_asked_for(store, tmp_path):
    export = tmp_path / "cases.csv"
    export.write_bytes(b"Case,1\n more\n")
    with Hashes() as hashes:
        hashes.begin(store, [export])
        export.write_bytes(b"Case,2\n")
        assert hashes.of(export) == hashlib.sha256(b"Case,2\n").hexdigest()


def test_a_file_that_is_gone_is_missed_where_it_is_asked_for(store, tmp_path):
    with Hashes() as hashes:
        hashes.begin(store, [tmp_path / "cases.csv"])
        with pytest.raises(FileNotFoundError):
            hashes.of(Path(tmp_path / "cases.csv"))
