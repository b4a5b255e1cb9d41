"""Great Expectations really runs: the same verdicts, counts only, no finding by accident."""

import dataclasses
from string import Template
from types import ModuleType

import duckdb
import pytest

from checks.record import record
from checks.suites import CHECKS
from checks.verdict import Check, CheckError
from etl.store import Store
from tests.verdicts import breaking
from tests.verdicts.tables import clean, written

CANARY = "Canary-7301"
POSING = "(_duckdb.BinderException) "  # as an error that may be quoted begins


@pytest.fixture(scope="session")
def engine() -> ModuleType:
    """The runner: importing it takes seconds, so only the tests that need it do."""
    from checks import run

    return run


@pytest.fixture(scope="session")
def broken(tmp_path_factory):
    """One audit with every fault, and the canary in every text that is not a word of ours."""
    tables = clean()
    for check in CHECKS:
        getattr(breaking, check.name)(tables)
    for rows in tables.values():
        for row in rows:
            for name in {"case_key", "category", "unit", "source", "export"} & row.keys():
                if row[name] not in {"unknown", "test_case"}:
                    row[name] = f"{POSING}{CANARY} {row[name]}"
    path = tmp_path_factory.mktemp("broken") / "audit.duckdb"
    written(tables, path).close()
    return path


@pytest.fixture(scope="session")
def verdicts(engine, broken):
    # With all faults in one audit none has the share of its rows that it would have alone.
    strict = [dataclasses.replace(check, allowed=None) for check in CHECKS]
    return engine.run(broken, checks=strict)


def mistaken(violated: str, *, about: str = "core.cases") -> Check:
    examines = Template(
        "select snapshot, line, received_on as happened_on, $violated as violated from $about"
    )
    return dataclasses.replace(
        CHECKS[0],
        name="mistaken",
        about=about,
        examines=examines.substitute(violated=violated, about=about),
    )


def test_one_run_finds_every_fault_of_an_audit_that_has_them_all(verdicts):
    assert [verdict.name for verdict in verdicts] == [check.name for check in CHECKS]
    assert {verdict.name for verdict in verdicts if verdict.outcome != "failed"} == set()


def test_a_verdict_says_since_which_month(verdicts):
    (found,) = (verdict for verdict in verdicts if verdict.name == "no_month_is_nearly_empty")
    assert found.since.isoformat() == "2024-08-01"


def test_a_clean_audit_passes_every_check(engine, tmp_path):
    written(clean(), tmp_path / "audit.duckdb").close()
    found = engine.run(tmp_path / "audit.duckdb")
    assert {verdict.outcome for verdict in found} == {"passed"}


def test_an_audit_without_a_row_gives_no_verdict_but_empty(engine, tmp_path):
    written({}, tmp_path / "audit.duckdb").close()
    found = engine.run(tmp_path / "audit.duckdb")
    assert {verdict.outcome for verdict in found} == {"empty"}


def test_nothing_that_great_expectations_returns_holds_a_value_of_a_case(engine, broken):
    with Store.open(broken, mode="read") as store:
        assert CANARY in repr(store.frame("select * from core.cases").rows())
    returned = engine.answers(broken)
    assert CANARY not in repr(returned)
    assert CANARY not in repr([answer.to_json_dict() for _, answer in returned])


def test_no_value_of_a_case_is_kept_with_the_verdicts(engine, verdicts):
    with written({}) as store:
        record(store, verdicts, fingerprint="f")
        kept = store.frame("select * from quality.verdicts")
    assert CANARY not in repr(kept.rows())


def test_runs_are_kept_one_after_the_other(engine, verdicts):
    with written({}) as store:
        assert record(store, verdicts[:2], fingerprint="before") == 1
        assert record(store, verdicts, fingerprint="after") == 2
        kept = store.frame(
            "select run, fingerprint, count(*) as verdicts from quality.verdicts"
            " group by all order by run"
        )
        affects = store.frame("select affects from quality.verdicts where run = 2 limit 1")
    assert kept.rows() == [(1, "before", 2), (2, "after", len(CHECKS))]
    assert affects["affects"][0].to_list() == list(verdicts[0].affects)


def test_a_run_that_stops_half_way_is_not_kept(engine, verdicts):
    failing = next(verdict for verdict in verdicts if verdict.failing)
    stopping = dataclasses.replace(failing, statement="select violated from core.nowhere")
    with written({}) as store:
        assert record(store, verdicts, fingerprint="whole") == 1
        places = store.frame("select count(*) from quality.findings").item()
        with pytest.raises(duckdb.Error):
            record(store, [stopping], fingerprint="half")
        assert store.frame("select max(run) from quality.verdicts").item() == 1
        assert store.frame("select count(*) from quality.findings").item() == places


@pytest.mark.parametrize(
    ("check", "cause"),
    [
        (mistaken("recieved_on is null"), "recieved_on"),
        (mistaken("null"), "undecided"),
        (mistaken("received_on is is null"), "Parser Error"),
        (mistaken("true", about="core.casses"), "no table core.casses"),
    ],
    ids=["mistyped column", "neither true nor false", "mistyped word", "missing table"],
)
def test_a_check_that_cannot_run_is_an_error_and_not_a_finding(engine, broken, check, cause):
    with pytest.raises(CheckError, match=cause):
        engine.run(broken, checks=(check,))


def test_the_error_of_a_check_quotes_no_value_of_a_case(engine, broken):
    check = mistaken("cast(case_key as int) > 0")
    with pytest.raises(CheckError) as raised:
        engine.run(broken, checks=(check,))
    assert "cannot be run" in str(raised.value)
    assert CANARY not in repr(raised.getrepr())


def test_a_missing_store_is_said_plainly(engine, tmp_path):
    with pytest.raises(CheckError, match="no such store"):
        engine.run(tmp_path / "audit.duckdb")


def test_the_store_can_be_written_again_after_a_run(engine, tmp_path):
    path = tmp_path / "an audit.duckdb"
    written(clean(), path).close()
    found = engine.run(path)
    with Store.open(path) as store:
        assert record(store, found, fingerprint="f") == 1
