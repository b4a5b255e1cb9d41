"""A deadline for the closing, beside the times that cases took to it: both count the cases.

Who was closed within two weeks has met a deadline of two weeks. Rounded each by itself, "5
closed within two weeks" beside "0 met" proves 1 to 4.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from etl.store import Store
from metrics import delays
from metrics.attack.closed import closed, rules_in
from metrics.attack.told import read
from metrics.disclosure.closing import Floor, Further, floors, given_away, holding, with_floors
from metrics.disclosure.policy import Policy
from metrics.disclosure.rounding import Tether
from metrics.disclosure.tables import Closing, Delay, Grid
from metrics.sealing import UnsafeError
from tests.specs.measured import filled, judge, sealed

BANDS = (0, 8, 15, 31)
BOARD = Policy("board", "rounding", base=5, min_denominator=20, bands=BANDS)
PUBLIC = Policy("public", "rounding", base=10, min_denominator=50, bands=BANDS)
CLOSE = """
[[deadline]]
name = "close"
title = "Close within 14 days"
from = "received"
to = "resolved"
within = 14
unit = "calendar_days"
basis = "Policy, section 2"
"""
QUARTER = (date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1))
GRID = Grid(levels=(("all", "all"),), months=QUARTER)
TWO_WEEKS = Closing(
    14,
    14,
    (
        (frozenset({"met"}), frozenset({"ended"}), True),
        (frozenset({"missed"}), frozenset({"open"}), False),
    ),
)
OWN = [("met", -1), ("missed", -1)]
LED = [(outcome, band) for outcome in ("ended", "open") for band in BANDS]


@pytest.fixture
def closed_soon(store: Store, tmp_path: Path, monkeypatch) -> Store:
    """Eight units, the cases of which took a few days, or are still open after a month."""
    monkeypatch.setattr("tests.specs.measured.ACKNOWLEDGE", CLOSE)
    events, units = ["case | kind | on"], ["case | unit"]
    for unit in range(8):
        for number in range(1 + unit % 4):
            name = f"{unit}-{number}"
            events += [f"{name} | received | 2024-01-0{1 + number}"]
            events += [f"{name} | resolved | 2024-01-{10 + number}"] if number < 3 else []
            units += [f"{name} | unit_{unit}"]
    filled(
        store, tmp_path, as_of="2024-03-31", events="\n".join(events), cases="\n".join(units)
    )
    judge(store)
    return store


def test_deadlines_and_times_that_are_rounded_together_tell_no_more(closed_soon, tmp_path):
    paths = [
        sealed(closed_soon, to=tmp_path, policy=policy, everybody=(BOARD, PUBLIC))
        for policy in (BOARD, PUBLIC)
    ]
    told = [read(path) for path in paths]
    assert [(rule.within, rule.beyond) for rule in rules_in(told[0])] == [(14, 14)]
    found = closed(told)
    assert [one.releases for one in found] == [1, 1, 2]
    assert all(one.targets > 50 for one in found)
    assert all(one.passed for one in found)


def test_deadlines_and_times_that_are_rounded_apart_stop_the_release(
    closed_soon, tmp_path, monkeypatch
):
    monkeypatch.setattr(delays, "_closing", lambda _: None)
    with pytest.raises(UnsafeError, match="board who holds deadlines against times"):
        sealed(closed_soon, to=tmp_path, policy=BOARD)


def test_only_months_that_have_come_to_their_day_bind_the_quarter():
    found = floors(Delay(1, closing=TWO_WEEKS), OWN, LED, GRID, range(3))
    met, missed = found
    assert (met.own, met.led, met.months) == ((0,), (0, 1), 2)  # 0 to 7 and 8 to 14
    assert missed.led == (6, 7)
    assert floors(Delay(1), OWN, LED, GRID, range(3)) == []
    late = replace(TWO_WEEKS, beyond=90)
    assert floors(Delay(3, closing=late), OWN, LED, GRID, range(3)) == []


def one_level(*cells: list[int]) -> np.ndarray:
    """Counts of one level: a row per month of the quarter."""
    return np.array([cells])


LEAST = Floor(own=(0,), led=(0, 1), months=2, levels=(0,))
NO_MONTH = [0] * 8
NOBODY = np.array([0])


def test_a_floor_holds_only_where_it_is_so_in_truth():
    led = one_level([1, 1, *[0] * 6], NO_MONTH, NO_MONTH)
    assert holding([LEAST], led, one_level([1, 0], [1, 0], [0, 0]), NOBODY)[0].levels == (0,)
    # One of the two was opened again, and its deadline is not told as met.
    assert holding([LEAST], led, one_level([1, 0], [0, 0], [0, 0]), NOBODY)[0].levels == ()


def test_counts_that_keep_to_the_floor_leave_each_other_their_room():
    led = one_level([5, *[0] * 7], NO_MONTH, NO_MONTH)
    assert given_away([LEAST], led, one_level([0, 0], [5, 0], [0, 0]), 5, Further()) == 0
    # "5 closed early" (1 to 9) beside "none met" (0 to 4): both are 1 to 4, and of the
    # others that were closed early there are no more than 3.
    assert given_away([LEAST], led, one_level([0, 0], [0, 0], [0, 0]), 5, Further()) == 3
    # Where the sum of those met may be one base further off, it is 0 to 9.
    assert given_away([LEAST], led, one_level([0, 0], [0, 0], [0, 0]), 5, Further(own=1)) == 0


def test_a_following_table_is_tethered_to_what_was_told():
    none = Tether(np.zeros((0, 3, 2), dtype=np.int64), np.zeros((1, 0)), np.zeros((1, 0)))
    led = one_level([5, 5, *[0] * 6], [0, 5, *[0] * 6], [5, *[0] * 7])
    tether = with_floors(none, [LEAST], led, NOBODY, base=5)
    assert tether.lower.tolist() == [[3.0]]  # the last month is not due yet
    assert tether.weights.tolist() == [[[1, 0]] * 3]
