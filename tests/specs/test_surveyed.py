"""Surveys beside the times until the closing: nobody is asked about a case that is open.

Rounded each by itself, "5 surveys" (1 to 9) beside "none closed" (0 to 4) proves 1 to 4.
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from etl.store import Store
from metrics.attack.surveyed import surveyed
from metrics.attack.told import read
from metrics.disclosure import protect
from metrics.disclosure.arriving import Arrival
from metrics.disclosure.asking import Ceiling, ceilings, is_asked_early
from metrics.disclosure.closing import Further, holding
from metrics.disclosure.policy import Policy
from metrics.disclosure.tables import Grid
from metrics.reach import Off
from metrics.release import open_release
from metrics.sealing import UnsafeError
from tests.specs.measured import filled, judge, sealed

BANDS = (0, 8, 15, 31, 61)
BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=BANDS)
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=BANDS)
QUARTER = (date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1))
GRID = Grid(levels=(("all", "all"),), months=QUARTER)
LED = [*(("ended", band) for band in BANDS), *(("open", band) for band in BANDS), ("", -1)]
OWN = [("satisfied", -1), ("unanswered", -1)]


def asked(*, closed: bool) -> dict[str, str]:
    """Units with two to four cases each; one or two are closed and asked about, or open."""
    events, units = ["case | kind | on"], ["case | unit"]
    surveys = ["case | offered_on | answered_on | score"]
    for unit in range(12):
        for number in range(2 + unit % 3):
            name, received = f"{unit}-{number}", date(2024, 1, 2 + number)
            events.append(f"{name} | received | {received}")
            if closed and number <= unit % 2:
                events.append(f"{name} | resolved | {received + timedelta(days=20)}")
            if number <= unit % 2:
                surveys.append(f"{name} | {received + timedelta(days=21)} | | ")
            units.append(f"{name} | unit_{unit}")
    return {
        "events": "\n".join(events), "cases": "\n".join(units), "feedback": "\n".join(surveys)
    }  # fmt: skip


@pytest.fixture
def small_units(store: Store, tmp_path: Path) -> Store:
    filled(store, tmp_path, as_of="2024-03-31", **asked(closed=True))
    judge(store)
    return store


def test_surveys_and_closings_that_are_rounded_together_tell_no_more(small_units, tmp_path):
    paths = [
        sealed(small_units, to=tmp_path, policy=policy, everybody=(BOARD, PUBLIC))
        for policy in (BOARD, PUBLIC)
    ]
    assert all("asked_early" not in open_release(path).manifest for path in paths)
    found = surveyed([read(path) for path in paths])
    assert [one.releases for one in found] == [1, 1, 2]
    assert all(one.targets > 50 for one in found)
    assert all(one.passed for one in found)


def test_surveys_and_closings_that_are_rounded_apart_stop_the_release(
    small_units, tmp_path, monkeypatch
):
    monkeypatch.setattr(protect, "ceilings", lambda *_: [])
    with pytest.raises(UnsafeError, match="board who holds surveys against closings") as told:
        sealed(small_units, to=tmp_path, policy=BOARD)
    assert "added since the last release beginning after what that one tells" in f"{told.value}"


def test_where_open_cases_are_asked_about_the_release_says_so_and_readers_know_nothing(
    store, tmp_path
):
    filled(store, tmp_path, as_of="2024-03-31", **asked(closed=False))
    judge(store)
    path = sealed(store, to=tmp_path, policy=BOARD)
    manifest = open_release(path).manifest
    assert manifest["asked_early"] == "yes"
    assert manifest["method_sentence"].endswith("asked about cases that are not closed.")
    assert surveyed([read(path)]) == []


def test_only_what_may_be_closed_by_the_end_of_a_month_is_asked_about_by_then():
    january, february, quarter = ceilings(OWN, LED, GRID, range(3))
    # Of January's by its end those of up to 30 days, and those of no known time; none open.
    assert january.led == ((0, 1, 2, 10),)
    assert february.led == ((0, 1, 2, 3, 10), (0, 1, 2, 10))
    assert quarter.led[0] == (0, 1, 2, 3, 4, 10)


def counts(asked: int, closed: int) -> tuple[np.ndarray, np.ndarray]:
    """One level's closed cases and surveys, all of January."""
    led, own = np.zeros((1, 3, len(LED))), np.zeros((1, 3, len(OWN)))
    led[0, 0, 0], own[0, 0, 0] = closed, asked
    return led.astype(np.int64), own.astype(np.int64)


QUARTERLY = Ceiling(len(OWN), ((0,), (0,), (0,)), (0,))
NOTHING = np.array([0])


def test_a_ceiling_holds_only_where_it_is_so_in_truth():
    assert holding([QUARTERLY], *counts(3, 3), NOTHING)[0].levels == (0,)
    assert holding([QUARTERLY], *counts(3, 2), NOTHING)[0].levels == ()
    assert holding([QUARTERLY], *counts(3, 2), np.array([1]))[0].levels == (0,)
    assert is_asked_early([QUARTERLY.at(())], levels=1)
    assert not is_asked_early([QUARTERLY, Arrival((0,), 1, 0, ())], levels=1)


ONE = Off(1, 1)


def test_counts_that_keep_to_the_ceiling_leave_each_other_their_room():
    assert QUARTERLY.narrow(*counts(5, 5), 5, Further()) == 0
    assert QUARTERLY.narrow(*counts(0, 0), 5, Further()) == 0
    # 1 to 9 surveys beside 0 to 4 closed: both are 1 to 4, and of January as of the quarter;
    # in each of the other months no more than 3 were asked.
    assert QUARTERLY.narrow(*counts(5, 0), 5, Further()) == 5
    # Earlier quarters may have left as many as the base has room for.
    assert QUARTERLY.narrow(*counts(5, 0), 5, Further(left=NOTHING)) == 0
    assert QUARTERLY.narrow(*counts(10, 0), 5, Further(left=NOTHING)) > 0
    assert QUARTERLY.narrow(*counts(5, 0), 5, Further(own=ONE, led=ONE)) == 0
    # Of months alone one base further: the quarter's own sums are near, and tell it.
    assert QUARTERLY.narrow(*counts(5, 0), 5, Further(Off(month=1), Off(month=1))) > 0
