"""How many contributions are alike: by part, level, month, outcome and day, in this order.

DuckDB 2.0 takes several times as long to group the same rows by five columns for each
breakdown: here a row is one number, and equal numbers are counted.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.metric import BREAKDOWNS

Integers = npt.NDArray[np.int64]

# Where few numbers are possible, or few for each row, it is quicker to count all of them than
# to put the rows in order; of many, all would take too much memory.
_FEW, _FOR_EACH_ROW, _MANY = 1 << 16, 4, 1 << 26
# Breakdowns of which no more combinations of levels are possible are counted at once: each of
# them is a sum of what is found.
_AT_ONCE = 1 << 7
_COUNTS = {
    "part": pl.String,
    "place": pl.Int32,
    "month": pl.Int32,
    "outcome": pl.Int32,
    "band": pl.Int32,
    "n": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Places:
    """The levels of all breakdowns, in the order of their places: 0 is the place of everybody.

    `levels` has the columns breakdown and level, and is in the order of both.
    """

    levels: pl.DataFrame

    def of(self, breakdown: str) -> tuple[int, int]:
        """The first place of a breakdown's levels, and how many there are."""
        found = self.levels["breakdown"]
        return int(found.search_sorted(breakdown)), int((found == breakdown).sum())

    def corners(self) -> list["Corner"]:
        """All breakdowns, those together that are counted at once; everybody with the first."""
        sizes = {name: self.of(name)[1] for name in BREAKDOWNS}
        found: list[Corner] = []
        for name in sorted(BREAKDOWNS, key=lambda name: sizes[name]):
            if found and found[-1].size * sizes[name] <= _AT_ONCE:
                found[-1] = Corner({**found[-1].levels, name: self.of(name)})
            else:
                found.append(Corner({name: self.of(name)}))
        return found


@dataclass(frozen=True, slots=True)
class Corner:
    """Breakdowns that are counted at once: the first place and the number of levels of each."""

    levels: Mapping[str, tuple[int, int]]

    @property
    def sizes(self) -> list[int]:
        """How many levels each breakdown has."""
        return [levels for _, levels in self.levels.values()]

    @property
    def size(self) -> int:
        """How many combinations of levels there may be."""
        return math.prod(self.sizes)

    def of(self, rows: pl.DataFrame) -> Integers:
        """The number of each row's combination."""
        number = np.zeros(rows.height, dtype=np.int64)
        for name, (first, levels) in self.levels.items():
            if name != "all":
                number *= levels
                number += rows[name].to_numpy()
                number -= first
        return number


def tally(
    rows: pl.DataFrame, places: Places, outcomes: int, names: Sequence[str] = ()
) -> pl.DataFrame:
    """Count the rows that are alike, once for everybody and once for each breakdown's levels.

    `rows` have part (text, or the number of one of the `names`), kind (the number of the month
    times the number of `outcomes` that there may be, and the outcome's), band (days, -1 for
    none) and, in a column named as each breakdown but "all", the place of its level. The counts
    are part, place, month, outcome, band and n, in the order of all columns.
    """
    if rows.is_empty():
        return pl.DataFrame(schema=_COUNTS)
    parts, row = _parts(rows["part"], names)
    kinds, of_kind = _kinds(rows["kind"].to_numpy(), rows["band"].to_numpy())
    possible = len(parts) * kinds.height
    row = of_kind if len(parts) == 1 else row * kinds.height + of_kind
    numbers, n = [], []
    for corner in places.corners():
        number = corner.of(rows)
        number *= possible
        number += row
        found, counts = _alike(number, possible * corner.size)
        combination, found = np.divmod(found, possible)
        levels = np.unravel_index(combination, corner.sizes)
        for level, (first, height) in zip(levels, corner.levels.values(), strict=True):
            alike, times = _alike(level * possible + found, possible * height, counts)
            place, kind = np.divmod(alike, possible)
            part, kind = np.divmod(kind, kinds.height)
            numbers.append((part * places.levels.height + first + place) * kinds.height + kind)
            n.append(times)
    return _told(np.concatenate(numbers), np.concatenate(n), parts, places, kinds, outcomes)


