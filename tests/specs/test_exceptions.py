"""What a release says does not always hold of cases must not prove that there is one.

"People may also be asked about cases that are not closed" beside no survey (0 to 4) would be
1 to 4 surveys, were it said only where somebody was.
"""

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from etl.store import Store
from metrics.disclosure.layers import WITHOUT_CAUSE, said_without_cause
from metrics.disclosure.policy import Policy
from metrics.release import open_release
from tests.specs.measured import filled, judge, sealed

BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=(0, 8, 15, 31, 61))
FIRST, SECOND = date(2024, 1, 1), date(2024, 4, 1)
KEYS = [f"key {number}".encode() for number in range(800)]
OPEN = "case | kind | on\n0 | received | 2024-01-02"
SURVEYS = {
    "nobody": "case | offered_on | answered_on | score",
    "somebody": "case | offered_on | answered_on | score\n0 | 2024-02-01 | |",
}


def prepare(store: Store, folder: Path, asked: str, as_of: str) -> None:
    """Core tables of the open case, counted since the first day of the year."""
    filled(store, folder, as_of=as_of, events=OPEN, feedback=SURVEYS[asked])
    judge(store)
    store.execute("update staging.parameters set coverage_from = date '2024-01-01'")
    store.execute(
        "update staging.deliveries set coverage_told = true, coverage_from = date '2024-01-01'"
    )


@pytest.fixture
def told(tmp_path: Path):
    """Manifest and numbers of a release of one open case, which is asked about or not."""

    def publish(asked: str, key: bytes) -> tuple[Mapping[str, str], list[int]]:
        with Store.open() as store:
            folder = tmp_path / f"{asked} {key.decode()}"
            folder.mkdir()
            prepare(store, folder, asked, "2024-03-31")
            release = open_release(sealed(store, to=folder, policy=BOARD, seed=key))
            numbers = release.table("cubes").filter(metric="satisfaction")["n"].to_list()
            return release.manifest, numbers

    return publish


@pytest.fixture
def told_on(tmp_path: Path):
    """What three releases in a row say of one open case, which is asked about or not."""

    def publish(asked: str, key: bytes) -> list[str | None]:
        folder, said = tmp_path / f"{asked} {key.decode()}", []
        folder.mkdir()
        for last in ("2024-03-31", "2024-06-30", "2024-09-30"):
            shutil.rmtree(folder / "rules", ignore_errors=True)
            with Store.open() as store:
                prepare(store, folder, asked, last)
                said.append(open_release(sealed(store, to=folder, policy=BOARD, seed=key)))
        return [release.manifest.get("asked_early") for release in said]

    return publish


def early(quarter: date) -> set[bytes]:
    return {key for key in KEYS if said_without_cause(key, "asked early", quarter)}


def test_that_somebody_may_be_asked_early_is_said_of_an_organisation_that_asked_nobody(told):
    key = min(early(FIRST))
    nobody, somebody = told("nobody", key), told("somebody", key)
    assert nobody[0]["asked_early"] == somebody[0]["asked_early"] == "yes"
    assert nobody[0]["method_sentence"] == somebody[0]["method_sentence"]
    assert nobody[1] == somebody[1] == [0] * len(nobody[1])


def test_it_is_said_where_somebody_was_whatever_the_key(told):
    key = min({*KEYS} - early(FIRST))
    assert "asked_early" not in told("nobody", key)[0]
    assert told("somebody", key)[0]["asked_early"] == "yes"


def test_what_is_said_without_cause_is_said_again_as_a_cause_would_be(told_on):
    """An open case that was asked about is so in every later release: so is what is no case."""
    said = early(FIRST) - early(SECOND) - early(date(2024, 7, 1))
    nobody, somebody = (told_on(asked, min(said)) for asked in ("nobody", "somebody"))
    assert nobody == somebody == ["yes"] * 3
    quiet = {*KEYS} - early(FIRST) - early(SECOND) - early(date(2024, 7, 1))
    assert told_on("nobody", min(quiet)) == [None] * 3


def test_one_quarter_in_eight_is_said_to_have_exceptions_by_a_key_that_nobody_knows():
    assert len(early(FIRST)) == pytest.approx(len(KEYS) / WITHOUT_CAUSE, abs=30)
    # Each quarter and each exception is drawn for by itself: none tells of another.
    assert 0 < len(early(FIRST) & early(SECOND)) < len(early(FIRST)) / 2
    short = {key for key in KEYS if said_without_cause(key, "short", FIRST)}
    assert 0 < len(early(FIRST) & short) < len(early(FIRST)) / 2
