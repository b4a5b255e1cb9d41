import gc
import threading

import polars as pl
import pyarrow as pa
import pytest

from etl.store import Store, StoreError


def test_what_a_transaction_did_is_kept_at_its_end(store):
    with store.transaction():
        store.replace("numbers", pl.DataFrame({"n": [1]}))
        assert store.frame("select n from numbers")["n"].to_list() == [1]
    assert store.frame("select n from numbers")["n"].to_list() == [1]


def test_what_fails_within_a_transaction_undoes_all_of_it(store):
    store.replace("numbers", pl.DataFrame({"n": [1]}))

    def fail() -> None:
        with store.transaction():
            store.append("numbers", pl.DataFrame({"n": [2]}))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.frame("select n from numbers")["n"].to_list() == [1]


def test_rows_are_added_by_the_names_of_their_columns(store):
    store.replace("pairs", pl.DataFrame({"a": [1], "b": ["x"]}))
    store.append("pairs", pl.DataFrame({"b": ["y"], "a": [2]}))
    assert store.frame("select * from pairs order by a").rows() == [(1, "x"), (2, "y")]


def test_a_table_that_is_made_anew_holds_the_new_rows_alone(store):
    store.materialise("numbers", "select 1 as n")
    store.materialise("numbers", "select $n::integer as n", {"n": 2})
    assert store.frame("select n from numbers").item() == 2


def test_an_sql_file_is_given_the_parameters_that_it_names(store, tmp_path):
    path = tmp_path / "made.sql"
    path.write_text("create table made as select $day::text as day")
    store.run_file(path, {"day": "Monday", "d": "other", "unused": 1})
    assert store.frame("select day from made").item() == "Monday"


def test_a_table_is_there_or_not(store):
    store.execute("create schema core")
    store.replace("core.cases", pl.DataFrame({"n": [1]}))
    store.replace("plain", pl.DataFrame({"n": [1]}))
    assert store.has("core.cases")
    assert store.has("plain")
    assert not store.has("core.events")
    assert not store.has("cases")


@pytest.mark.parametrize("name", ["cases; drop", "Core.cases", "a.b.c", "", "core."])
def test_what_is_no_table_s_name_is_a_fault_of_ours(store, name):
    with pytest.raises(ValueError, match="not a table's name"):
        store.replace(name, pl.DataFrame({"n": [1]}))


def test_a_store_reads_no_other_file(store, tmp_path):
    (tmp_path / "other.csv").write_text("a\n1\n")
    with pytest.raises(Exception, match="disabled"):
        store.frame("select * from read_csv($path)", {"path": str(tmp_path / "other.csv")})


def test_no_variable_of_python_is_a_table(store):
    cases = pl.DataFrame({"n": [1]})
    with pytest.raises(Exception, match="does not exist"):
        store.frame("select * from cases")
    assert cases.height == 1


def test_a_store_opened_for_reading_is_never_changed(tmp_path):
    path = tmp_path / "kept.duckdb"
    with Store.open(path) as made:
        made.replace("numbers", pl.DataFrame({"n": [1]}))
    before = path.read_bytes()
    with Store.open(path, mode="read") as opened:
        assert opened.frame("select n from numbers").item() == 1
        with pytest.raises(Exception, match="read-only"):
            opened.replace("numbers", pl.DataFrame({"n": [2]}))
    assert path.read_bytes() == before


def test_a_missing_store_cannot_be_opened_for_reading(tmp_path):
    with pytest.raises(StoreError, match="no such file"):
        Store.open(tmp_path / "missing.duckdb", mode="read")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_database_is_refused_in_words(tmp_path):
    path = tmp_path / "no.duckdb"
    path.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match="not a database that can be opened"):
        Store.open(path)


def test_every_thread_gets_the_rows_it_asked_for(store):
    store.replace("numbers", pl.DataFrame({"n": range(200)}))
    wrong: list[int] = []

    def ask(n: int) -> None:
        for _ in range(5):
            found = store.frame("select n from numbers where n = $n", {"n": n})["n"].to_list()
            wrong.extend([n] if found != [n] else [])

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_pseudonym_is_given_as_its_digits_and_found_by_them(store):
    digits = "00ff" * 8
    store.execute("create table keyed (case_key uuid)")
    store.append("keyed", pl.DataFrame({"case_key": [digits]}))
    found = store.frame("select * from keyed where case_key = $key", {"key": digits})
    assert found["case_key"].to_list() == [digits]


def test_rows_are_let_go_before_their_transaction_ends(store):
    store.execute("create table numbers (number bigint)")
    before = pa.total_allocated_bytes()
    with store.transaction():
        store.append("numbers", pl.DataFrame(pa.table({"number": pa.array(range(100_000))})))
        gc.collect()
        assert pa.total_allocated_bytes() == before
    assert store.frame("select count(*) as rows from numbers").item() == 100_000
