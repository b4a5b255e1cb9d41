"""The tables of one rounding, quarter after quarter, those that count the same cases together.

A table that others follow is rounded first, then those that follow it. Where one of them cannot
keep to what the first has told, the first is rounded again towards it, and so on.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from operator import attrgetter

import numpy as np

from metrics.disclosure.closing import with_floors
from metrics.disclosure.following import beside
from metrics.disclosure.linking import Links, following, leading, linked_in_truth
from metrics.disclosure.looseness import looseness
from metrics.disclosure.nesting import Nested, with_nested
from metrics.disclosure.rounding import (
    FURTHER,
    WAYS,
    Ways,
    rounded,
    strictly_roundable,
)
from metrics.disclosure.series import Rounding, stacked
from metrics.disclosure.slices import Slice, Tether
from metrics.disclosure.tables import Bases, Counts, ProtectionError
from metrics.disclosure.turn import DRAWS, TRIES, Turn
from metrics.reach import AS_A_CELL, Off

AT_ONCE = 1000  # where the dice of draws by one program begin
FEW = 3000  # counts that all breakdowns can be rounded of by one program, again and again
DRAWN_AGAIN = 2  # times at most, for the sake of the quarter after it
DRAWN_ONCE_MORE = 1  # where single cells are tied too, which the quarter before seldom mends
QUARTERS = 2  # before, at least, that what is told of a quarter is held against
MONTHS = 3  # of a quarter


@dataclass(frozen=True, slots=True)
class Try:
    """One draw of a quarter: by which dice and ways, and what may give way to the tether.

    By how many bases single sums may go further for its sake is in `gives`; `at_once` where one
    program rounds all breakdowns: where counts are few, the rounding of all may leave a
    breakdown no way to keep to what the other tables tell.
    """

    again: int
    ways: Ways = WAYS
    gives: Off = AS_A_CELL
    at_once: bool = False


# Near the truth; then with sums that give way one by one, those of months before those of
# quarters, on which most findings rest; then with all sums one base further.
NEAR = tuple(Try(again) for again in range(4))
OF_MONTHS = tuple(Try(again, gives=Off(month=1)) for again in range(4, 8))
GIVING = tuple(Try(again, gives=Off(1, 1)) for again in range(8, 12))
FAR = tuple(Try(again, FURTHER) for again in range(12, TRIES))
NEAR_AT_ONCE, OF_MONTHS_AT_ONCE, GIVING_AT_ONCE, FAR_AT_ONCE = (
    tuple(replace(each, again=AT_ONCE + each.again, at_once=True) for each in tries)
    for tries in (NEAR, OF_MONTHS, GIVING, FAR)
)
OF_FEW = (
    *(*NEAR, *NEAR_AT_ONCE),
    *(*OF_MONTHS_AT_ONCE, *GIVING_AT_ONCE),
    *(*FAR, *FAR_AT_ONCE),
)
# One program takes long where counts are many, and sums of quarters that go further cost
# readers findings: there both are for the totals of every reader. What a closer look tells is
# worth months' sums of the finest audience that give way one by one. Those alone mend nothing
# for a coarser one, whose quarters give way as well. What two draws near the truth do not
# mend, two more seldom do, and each takes as long: they are for totals alone, before others
# go further.
FIRST, SECOND = NEAR[:2], NEAR[2:]
OF_MANY, FOR_TOTALS = (*FIRST, *OF_MONTHS), (*SECOND, *GIVING, *FAR, *GIVING_AT_ONCE)
OF_MANY_COARSER, FOR_COARSER_TOTALS = (*FIRST, *GIVING), (*SECOND, *FAR, *GIVING_AT_ONCE)
# More draws of each table, after which a coarser audience's sums go further.
AGAIN = tuple(Try(again) for again in range(TRIES, TRIES + DRAWS))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw of some tables, and how many of its counts have less room than is promised.

    `less` is for every reader, and for who looks closer.
    """

    counts: list[Counts]
    less: tuple[int, int]


