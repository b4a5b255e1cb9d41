"""Which of several draws of a quarter is taken, told by what each of them would tell."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from metrics.disclosure import joint
from metrics.disclosure.rounding import FURTHER, WAYS

NEAR, FAR = WAYS, FURTHER


@dataclass
class Table:
    """One table of a single count, told in the quarter."""

    counts: np.ndarray = field(default_factory=lambda: np.zeros((1, 1, 1), dtype=np.int64))


@dataclass
class Turn:
    """A quarter in which each draw is what was written of it: told, told closely, how far."""

    draws: list[tuple[int, int, int]]
    months: tuple[int, ...] = (0,)
    drawn: int = -1
    asked: list = field(default_factory=list)

    def narrowed(self) -> int:
        return self.draws[self.drawn][0]

    def closely(self) -> int:
        return self.draws[self.drawn][1]

    def loose(self, _: Table) -> tuple[int, int]:
        return self.draws[self.drawn][2], 0


@pytest.fixture
def draw(monkeypatch):
    def one_more(every, turn, again, ways):
        turn.drawn += 1
        turn.asked.append(ways)
        every[0].counts[:] = turn.drawn

    monkeypatch.setattr(joint, "_draw_all", one_more)


def taken(turn: Turn, ways: list, best=None, *, closely: bool = False):
    """The draw that is taken, of as many tries as there are ways."""
    return joint._nearest([Table()], turn, list(enumerate(ways)), best, closely=closely)


def number(drawn) -> int:
    return int(drawn.counts[0].item())


@pytest.mark.usefixtures("draw")
def test_the_first_draw_that_tells_nothing_is_taken():
    turn = Turn([(2, 0, 0), (0, 0, 0), (0, 0, 0)])
    assert number(taken(turn, [NEAR] * 3)) == 1


@pytest.mark.usefixtures("draw")
def test_sums_go_no_further_for_the_sake_of_who_looks_closer():
    turn = Turn([(2, 0, 0), (0, 5, 0), (0, 0, 3)])
    assert number(taken(turn, [NEAR, NEAR, FAR])) == 1
    assert turn.asked == [NEAR, NEAR]


@pytest.mark.usefixtures("draw")
def test_where_only_sums_that_go_further_leave_a_way_who_looks_closer_is_drawn_for_there():
    turn = Turn([(2, 0, 0), (0, 5, 3), (0, 1, 4), (0, 2, 3)])
    best = taken(turn, [NEAR, FAR])
    assert best.ways == FAR
    assert number(taken(turn, [best.ways] * 2, best)) == 3


@pytest.mark.usefixtures("draw")
def test_where_counts_are_few_sums_go_further_for_who_looks_closer():
    turn = Turn([(0, 5, 0), (0, 0, 3)])
    assert number(taken(turn, [NEAR, FAR], closely=True)) == 1
