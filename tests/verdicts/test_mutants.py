"""A small mistake in a check's statement breaks a test: each is made in turn and noticed.

The rows that notice them are the clean ones, the smallest breaking ones and those of `around`;
what they cannot notice is listed in `equivalent`, each with its reason. Some mistakes of each
check are tried in every run, drawn by a seed; all of them with CASE_AUDIT_MUTANTS=all.
"""

import os
import random

import duckdb
import pytest

from checks.suites import CHECKS
from tests.verdicts import breaking
from tests.verdicts.around import AROUND
from tests.verdicts.equivalent import EQUIVALENT
from tests.verdicts.judging_rows import judged_by, spoilt
from tests.verdicts.mutating import mutants
from tests.verdicts.tables import clean, written

TRIED = os.environ.get("CASE_AUDIT_MUTANTS", "3")
SEED = 20261126


@pytest.fixture(scope="module")
def store():
    with written(clean()) as made:
        yield made


def drawn(check):
    """The mistakes that are tried: all of them, or some that are the same in every run."""
    made = list(mutants(check))
    if TRIED == "all":
        return dict(made)
    dice = random.Random(f"{SEED} {check.name}")  # noqa: S311  nothing is protected with it
    return dict(dice.sample(made, min(int(TRIED), len(made))))


def untouched(tables):
    """The clean rows as they are."""


def examples(check):
    return [
        untouched,
        getattr(breaking, check.name),
        *(each.spoil for each in AROUND if each.check == check.name),
    ]


def noticed(store, check, mutant):
    try:
        return judged_by(store, check) != judged_by(store, mutant)
    except duckdb.Error:
        return True


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_mistake_in_what_a_check_examines_is_noticed(check, store):
    alive = drawn(check)
    known = EQUIVALENT.get(check.name, {})
    for spoil in examples(check):
        if not alive:
            break
        with spoilt(store, spoil):
            alive = {
                name: mutant
                for name, mutant in alive.items()
                if not noticed(store, check, mutant)
            }
    assert set(alive) - set(known) == set()
    tried = set(drawn(check))
    assert set(known) & tried == set(alive), "listed as equivalent, and noticed all the same"
    if TRIED == "all":
        assert set(known) <= tried, "listed as equivalent, and no mistake any more"


@pytest.mark.parametrize("each", AROUND, ids=lambda each: f"{each.check}: {each.name}")
def test_rows_around_a_claim_are_judged_as_it_says(each, store):
    check = next(check for check in CHECKS if check.name == each.check)
    with spoilt(store, each.spoil):
        found = judged_by(store, check)
    assert (found.failing, found.undecided) == (each.failing, 0)
    if each.examined is not None:
        assert found.examined == each.examined
