"""Deadlines for the closing of a case beside the times until then, for months in a row.

Both look at the same cases: whoever was closed within 14 days has met a deadline of 14 days, in
the month of the receipt or in the next one. So those closed so early, of some months, are never
more than the deadlines met in the months in which theirs fell due, with those not due yet; and
the deadlines met never more than the cases that may have met them. "None met" (0 to 4) beside
"5 closed within a week" (1 to 9) would prove 1 to 4, so that what is told should keep to it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement
from math import ceil
from typing import Any

import numpy as np

from metrics.disclosure.closing import Columns, lasts_of
from metrics.disclosure.fates import (
    ENDED,
    LATER,
    OPEN,
    RESULTS,
    Come,
    Fates,
    Months,
    Seen,
    fates,
)
from metrics.disclosure.lengths import Length
from metrics.disclosure.tables import NO_DURATION, Closing, Counts

FURTHEST = 6  # months before a quarter whose counts are still held against it

Cells = tuple[int, ...]
Links = dict[frozenset[Any], frozenset[Any]]  # cells that are never more than others


@dataclass(frozen=True, slots=True)
class Span:
    """Cells of a table, month by month."""

    table: str
    months: tuple[tuple[int, Cells], ...]

    def parts(self) -> Iterator[tuple[int, Cells]]:
        """Each month with its cells."""
        yield from self.months

    def sum(self, counts: Counts) -> Counts:
        """By level (level, month, cell)."""
        found: Counts = np.zeros(len(counts), dtype=np.int64)
        for month, cells in self.months:
            found += counts[:, month, list(cells)].sum(axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Run:
    """One span is never more than the other one, at some levels."""

    fewer: Span
    more: Span
    levels: Cells


def held(runs: Sequence[Run], truth: Mapping[str, Counts], base: int) -> tuple[Run, ...]:
    """The runs at the levels where it is so, or can be told so; by table (level, month, cell).

    It is not where cases were opened again, or told too late. Of fewer cases than the base
    nobody sees that it is not so: told as if it were, nothing follows from it, and told as it
    is, "20 closed late" (16 to 24) beside "15 met late" (11 to 19) leaves 16 to 19.
    """
    found = []
    for run in runs:
        fewer, more = (side.sum(truth[side.table]) for side in (run.fewer, run.more))
        levels = tuple(level for level in run.levels if fewer[level] - more[level] < base)
        found.append(replace(run, levels=levels))
    return tuple(run for run in found if run.levels)


@dataclass(frozen=True, slots=True)
class Sides:
    """A rule's own table and the one that it follows, by name, and the cells of both.

    `stocks` are the rule's outcomes of what is not due yet.
    """

    own: str
    led: str
    columns: Columns
    led_columns: Columns
    stocks: Collection[str]

    def seen(self, cells: Collection[Seen], closing: Closing) -> Span:
        """Cells of the times."""
        places = {
            (outcome, band): _places(self.led_columns, closing.names[outcome], band)
            for _, outcome, band in cells
        }
        parts = ((month, places[outcome, band]) for month, outcome, band in cells)
        return _span(self.led, parts)

    def come(self, cells: Collection[Come], closing: Closing, last: int) -> Span:
        """Cells of the rule; what comes later is not due yet by the last month."""
        names = {**closing.names, LATER: self.stocks}
        places = {name: _places(self.columns, names[name], NO_DURATION) for _, name in cells}
        return _span(self.own, ((min(month, last), places[name]) for month, name in cells))


def _places(columns: Columns, names: Collection[str], band: int) -> Cells:
    return tuple(at for at, (name, of) in enumerate(columns) if of == band and name in names)


def _span(table: str, parts: Iterable[tuple[int, Cells]]) -> Span:
    cells: dict[int, set[int]] = {}
    for month, places in parts:
        cells.setdefault(month, set()).update(places)
    found = ((month, tuple(sorted(cells[month]))) for month in sorted(cells))
    return Span(table, tuple(part for part in found if part[1]))


def runs_of(
    closing: Closing, sides: Sides, months: Months, first: int, levels: Cells, *, stands: bool
) -> list[Run]:
    """What a rule for the closing should keep to beside the times, in one quarter.

    The quarter begins with the `first` of the months and ends with the last. `stands` where
    what is not due yet by then is told.
    """
    lasts, last = lasts_of(sides.led_columns), len(months) - 1
    reach = ceil(closing.days.most / months.shortest) + 1
    if (closing.closes and min(reach, first) > FURTHEST) or not lasts:
        return []
    start = max(0, first - min(reach, FURTHEST))
    known = fates(closing.days, lasts, months, start, closes=closing.closes)
    span = (start, first, last)
    lengths = closing.days.during(months.starts[start], months.starts[-1] - 1)
    ahead = _links(known, _kinds_seen(lengths, lasts, closes=closing.closes), span)
    if not closing.closes:
        # The open ones of two quarters together say little that those of each do not.
        ahead = {few: many for few, many in ahead.items() if _is_of_one_look(few, months)}
    if not stands:
        ahead = {
            few: many for few, many in ahead.items() if LATER not in {of for _, of in many}
        }
    back: Links = {}
    if closing.closes:
        # From that day on nothing comes of older cases.
        begun = closing.days.latest_before(months.starts[start]) + 1 if start else 0
        back = _links(_turned(known, begun, months.starts), KINDS_COME, span)
    found = [
        (sides.seen(few, closing), sides.come(many, closing, last))
        for few, many in _needed(ahead, first).items()
    ] + [
        (sides.come(few, closing, last), sides.seen(many, closing))
        for few, many in _needed(back, first).items()
    ]
    return [Run(few, many, levels) for few, many in found if few.months]


def come_since(
    rule: tuple[str, Cells, Cells],
    within: int,
    months: Sequence[int],
    levels: Cells,
    *,
    stands: bool,
) -> list[Run]:
    """What was still to come of a rule when the quarter began has come so many months later.

    `rule` is its table, with the cells of what is to come and of what has come. Who was told
    "10 to come" (1 to 19) beside "none has come since" (0 to 9) knows that it was 1 to 9.
    """
    (table, stocks, flows), first, last = rule, months[0], months[-1]
    if not first or (first + within > last + 1 and not stands):
        return []
    come = [(month, flows) for month in range(first, min(first + within, last + 1))]
    if first + within > last + 1:
        come[-1] = (last, (*flows, *stocks))
    return [Run(Span(table, ((first - 1, stocks),)), Span(table, tuple(come)), levels)]


def _kinds_seen(
    lengths: Sequence[Length], lasts: Mapping[int, float], *, closes: bool
) -> Iterator[Collection[tuple[str, int]]]:
    """Ended and open, in time for certain, too late for certain, and all of them.

    Who is open for long was received early and has come to the rule sooner than who is not, so
    that all who are open for longer than some days, or for less, are one; and whoever took
    longer to end was received as early. All of any time are known from the totals.
    """
    bands, names = sorted(lasts), (OPEN,) if closes else (ENDED, OPEN)
    for at in range(1, len(bands)):
        yield {(OPEN, band) for band in bands[:at]}
        yield {(name, band) for name in names for band in bands[at:]}
    yield {(OPEN, band) for band in bands}
    if not closes:
        return
    in_time = {
        frozenset(b for b, last in lasts.items() if last <= each.fewest) for each in lengths
    }
    too_late = {frozenset(band for band in lasts if band > each.most) for each in lengths}
    for own in sorted(filter(None, in_time | too_late), key=sorted):
        yield {(ENDED, band) for band in own}
    yield {(ENDED, band) for band in lasts}
    yield {(name, band) for name in (ENDED, OPEN) for band in lasts}


KINDS_COME = tuple(
    {(name,) for name in names}
    for names in (RESULTS[:1], RESULTS[1:2], RESULTS[2:], RESULTS[:2], RESULTS[1:], RESULTS)
)


def _turned(known: Fates, begun: int, starts: Sequence[int]) -> dict[Come, frozenset[Seen]]:
    """Which cases what has come in a month may be of, but for months before that day."""
    found: dict[Come, set[Seen]] = {}
    for seen, every in known.items():
        for come in (each for each in every if starts[each[0]] >= begun):
            found.setdefault(come, set()).add(seen)
    return {come: frozenset(seen) for come, seen in found.items()}


def _links(
    neighbours: Mapping[Any, frozenset[Any]],
    kinds: Iterable[Collection[Any]],
    span: tuple[int, int, int],
) -> Links:
    """Of months in a row the cells of each kind, with all those that their cases may be in.

    `span` is the first month, that of the quarter, and the last: what is of earlier months
    alone was told before.
    """
    start, first, last = span
    found: Links = {}
    for kind in kinds:
        own = [cell for cell in neighbours if cell[1:] in kind]
        for begin, end in combinations_with_replacement(range(start, last + 1), 2):
            few = frozenset(cell for cell in own if begin <= cell[0] <= end)
            many = frozenset().union(*(neighbours[cell] for cell in few))
            if any(cell[0] >= first for cell in few | many):
                found[few] = many
    return found


def _is_of_one_look(cells: Collection[Seen], months: Months) -> bool:
    return len({months.told[month] for month, *_ in cells}) == 1


def _needed(links: Links, first: int) -> Links:
    """Those that do not follow from a wider one, or from two with nothing in common.

    Those of the quarter alone, from the `first` month on, must follow from others of it.
    """
    own = {
        few: many
        for few, many in links.items()
        if all(cell[0] >= first for cell in (*few, *many))
    }
    return {
        few: many
        for few, many in links.items()
        if not _follows(few, many, own if few in own else links)
    }


def _follows(few: frozenset[Any], many: frozenset[Any], links: Links) -> bool:
    for other, its in links.items():
        if few < other and its <= many:
            return True
        rest = links.get(few - other) if other < few else None
        if rest is not None and not its & rest and its | rest <= many:
            return True
    return False