def round_all(
    tables: Sequence[Rounding],
    quarters: Sequence[tuple[date, list[int]]],
    bases: Bases,
    links: Links | None = None,
    nests: Sequence[Nested] = (),
) -> Links:
    """Round what is new of every table, quarter after quarter, each steered by those before.

    Where a quarter's totals must go further from the truth because of what the one before it
    tells, that one is drawn again, as long as nobody was told it. Returns how they follow each
    other in truth, or `links`, for tables that are made of rounded counts.
    """
    known = {} if links is None else links
    drawn = [0] * len(quarters)
    states: list[list[tuple[Counts, Mapping[date, tuple[Off, Off]]]]] = []
    at, back = 0, _reach(tables)
    while at < len(quarters):
        quarter, months = quarters[at]
        states[at:] = [[(table.carry, table.off) for table in tables]]
        if links is None:
            known |= linked_in_truth(tables, quarter, months, bases)
        near = {
            known_as: (span[0], span[-1] + 1)
            for known_as, span in quarters[max(0, at - back) : at + 1]
        }
        for table in leading(tables):
            followers = following(tables, table)
            turn = Turn(table, followers, quarter, months, near, bases, known, nests, drawn[at])
            _together(turn)
            is_made = links is not None  # of numbers that are rounded already
            closely = is_made or _are_few(turn)
            if turn.new and (is_made or turn.narrowed() or (closely and turn.closely())):
                seen = linked_in_truth(tables, quarter, months, bases)
                turn.withhold(seen, closely=closely)
        to_blame = at and _is_to_blame(tables, quarters, at, bases)
        if to_blame and drawn[at - 1] < _most_often(known, quarter):
            at -= 1
            drawn[at] += 1
            for table, (carry, off) in zip(tables, states[at], strict=True):
                table.carry, table.off = carry, off
            continue
        for table in tables:
            table.close(quarter, months, bases.base)
        at += 1
    return known


def _reach(tables: Sequence[Rounding]) -> int:
    """How many quarters before one have cases that may come to another table in it."""
    lags = (spacing.lag or 0 for table in tables for spacing in table.spaced.values())
    return max(QUARTERS, ceil(max(lags, default=0) / MONTHS))


def _is_to_blame(
    tables: Sequence[Rounding],
    quarters: Sequence[tuple[date, list[int]]],
    at: int,
    bases: Bases,
) -> bool:
    """Whether totals went further now, and the quarter before is still nobody's knowledge.

    Those of months too of a coarser audience, whose quarters often have to go further as well.
    """
    (_, before), (_, months) = quarters[at - 1], quarters[at]
    if any(table.new(before) != before for table in tables):
        return False
    totals = [
        looseness(table.piece(months, bases.base), table.counts[:, months, :])[1]
        for table in tables
        if table.new(months)
    ]
    return any(off.quarter or (off.month and bases.unit > 1) for off in totals)


def _most_often(known: Links, quarter: date) -> int:
    """How often the quarter before this one is drawn again."""
    is_tied = any(known[name, on].runs for name, on in known if on == quarter)
    return DRAWN_ONCE_MORE if is_tied else DRAWN_AGAIN


def _together(turn: Turn) -> None:
    """Round one table and those that follow it, until they tell no more together than alone.

    That is where they leave every total the room that the base promises. Where no draw does,
    the one that comes nearest is taken, and the attack on the release decides. What is told to
    who looks closer counts after all else.
    """
    every = [each for each in (turn.table, *turn.followers) if each.new(turn.months)]
    for each in every:
        each.untold -= {turn.quarter}  # as it was when it was drawn before
    best = _nearest(every, turn) if every else None
    for each, counts in zip(every, best.counts if best else (), strict=True):
        each.counts[:, turn.months, :] = counts
    for each in every:
        _redraw_until_tellable(each, turn, best.less if best else (0, 0))


def _are_few(turn: Turn) -> bool:
    """Whether what is told now has so few counts that one program can round them all."""
    every = (turn.table, *turn.followers)
    sizes = (each.truth[:, turn.months, :].size for each in every if each.new(turn.months))
    return sum(sizes) <= FEW


def _nearest(every: Sequence[Rounding], turn: Turn) -> Drawn:
    """The draw that tells least, of those that are made for so many counts."""
    if _are_few(turn):
        return _best(every, turn, OF_FEW)
    is_finest = turn.bases.unit == 1
    best = _best(every, turn, OF_MANY if is_finest else OF_MANY_COARSER)
    if best.less[0]:
        tries = FOR_TOTALS if is_finest else FOR_COARSER_TOTALS
        best = min(best, _best(every, turn, tries, closely=False), key=attrgetter("less"))
    return best


def _best(
    every: Sequence[Rounding], turn: Turn, tries: Sequence[Try], *, closely: bool = True
) -> Drawn:
    """The draw that tells least, up to one that tells nothing, or nothing but closely."""
    drawn = []
    for one in tries:
        _draw_all(every, turn, one)
        made = [each.counts[:, turn.months, :].copy() for each in every]
        less = turn.narrowed(), turn.closely()
        drawn.append(Drawn(made, less))
        if not any(less if closely else less[:1]):
            break
    return min(drawn, key=attrgetter("less"))


