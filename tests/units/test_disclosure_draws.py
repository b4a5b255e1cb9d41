"""Which of several draws of a quarter is taken, told by what each of them would tell."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from metrics.disclosure import joint
from metrics.disclosure.joint import (
    FEW,
    FOR_COARSER_TOTALS,
    FOR_TOTALS,
    OF_FEW,
    OF_MANY,
    OF_MANY_COARSER,
)
from metrics.disclosure.tables import Bases


class Table:
    """One table of so many counts, told in the quarter."""

    def __init__(self, counts: int = 1) -> None:
        self.counts = np.zeros((1, 1, counts), dtype=np.int64)
        self.truth = self.counts

    def new(self, months: Sequence[int]) -> Sequence[int]:
        return months


@dataclass
class Turn:
    """A quarter in which each draw tells what was written: to all, and to who looks closer.

    The last one is repeated.
    """

    draws: list[tuple[int, int]]
    months: tuple[int, ...] = (0,)
    asked: list = field(default_factory=list)
    bases: Bases = field(default_factory=lambda: Bases(5))
    table: Table = field(default_factory=Table)
    followers: tuple[Table, ...] = ()

    def narrowed(self) -> int:
        return self._last()[0]

    def closely(self) -> int:
        return self._last()[1]

    def _last(self) -> tuple[int, int]:
        return self.draws[min(len(self.asked), len(self.draws)) - 1]


@pytest.fixture(autouse=True)
def draw(monkeypatch):
    def one_more(every, turn, one):
        turn.asked.append(one)
        every[0].counts[:] = len(turn.asked)

    monkeypatch.setattr(joint, "_draw_all", one_more)


def taken(turn: Turn, table: Table | None = None) -> int:
    """The number of the draw that is taken."""
    turn.table = table or Table()
    return int(joint._nearest([turn.table], turn).counts[0].flat[0])


def test_the_first_draw_that_tells_nothing_is_taken():
    turn = Turn([(2, 0), (0, 0)])
    assert taken(turn) == 2
    assert len(turn.asked) == 2


def test_what_a_closer_look_tells_counts_after_all_else():
    assert taken(Turn([(1, 0), (0, 5), (0, 4), (1, 0)])) == 3


def test_of_draws_that_tell_as_much_the_first_is_taken():
    assert taken(Turn([(0, 3)])) == 1


def test_few_counts_are_rounded_by_one_program_before_any_sum_goes_further():
    turn = Turn([(0, 3)])
    taken(turn)
    assert turn.asked == list(OF_FEW)
    goes_further = [one.gives or one.ways != joint.WAYS for one in turn.asked]
    at_once = [one.at_once for one in turn.asked]
    assert at_once.index(True) < goes_further.index(True)


def test_of_many_counts_sums_go_further_for_totals_alone_and_no_further_than_they_must():
    many = Table(FEW + 1)
    closer, totals, mended = (
        Turn([(0, 3)]),
        Turn([(1, 0)]),
        Turn([(1, 0)] * len(OF_MANY) + [(0, 3)]),
    )
    for turn in (closer, totals, mended):
        taken(turn, many)
    assert closer.asked == list(OF_MANY)
    assert totals.asked == [*OF_MANY, *FOR_TOTALS]
    assert mended.asked == [*OF_MANY, FOR_TOTALS[0]]
    # Sums of months alone give way for a closer look.
    gives = [one.gives for one in closer.asked]
    assert any(gives)
    assert not any(off.quarter for off in gives)


def test_of_many_counts_of_a_coarser_audience_single_sums_give_way_for_a_closer_look():
    many, made_of_fives = Table(FEW + 1), Bases(2, None, 5)
    closer, totals = (Turn([less], bases=made_of_fives) for less in ((0, 3), (1, 0)))
    for turn in (closer, totals):
        taken(turn, many)
    assert closer.asked == list(OF_MANY_COARSER)
    assert any(one.gives for one in closer.asked)
    assert all(one.ways == joint.WAYS for one in closer.asked)
    assert totals.asked == [*OF_MANY_COARSER, *FOR_COARSER_TOTALS]
