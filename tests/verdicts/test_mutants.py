"""A predicate that is wrong breaks a test: each check is spoilt in turn and must be noticed."""

import dataclasses

import pytest

from checks.suites import CHECKS
from checks.verdict import Check, counted
from tests.verdicts import breaking
from tests.verdicts.tables import clean, rewrite, written

MUTANTS = {
    "turned round": "not violated",
    "always broken": "true",
    "never broken": "false",
}


@pytest.fixture(scope="module")
def store():
    with written({}) as made:
        yield made


@pytest.fixture(scope="module")
def clean_store():
    with written(clean()) as made:
        yield made


def failing(store, check: Check) -> int:
    row = store.frame(counted((check,))).row(0, named=True)
    return int(row[f"failing_{check.name}"])


def spoilt(check: Check, violated: str) -> Check:
    statement = f"select * replace ({violated} as violated) from ({check.statement})"
    return dataclasses.replace(check, examines=statement)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_with_a_spoilt_predicate_is_noticed(check, store, clean_store):
    tables = clean()
    violations = getattr(breaking, check.name)(tables)
    rewrite(store, tables)
    right = (0, violations)
    assert (failing(clean_store, check), failing(store, check)) == right
    noticed = {
        name: (failing(clean_store, mutant), failing(store, mutant)) != right
        for name, violated in MUTANTS.items()
        for mutant in [spoilt(check, violated)]
    }
    assert noticed == dict.fromkeys(MUTANTS, True)
