"""Who was at risk on each day and who left on it: what every estimate of time is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

# Entry of a row that was watched from its first day on: it is at risk on day 0 too.
FROM_THE_START = -1.0
# What floating point leaves of weights that cancel.
NOBODY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class RiskSets:
    """One column per day on which anybody left, in order.

    `ended` has one row per outcome: how many ended so on the day. `at_risk` counts those
    watched on the day who had not left before it; whoever leaves on a day is at risk on it.

    `last_day` is the last day on which anybody was at risk, None where nobody ever was.
    `starts_after` is the first entry where nobody was watched from the start: what happened up
    to then is not seen. `emptied_on` is the last day after which nobody was at risk although
    others entered later: a product over both stretches is of different people.
    `never_at_risk` counts rows that entered on the day they left.
    """

    day: FloatArray
    at_risk: FloatArray
    ended: FloatArray
    last_day: float | None
    starts_after: float | None
    emptied_on: float | None
    never_at_risk: float


def risk_sets(
    days: npt.ArrayLike,
    counts: Sequence[npt.ArrayLike],
    *,
    entered: npt.ArrayLike | None = None,
    from_day: float | None = None,
) -> RiskSets:
    """Risk sets of rows that are at risk on (entered, day], in any order; repeats add up.

    Args:
        days: Day each row left, from 0 on; whole days are counted without sorting.
        counts: How many left so on that day: one column per outcome, then the censored. Flags
            for a row per case, counts for a histogram, weights for a weighted one.
        entered: Day after which the row was watched; left out, or -1, from the start.
        from_day: Leaves out everything up to this day: only who was open after it counts.

    Raises:
        ValueError: a negative or infinite day or count, unequal lengths, an entry after its
            day.
    """
    day, *columns = (np.asarray(each, dtype=np.float64) for each in (days, *counts))
    entry = None if entered is None else np.asarray(entered, dtype=np.float64)
    _require_columns(day, columns, entry)
    if from_day is not None:
        later = day > from_day
        day, columns = day[later], [each[later] for each in columns]
        entry = np.full(day.size, from_day) if entry is None else entry[later]
        entry = np.maximum(entry, from_day)
    never = 0.0
    if entry is not None:
        watched = day > entry
        never = float(sum(each[~watched].sum() for each in columns))
        day, entry = day[watched], entry[watched]
        columns = [each[watched] for each in columns]
    return _risk_sets(day, columns, entry, never)


def flags(
    ended: npt.ArrayLike, censored: npt.ArrayLike | None = None
) -> tuple[FloatArray, FloatArray]:
    """Both columns where one row is one case: who did not end was censored."""
    ends = np.asarray(ended, dtype=np.float64)
    if censored is not None:
        return ends, np.asarray(censored, dtype=np.float64)
    if not np.all((ends == 0) | (ends == 1)):
        raise ValueError("without censored, ended must be 0 or 1: one row per case")
    return ends, 1 - ends


def _risk_sets(
    day: FloatArray, columns: list[FloatArray], entry: FloatArray | None, never: float
) -> RiskSets:
    weight = reduce(np.add, columns)
    distinct, (leaving, *ended) = tally(day, [weight, *columns[:-1]])
    seen = leaving > 0
    distinct, leaving = distinct[seen], leaving[seen]
    left_before = np.concatenate(([0.0], np.cumsum(leaving)))
    if entry is None:
        at_risk = left_before[-1] - left_before[:-1]
        starts, emptied = None, None
    else:
        entries, entering = tally(entry[weight > 0], [weight[weight > 0]])
        come = np.concatenate(([0.0], np.cumsum(entering[0])))
        at_risk = come[np.searchsorted(entries, distinct)] - left_before[:-1]
        stay = come[np.searchsorted(entries, distinct, side="right")] - left_before[1:]
        empty = np.flatnonzero(stay[:-1] <= NOBODY)
        starts = float(entries[0]) if entries.size and entries[0] > FROM_THE_START else None
        emptied = float(distinct[empty[-1]]) if empty.size else None
    return RiskSets(
        day=distinct,
        at_risk=at_risk,
        ended=np.array([each[seen] for each in ended]),
        last_day=float(distinct[-1]) if distinct.size else None,
        starts_after=starts,
        emptied_on=emptied,
        never_at_risk=never,
    )


def tally(values: FloatArray, weights: list[FloatArray]) -> tuple[FloatArray, list[FloatArray]]:
    """Distinct values from -1 on, in order, and the sum of each column of weights on them.

    Whole values are counted without sorting, where they are not far apart.
    """
    most = values.max(initial=0.0)
    if most <= max(4 * values.size, 10_000) and np.all(values == np.floor(values)):
        place = values.astype(np.intp) + 1
        size = int(most) + 2
        there = np.flatnonzero(np.bincount(place, minlength=size))
        return (there - 1).astype(np.float64), [
            _totals(place, each, size)[there] for each in weights
        ]
    distinct, place = np.unique(values, return_inverse=True)
    return distinct, [_totals(place, each, distinct.size) for each in weights]


def _totals(place: npt.NDArray[np.intp], weights: FloatArray, size: int) -> FloatArray:
    return np.bincount(place, weights, minlength=size).astype(np.float64, copy=False)


def _require_columns(
    day: FloatArray, columns: list[FloatArray], entry: FloatArray | None
) -> None:
    if day.ndim != 1 or any(each.shape != day.shape for each in columns):
        raise ValueError("days and counts must be columns of one length")
    if not (np.all(day >= 0) and np.all(np.isfinite(day))):
        raise ValueError("days must be finite and not negative")
    if not all(np.all((each >= 0) & np.isfinite(each)) for each in columns):
        raise ValueError("counts of cases must be finite and not negative")
    if entry is None:
        return
    if entry.shape != day.shape:
        raise ValueError("entries and days must be columns of one length")
    if not np.all((entry >= FROM_THE_START) & (entry <= day)):
        raise ValueError("an entry must not be after its day, nor below -1")
