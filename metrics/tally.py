"""How many contributions are alike: by part, level, month, outcome and day, in this order.

DuckDB 2.0 takes several times as long to group the same rows by five columns for each
breakdown: here a row is one number, and equal numbers are counted.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.metric import BREAKDOWNS

Integers = npt.NDArray[np.int64]

# Where few numbers are possible, or few for each row, it is quicker to count all of them than
# to put the rows in order; of many, all would take too much memory.
_FEW, _FOR_EACH_ROW, _MANY = 1 << 16, 4, 1 << 24
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


def tally(rows: pl.DataFrame, places: Places, outcomes: int) -> pl.DataFrame:
    """Count the rows that are alike, once for everybody and once for each breakdown's levels.

    `rows` have part (text), kind (the number of the month times the number of `outcomes` that
    there may be, and the outcome's), band (days, -1 for none) and, in a column named as each
    breakdown but "all", the place of its level. The counts are part, place, month, outcome,
    band and n, in the order of all columns.
    """
    if rows.is_empty():
        return pl.DataFrame(schema=_COUNTS)
    parts, row = _parts(rows["part"])
    kinds, of_kind = _kinds(rows["kind"].to_numpy(), rows["band"].to_numpy())
    possible = len(parts) * kinds.height
    row = of_kind if len(parts) == 1 else row * kinds.height + of_kind
    numbers, n = [], []
    for breakdown in BREAKDOWNS:
        first, levels = places.of(breakdown)
        number = row
        if breakdown != "all":
            number = np.multiply(rows[breakdown].to_numpy() - first, possible, dtype=np.int64)
            number += row
        found, counts = _alike(number, possible * levels)
        level, found = np.divmod(found, possible)
        part, found = np.divmod(found, kinds.height)
        numbers.append((part * places.levels.height + first + level) * kinds.height + found)
        n.append(counts)
    return _told(np.concatenate(numbers), np.concatenate(n), parts, places, kinds, outcomes)


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


def _parts(part: pl.Series) -> tuple[pl.Series, Integers]:
    """The parts that occur, in order, and each row's number among them."""
    seen = part.cast(pl.Categorical)
    occurring = seen.unique()
    names = occurring.cast(pl.String)
    rank = np.empty(int(occurring.to_physical().max()) + 1, dtype=np.int64)  # type: ignore[arg-type]
    rank[occurring.to_physical().to_numpy()] = names.rank("ordinal").to_numpy() - 1
    return names.sort(), rank[seen.to_physical().to_numpy()]


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


def _alike(number: Integers, possible: int) -> tuple[Integers, Integers]:
    """The numbers that occur, in order, and how often; all are from 0 to below `possible`."""
    if _are_few(possible, len(number)):
        counts = np.bincount(number)
        found = np.flatnonzero(counts)
        return found, counts[found]
    ordered = np.sort(number)
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[starts], np.diff(starts, append=len(ordered))
