"""How far withheld counts can move: few quarters first, and never further than all rows let."""

import numpy as np
import pytest
from scipy import sparse

from metrics.disclosure import room
from metrics.disclosure.room import Moving, Room

FEW = 5
# Counts of two quarters: two that are withheld in each, which add up to what is told.
TRUTH = np.array([2.0, 8.0, 0.0, 6.0])
QUARTERS = np.array([0, 0, 1, 1])
TOLD = [({0: 1.0, 1: 1.0}, 10.0, 10.0), ({2: 1.0, 3: 1.0}, 6.0, 6.0)]
BOTH_SMALL = ({0: 1.0, 2: 1.0}, 0.0, 3.0)
TWO_APART = ({0: 1.0, 2: -1.0}, 2.0, 2.0)


def moving(*more: room.Row) -> Moving:
    return Moving.of([*TOLD, *more], TRUTH, np.zeros(4), np.full(4, 100.0), QUARTERS)


def narrow(*more: room.Row) -> dict[int, tuple[int, int]]:
    """Of the first count of each quarter those without room, with their ends."""
    targets = sparse.csr_array(np.eye(4)[[0, 2]])
    found = Room(moving(*more), targets, FEW)
    return {at: found.ends(at) for at in found.narrow()}


def test_a_count_has_room_among_those_of_its_quarter():
    assert narrow() == {}


def test_what_is_told_of_two_quarters_together_leaves_less():
    assert narrow(BOTH_SMALL) == {0: (0, 3), 1: (0, 3)}


def test_room_that_takes_two_quarters_is_found():
    assert narrow(TWO_APART) == {}


def test_one_that_is_never_none_is_asked_for_both_ends():
    """3 to 5 in place of 4: neither none nor enough."""
    never_none = Moving.of(
        [({0: 1.0, 1: 1.0}, 10.0, 10.0)],
        np.array([4.0, 6.0]),
        np.array([3.0, 0.0]),
        np.array([5.0, 10.0]),
        np.zeros(2, dtype=np.int64),
    )
    found = Room(never_none, sparse.csr_array([[1.0, 0.0]]), FEW)
    assert [found.ends(at) for at in found.narrow()] == [(3, 5)]


@pytest.mark.parametrize("alone", [(), (1,), (1, 2, 4)])
def test_few_quarters_first_or_all_at_once_is_the_same(alone, monkeypatch):
    monkeypatch.setattr(room, "ALONE", alone)
    assert narrow(TWO_APART) == {}
    assert narrow(BOTH_SMALL) == {0: (0, 3), 1: (0, 3)}


def test_a_quarter_alone_keeps_to_rows_with_what_others_are():
    """Both are 3 at most, and that of the quarter before is 2: this one is 1 at most."""
    own = moving(BOTH_SMALL).only(np.array([2, 3]))
    assert own.rows.toarray().tolist() == [[1, 1], [1, 0]]
    assert [end.tolist() for end in own.ends] == [[6, -2], [6, 1]]


def test_most_are_found_without_the_program_of_all_quarters(monkeypatch):
    programs = []
    plain = Moving.best
    monkeypatch.setattr(
        Moving, "best", lambda own, cost: programs.append(len(own.truth)) or plain(own, cost)
    )
    assert narrow() == {}
    assert programs == [2, 2]


def test_sums_up_to_one_quarter_and_up_to_the_next_are_one_row_to_the_first():
    """By the end of the first it is 5 at most, of both 4, and the second is 0."""
    until = ({0: 1.0}, -np.inf, 5.0), ({0: 1.0, 2: 1.0}, -np.inf, 4.0)
    own = moving(*until).only(np.array([0, 1]))
    assert own.rows.toarray().tolist() == [[1, 1], [1, 0]]
    assert [end.tolist() for end in own.ends] == [[10, -np.inf], [10, 4]]


def test_both_ends_of_a_sum():
    """Of two counts that add up to 10, beside two that add up to 6."""
    asked = Room(moving(TWO_APART), sparse.csr_array([[1.0, 0, 0, 0], [1.0, 0, 0, 1.0]]), 1)
    assert asked.ask() == [(2, 8), (8, 8)]