def _draw_all(every: Sequence[Rounding], turn: Turn, one: Try) -> None:
    """By one program; one after the other where some of them were told already, or it fails."""
    new = every[0].new(turn.months)
    is_one = len(every) > 1 and every[0] is turn.table
    if is_one and all(each.new(turn.months) == new for each in every):
        with suppress(ProtectionError):
            _draw_side_by_side(every, new, turn, one)
            return
    told = {name for name, each in turn.tables.items() if not each.new(turn.months)}
    for each in every:
        told.add(each.name)
        _draw(each, None if each is turn.table else _tether(each, turn, told), turn, one)


def _draw_side_by_side(every: Sequence[Rounding], new: list[int], turn: Turn, one: Try) -> None:
    piece, carry = stacked(every, new, turn.bases.base)
    led = turn.table.totals.cumsum(axis=1)
    said = [turn.said(each) for each in every[1:]]
    tether = beside(led, said, piece.tables, base=turn.bases.base)
    starts = np.cumsum([0, *piece.tables]).tolist()
    named = dict(zip([each.name for each in every], starts, strict=False))
    related, base = turn.relations(), turn.bases.base
    tether = with_nested(tether, related, turn.tables, named, new, base=base)
    draw = turn.draw(turn.table, one.again)
    piece = replace(piece, tether=tether, at_once=one.at_once, gives=one.gives)
    made = rounded(piece, carry=carry, draw=draw, ways=one.ways)
    ends = np.cumsum(piece.tables)[:-1]
    for each, counts in zip(every, np.split(made, ends, axis=2), strict=True):
        each.counts[:, new, :] = counts


def _redraw_until_tellable(table: Rounding, turn: Turn, less: tuple[int, int]) -> None:
    """Draw again until a coarser audience can be told sums within its own base.

    Totals stay where they are, for what follows them. Where no draw is so, the counts stay,
    and that audience is told what is loose.
    """
    made = table.counts[:, turn.months, :].copy()
    off = _in_all(turn.loose(table))
    for one in AGAIN:
        if _tellable(table, turn):
            return
        own = None
        if turn.followers:
            own = _as_it_is(table, turn) if table is turn.table else _tether(table, turn)
        _draw(table, own, turn, one)
        if _in_all(turn.loose(table)) > off or (turn.narrowed(), turn.closely()) > less:
            table.counts[:, turn.months, :] = made
    if not _tellable(table, turn):
        table.counts[:, turn.months, :] = made


def _in_all(loose: tuple[Off, Off]) -> int:
    return sum(off.month + off.quarter for off in loose)


def _tether(each: Rounding, turn: Turn, known: Collection[str] | None = None) -> Tether:
    """What a follower should keep to beside what is told or drawn, or beside all others."""
    led = turn.table.totals.cumsum(axis=1)
    said = turn.said(each)
    told = turn.table.counts[:, said.months, :]
    base = turn.bases.base
    left = said.left(turn.table.totals)
    own = with_floors(said.tether(led, base=base), said.link.floors, told, left, base=base)
    start = {each.name: 0}
    new = each.new(turn.months)
    return with_nested(own, turn.relations(known), turn.tables, start, new, base=base)


def _as_it_is(table: Rounding, turn: Turn) -> Tether:
    """The totals that the table has, and what its cells should keep to."""
    new = table.new(turn.months)
    weights = np.tril(np.ones((len(new), len(new)), dtype=np.int64))[:, :, np.newaxis]
    sums = table.totals[:, new].cumsum(axis=1) / turn.bases.base
    own = Tether(np.repeat(weights, table.truth.shape[2], axis=2), sums, sums)
    start, base = {table.name: 0}, turn.bases.base
    return with_nested(own, turn.relations(), turn.tables, start, new, base=base)


def _draw(table: Rounding, tether: Tether | None, turn: Turn, one: Try) -> None:
    new = table.new(turn.months)
    piece = replace(table.piece(new, turn.bases.base), coarser=turn.bases.times)
    draw = turn.draw(table, one.again)
    try:
        made = _rounded(replace(piece, tether=tether, gives=one.gives), table.carry, draw)
    except ProtectionError as error:
        error.add_note(f"{table.name} in the quarter from {turn.quarter}")
        raise
    table.counts[:, new, :] = made


def _rounded(piece: Slice, carry: Counts, draw: np.random.Generator) -> Counts:
    """Near its tether; where the solver finds nothing there, wherever it finds something."""
    if piece.tether:
        with suppress(ProtectionError):
            return rounded(piece, carry=carry, draw=draw)
    return rounded(replace(piece, tether=None), carry=carry, draw=draw)


def _tellable(table: Rounding, turn: Turn) -> bool:
    """Whether a coarser audience's sums can stay within its base."""
    base, coarser = turn.bases.base, turn.bases.coarser
    if coarser is None:
        return True
    new = table.new(turn.months)
    piece = table.piece(new, base)
    made = table.counts[:, new, :] // base
    return strictly_roundable(replace(piece, truth=made, base=coarser // base))
