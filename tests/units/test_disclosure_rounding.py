"""Rounding one quarter: strict where possible, wider where not, refused where neither."""

from dataclasses import replace

import numpy as np
import pytest

from metrics.disclosure.looseness import looseness
from metrics.disclosure.rounding import (
    rounded,
    strictly_roundable,
    verified,
)
from metrics.disclosure.slices import Slice, Tether
from metrics.disclosure.tables import ProtectionError
from metrics.reach import AS_A_CELL, Off

# Three breakdowns of 2, 3 and 2 levels, two months, three outcomes and their total.
STUBBORN = Slice(
    truth=np.array(
        [
            [[9, 6, 2], [7, 10, 3]],
            [[4, 5, 0], [3, 6, 2]],
            [[5, 1, 2], [4, 4, 1]],
            [[7, 2, 0], [5, 4, 0]],
            [[0, 2, 2], [1, 2, 1]],
            [[2, 2, 0], [1, 4, 2]],
            [[2, 1, 0], [4, 3, 3]],
            [[7, 5, 2], [3, 7, 0]],
        ]
    ),
    faces=np.array(
        [
            [-1, 1, 1, 0, 0, 0, 0, 0],
            [-1, 0, 0, 1, 1, 1, 0, 0],
            [-1, 0, 0, 0, 0, 0, 1, 1],
        ]
    ),
    sums=np.array([[1, 1, 1]]),
    base=3,
)
# Four breakdowns of 2, 2, 3 and 3 levels, three months, two outcomes and their total.
HOPELESS = Slice(
    truth=np.array(
        [
            [[3, 1], [4, 1], [2, 3]],
            [[0, 0], [3, 0], [2, 1]],
            [[3, 1], [1, 1], [0, 2]],
            [[3, 0], [0, 0], [2, 0]],
            [[0, 1], [4, 1], [0, 3]],
            [[2, 1], [2, 1], [0, 0]],
            [[0, 0], [2, 0], [0, 3]],
            [[1, 0], [0, 0], [2, 0]],
            [[1, 0], [1, 1], [0, 2]],
            [[0, 1], [1, 0], [2, 1]],
            [[2, 0], [2, 0], [0, 0]],
        ]
    ),
    faces=np.array(
        [
            [-1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            [-1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
            [-1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0],
            [-1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1],
        ]
    ),
    sums=np.array([[1, 1]]),
    base=3,
)


def round_(quarter: Slice) -> np.ndarray:
    carry = np.zeros((len(quarter.truth), len(quarter.steered)), dtype=np.int64)
    return rounded(quarter, carry=carry, draw=np.random.default_rng(1))


@pytest.mark.parametrize("quarter", [STUBBORN, HOPELESS])
def test_sums_go_further_where_no_strict_rounding_adds_up_and_cells_never(quarter):
    counts = round_(quarter)
    assert np.abs(counts - quarter.truth).max() < quarter.base
    assert any(looseness(quarter, counts))


def test_what_the_solver_cannot_add_up_is_refused(monkeypatch):
    monkeypatch.setattr("metrics.disclosure.rounding._solved", lambda *_: None)
    with pytest.raises(ProtectionError, match="merge levels"):
        round_(STUBBORN)


def test_a_carried_error_is_taken_back():
    alone = Slice(
        truth=np.array([[[3]]]),
        faces=np.zeros((0, 1), dtype=np.int64),
        sums=np.zeros((0, 1), dtype=np.int64),
        base=5,
    )
    draws = [np.random.default_rng(seed) for seed in range(10)]
    for carry, expected in ((4, 0), (-4, 5)):
        carried = np.array([[carry]])
        assert {rounded(alone, carry=carried, draw=draw).item() for draw in draws} == {expected}


def test_a_count_goes_up_as_often_as_it_is_near_however_many_cells_show_it():
    shown_often = Slice(
        truth=np.array([[[3, 0]], [[3, 0]], [[3, 0]]]),
        faces=np.array([[-1, 1, 0], [-1, 0, 1]]),
        sums=np.array([[1, 1]]),
        base=5,
    )
    carry = np.zeros((3, 3), dtype=np.int64)
    ups = [
        rounded(shown_often, carry=carry, draw=np.random.default_rng(seed)).max() == 5
        for seed in range(100)
    ]
    assert 50 <= sum(ups) <= 70


@pytest.mark.parametrize(
    ("all_", "level", "promise"),
    [
        (6, 6, "not a multiple"),
        (-5, -5, "negative"),
        (20, 20, "a count is too far"),
        (5, 10, "do not add up"),
        (0, 0, "a count is too far"),
    ],
)
def test_a_rounding_that_breaks_a_promise_is_never_published(all_, level, promise):
    quarter = Slice(
        truth=np.array([[[7, 0]], [[7, 0]]]),
        faces=np.array([[-1, 1]]),
        sums=np.array([[1, 1]]),
        base=5,
    )
    with pytest.raises(ProtectionError, match=promise):
        verified(quarter, np.array([[[all_, 0]], [[level, 0]]]))


def test_a_sum_that_is_too_far_from_the_truth_is_never_published():
    quarter = Slice(
        truth=np.array([[[4, 4]]]),
        faces=np.zeros((0, 1), dtype=np.int64),
        sums=np.array([[1, 1]]),
        base=5,
    )
    with pytest.raises(ProtectionError, match="a sum is too far"):
        verified(quarter, np.array([[[0, 0]]]))


def test_a_rounding_that_invents_a_case_is_never_published():
    quarter = Slice(
        truth=np.array([[[0]]]),
        faces=np.zeros((0, 1), dtype=np.int64),
        sums=np.zeros((0, 1), dtype=np.int64),
        base=5,
    )
    with pytest.raises(ProtectionError, match="none became some"):
        verified(quarter, np.array([[[5]]]))


@pytest.mark.parametrize(("coarser", "tellable"), [(None, 1), (2, 12)])
def test_counts_are_drawn_so_that_a_coarser_audience_can_be_told_its_sums(coarser, tellable):
    # Twelve draws to fives, from which counts in tens are made with every sum within nine.
    fives = replace(STUBBORN, base=5, coarser=coarser)
    carry = np.zeros((8, 4), dtype=np.int64)
    made = [rounded(fives, carry=carry, draw=np.random.default_rng(seed)) for seed in range(12)]
    again = [
        strictly_roundable(replace(fives, truth=n // 5, base=2, coarser=None)) for n in made
    ]
    assert sum(again) == tellable
    assert all(looseness(fives, counts) == (AS_A_CELL, AS_A_CELL) for counts in made)


def test_breakdowns_at_once_keep_to_the_tether_where_the_rounding_of_all_leaves_them_no_way():
    # Five cases of each level, in a month of its own, of which ten are told as ten in all: the
    # rounding of all chooses the month, and with it the level, that another table asks about.
    quarter = Slice(
        truth=np.array([[[5], [5]], [[5], [0]], [[0], [5]]]),
        faces=np.array([[-1, 1, 1]]),
        sums=np.zeros((0, 1), dtype=np.int64),
        base=10,
        tether=Tether(
            weights=np.ones((1, 2, 1), dtype=np.int64),
            lower=np.array([[-np.inf], [1], [-np.inf]]),
            upper=np.full((3, 1), np.inf),
        ),
    )
    carry = np.zeros((3, 1), dtype=np.int64)
    off = {
        at_once: [
            quarter.tether.off(
                rounded(
                    replace(quarter, at_once=at_once),
                    carry=carry,
                    draw=np.random.default_rng(seed),
                )
                // quarter.base
            )
            for seed in range(12)
        ]
        for at_once in (False, True)
    }
    assert sorted(set(off[False])) == [0, 1]
    assert set(off[True]) == {0}


@pytest.mark.parametrize(
    ("asked", "gives", "off", "further"),
    [
        (3, AS_A_CELL, 1, AS_A_CELL),
        (3, Off(month=1), 1, AS_A_CELL),
        (3, Off(1, 1), 0, Off(quarter=1)),
        (2, Off(1, 1), 0, AS_A_CELL),
    ],
    ids=["kept near", "months alone", "goes further", "need not"],
)
def test_a_sum_gives_way_where_the_tether_asks_for_it(asked, gives, off, further):
    # Two cases in each of four months: eight are told as five or ten, another table says 15.
    quarter = Slice(
        truth=np.full((1, 4, 1), 2),
        faces=np.zeros((0, 1), dtype=np.int64),
        sums=np.zeros((0, 1), dtype=np.int64),
        base=5,
        tether=Tether(
            weights=np.ones((1, 4, 1), dtype=np.int64),
            lower=np.array([[float(asked)]]),
            upper=np.full((1, 1), np.inf),
        ),
        gives=gives,
    )
    carry = np.zeros((1, 1), dtype=np.int64)
    for seed in range(6):
        made = rounded(quarter, carry=carry, draw=np.random.default_rng(seed))
        assert quarter.tether.off(made // 5) == off
        assert looseness(quarter, made) == (AS_A_CELL, further)


@pytest.mark.parametrize(("closer", "told"), [((True, False), 0), ((False, True), 5)])
def test_what_every_reader_sees_is_kept_to_before_what_a_closer_look_holds(closer, told):
    # Two cases, told as none or five: one other table says five or more of them, one none.
    quarter = Slice(
        truth=np.full((1, 1, 1), 2),
        faces=np.zeros((0, 1), dtype=np.int64),
        sums=np.zeros((0, 1), dtype=np.int64),
        base=5,
        tether=Tether(
            weights=np.ones((2, 1, 1), dtype=np.int64),
            lower=np.array([[1, -np.inf]]),
            upper=np.array([[np.inf, 0]]),
            closer=np.array(closer),
        ),
    )
    for seed in range(6):
        made = rounded(
            quarter,
            carry=np.zeros((1, 1), dtype=np.int64),
            draw=np.random.default_rng(seed),
        )
        assert made.item() == told