class Running:
    """Counts of rows that have no days, added up as they come: only the counts are held.

    Parts are numbers: those of `names`. Kinds are numbered as they are first seen, from 1 on:
    whatever 0 counts is not counted.
    """

    def __init__(self, places: Places, outcomes: int, names: Sequence[str]) -> None:
        """Begin without a row."""
        self._places, self._outcomes, self._names = places, outcomes, names
        self._kinds = np.array([-1])
        self._number_of = np.zeros(1, dtype=np.int64)
        self._corners = places.corners()
        self._n = [np.zeros(0, dtype=np.int64) for _ in self._corners]

    def add(self, kind: pl.Series, within: Sequence[Integers]) -> None:
        """Count some rows: their kinds, null where one is not counted, and where they are."""
        number = self._numbered(kind.fill_null(-1).to_numpy())
        for place, corner in enumerate(self._corners):
            size = len(self._names) * corner.size
            cell = number * size
            cell += within[place]
            counts = np.bincount(cell, minlength=len(self._kinds) * size)
            counts[: len(self._n[place])] += self._n[place]
            self._n[place] = counts

    def counts(self) -> pl.DataFrame:
        """What has been counted, as `tally` tells it."""
        if len(self._kinds) == 1:
            return pl.DataFrame(schema=_COUNTS)
        order = np.argsort(self._kinds[1:])
        kinds = pl.DataFrame({"kind": self._kinds[1:][order], "band": -1})
        parts = pl.Series(self._names, dtype=pl.String)
        numbers, n = [], []
        for corner, counted in zip(self._corners, self._n, strict=True):
            cells = counted.reshape(-1, len(parts), *corner.sizes)[1:][order]
            cells = np.moveaxis(cells, 0, -1)[parts.arg_sort().to_numpy()]
            for axis, (first, _) in enumerate(corner.levels.values(), start=1):
                others = {*range(1, 1 + len(corner.levels))} - {axis}
                alike = cells.sum(axis=tuple(others))
                part, level, kind = np.nonzero(alike)
                place = part * self._places.levels.height + first + level
                numbers.append(place * kinds.height + kind)
                n.append(alike[part, level, kind])
        return _told(
            np.concatenate(numbers),
            np.concatenate(n),
            parts.sort(),
            self._places,
            kinds,
            self._outcomes,
        )

    def _numbered(self, kinds: Integers) -> Integers:
        missing = int(kinds.max(initial=-1)) + 2 - len(self._number_of)
        if missing > 0:
            self._number_of = np.pad(self._number_of, (0, missing), constant_values=-1)
        number = self._number_of[kinds + 1]
        if number.min(initial=0) < 0:
            seen = np.unique(kinds[number < 0])
            self._number_of[seen + 1] = np.arange(len(seen)) + len(self._kinds)
            self._kinds = np.concatenate([self._kinds, seen])
            number = self._number_of[kinds + 1]
        return number


def within(rows: pl.DataFrame, places: Places) -> list[Integers]:
    """For each corner the number that rows have for their part, a number too, and levels."""
    part = rows["part"].to_numpy()
    return [
        np.multiply(part, corner.size, dtype=np.int64) + corner.of(rows)
        for corner in places.corners()
    ]


def _told(
    number: Integers,
    n: Integers,
    parts: pl.Series,
    places: Places,
    kinds: pl.DataFrame,
    outcomes: int,
) -> pl.DataFrame:
    # Each breakdown's stand in order already, which a stable sort makes use of.
    order = np.argsort(number, kind="stable")
    place, kind = np.divmod(number[order], kinds.height)
    part, place = np.divmod(place, places.levels.height)
    month, outcome = np.divmod(kinds["kind"].to_numpy(), outcomes)
    told = (parts.gather(part), place, month[kind], outcome[kind], kinds["band"].gather(kind))
    return pl.DataFrame(dict(zip(_COUNTS, (*told, n[order]), strict=True)), schema=_COUNTS)


def _parts(part: pl.Series, names: Sequence[str]) -> tuple[pl.Series, Integers]:
    """The parts that occur, in order, and each row's number among them."""
    seen = part if names else part.cast(pl.Categorical)
    occurring = seen.unique()
    numbers = occurring.to_physical()
    told = pl.Series(names).gather(numbers) if names else occurring.cast(pl.String)
    rank = np.empty(int(numbers.max()) + 1, dtype=np.int64)  # type: ignore[arg-type]
    rank[numbers.to_numpy()] = told.rank("ordinal").to_numpy() - 1
    return told.sort(), rank[seen.to_physical().to_numpy()]


def _kinds(kind: Integers, band: Integers) -> tuple[pl.DataFrame, Integers]:
    """Kinds and bands that occur together, in order, and each row's number among them."""
    first, lowest = int(kind.min()), int(band.min())
    span = int(band.max()) - lowest + 1
    number = np.multiply(kind - first, span, dtype=np.int64)
    number += band - lowest
    possible = (int(kind.max()) - first + 1) * span
    if not _are_few(possible, len(number)):
        occurring, rank = np.unique(number, return_inverse=True)
    else:
        occurs = np.zeros(possible, dtype=bool)
        occurs[number] = True
        occurring = np.flatnonzero(occurs)
        rank = (np.cumsum(occurs, dtype=np.int64) - 1)[number]
    kinds, bands = np.divmod(occurring, span)
    return pl.DataFrame({"kind": kinds + first, "band": bands + lowest}), rank


def _are_few(possible: int, rows: int) -> bool:
    return possible <= min(max(_FOR_EACH_ROW * rows, _FEW), _MANY)


def _alike(
    number: Integers, possible: int, times: Integers | None = None
) -> tuple[Integers, Integers]:
    """The numbers that occur, in order, and how often; all are from 0 to below `possible`.

    Each stands for one, or for as many `times`.
    """
    if _are_few(possible, len(number)):
        # Weights make floats, which are whole up to 2^53.
        counts = np.bincount(number, times).astype(np.int64, copy=False)
        found = np.flatnonzero(counts)
        return found, counts[found]
    order = None if times is None else np.argsort(number, kind="stable")
    ordered = np.sort(number) if order is None else number[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    if times is None:
        return ordered[starts], np.diff(starts, append=len(ordered))
    return ordered[starts], np.add.reduceat(times[order], starts)
