"""Deadlines for the closing of a case, beside the times that it took until the closing.

Both look at the same cases: whoever was closed within 14 days has met a deadline of 14 days. So
of a quarter in which all of them fell due, the deadlines met are never fewer than the cases of
its first months that were closed so early; those met late, and those missed, never fewer than
the closed and the open cases that took longer. "None met" (0 to 4) beside "5 closed within a
week" (1 to 9) would prove 1 to 4, so that what is told should keep to it as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from metrics.disclosure.rounding import Booleans, Floats, Tether
from metrics.disclosure.tables import Closing, Counts, Delay, Grid
from metrics.periods import next_month

Columns = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Floor:
    """Cells that hold at least what others of the followed table hold, at some levels.

    `own` are counted over the whole quarter, `led` in its first so many `months`.
    """

    own: tuple[int, ...]
    led: tuple[int, ...]
    months: int
    levels: tuple[int, ...]


def floors(
    delay: Delay | None, own: Columns, led: Columns, grid: Grid, months: Sequence[int]
) -> list[Floor]:
    """What deadlines of one quarter hold at least: nothing where they are not for the closing.

    `own` and `led` are the outcomes and bands of both tables.
    """
    closing = delay.closing if delay else None
    if delay is None or closing is None:
        return []
    safe = _safe([grid.months[at] for at in months], closing)
    levels = tuple(at for at, level in enumerate(grid.levels) if delay.holds_at(level))
    lasts = _lasts(led)
    found = []
    for outcome, of, is_early in closing.pairs:
        cells = tuple(at for at, (name, _) in enumerate(own) if name in outcome)
        within = tuple(
            at
            for at, (name, band) in enumerate(led)
            if name in of
            and (lasts[band] <= closing.within if is_early else band > closing.beyond)
        )
        if cells and within and safe:
            found.append(Floor(cells, within, safe, levels))
    return found


def _lasts(columns: Columns) -> dict[int, float]:
    """The last day of each band by its first; there is no end to the last one."""
    firsts = sorted({band for _, band in columns if band >= 0})
    return {one: after - 1 for one, after in pairwise(firsts)} | dict.fromkeys(
        firsts[-1:], np.inf
    )


def _safe(months: Sequence[date], closing: Closing) -> int:
    """How many months of the quarter there are whose cases have all come to their due day."""
    lasts = [next_month(month) - timedelta(days=1) for month in months]
    return sum((lasts[-1] - last).days >= closing.beyond for last in lasts)


def holding(known: Sequence[Floor], led: Counts, truth: Counts) -> tuple[Floor, ...]:
    """The floors at the levels where it is so in truth (level, month of the quarter, cell).

    It is not where cases were opened again, or told too late.
    """
    return tuple(
        Floor(
            floor.own,
            floor.led,
            floor.months,
            tuple(at for at in floor.levels if _own(floor, truth)[at] >= _led(floor, led)[at]),
        )
        for floor in known
    )


def _own(floor: Floor, counts: Counts) -> Counts:
    found: Counts = counts[:, :, list(floor.own)].sum(axis=(1, 2))
    return found


def _led(floor: Floor, counts: Counts) -> Counts:
    found: Counts = counts[:, : floor.months, list(floor.led)].sum(axis=(1, 2))
    return found


def rows_beside(
    known: Sequence[Floor], start: int, shape: tuple[int, int, int]
) -> Iterator[tuple[Counts, Floats, Floats]]:
    """Rows of a tether over both tables, side by side: own cells begin at `start`.

    `shape` is how many levels, months and cells there are.
    """
    levels, months, cells = shape
    for floor in known:
        weights = np.zeros((months, cells), dtype=np.int64)
        weights[:, [start + cell for cell in floor.own]] = 1
        weights[: floor.months, list(floor.led)] = -1
        lower, upper = np.full(levels, -np.inf), np.full(levels, np.inf)
        lower[list(floor.levels)] = 0
        yield weights, lower, upper


def with_floors(tether: Tether, known: Sequence[Floor], led: Counts, *, base: int) -> Tether:
    """A tether of the following table alone, where the other one has told its counts."""
    months, cells = tether.weights.shape[1:]
    weights = np.zeros((len(known), months, cells), dtype=np.int64)
    lower = np.full((len(led), len(known)), -np.inf)
    for at, floor in enumerate(known):
        weights[at][:, list(floor.own)] = 1
        levels = list(floor.levels)
        lower[levels, at] = _led(floor, led)[levels] / base
    return Tether(
        np.concatenate([tether.weights, weights]),
        np.concatenate([tether.lower, lower], axis=1),
        np.concatenate([tether.upper, np.full_like(lower, np.inf)], axis=1),
    )


def given_away(
    known: Sequence[Floor], led: Counts, own: Counts, base: int, further: Mapping[str, int]
) -> int:
    """How many counts have less room beside the other table than the base promises.

    `led` and `own` are told counts of one quarter (level, month, cell); `further` is by how
    many bases more sums of each may be off.
    """
    found = 0
    for floor in known:
        at = list(floor.levels)
        told = led[at][:, : floor.months, list(floor.led)]
        is_whole = floor.months == led.shape[1]  # only then their sum is told
        least, reach = _ends(told, base, is_whole=is_whole)
        most = _own(floor, own)[at] + base * (1 + further.get("own", 0)) - 1
        alone, _ = _ends(own[at][:, :, list(floor.own)], base, is_whole=True)
        low = np.maximum(least.sum(axis=1), alone.sum(axis=1))
        found += int(_is_narrow(low, most, base).sum())
        room = most[:, np.newaxis] - (least.sum(axis=1, keepdims=True) - least)
        found += int(_is_narrow(least, np.minimum(reach, room), base).sum())
    return found


def _ends(told: Counts, base: int, *, is_whole: bool) -> tuple[Counts, Counts]:
    """The fewest and most cases that each cell has in these months, whose sum may be told."""
    low = np.maximum(told - base + 1, told > 0).sum(axis=1)
    high = (told + base - 1).sum(axis=1)
    whole = told.sum(axis=1)
    if is_whole:
        low = np.maximum(low, np.maximum(whole - base + 1, whole > 0))
        high = np.minimum(high, whole + base - 1)
    return low, high


def _is_narrow(low: Counts, high: Counts, base: int) -> Booleans:
    narrow: Booleans = (high - low < base - 1) | ((low >= 1) & (high < base))
    return narrow
