"""What is open: how many on any day, how old, and the case-days that they make."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics.cohorts import day_numbers, spells

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Flow:
    """What came and went in a period: opening + received - closed = closing, in cases.

    `case_days` are the days that cases were open in it, `mean_open` case-days per day (Little's
    L) and `days_per_case` case-days per case received (None where none was). Over a period they
    obey mean_open = received / days * days_per_case, always; with a growing backlog
    `days_per_case` is not the time that cases take, for which see `survival`.
    """

    opening: int
    received: int
    closed: int
    closing: int
    case_days: float
    mean_open: float
    days_per_case: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Ages:
    """Open cases by age: bucket i holds ages from edges[i] to below edges[i + 1], in days.

    The last bucket has no end. `oldest` is None where nothing is open.
    """

    edges: IntArray
    counts: IntArray
    oldest: float | None


def open_counts(
    received: npt.ArrayLike, closed: npt.ArrayLike, days: npt.ArrayLike
) -> IntArray:
    """How many cases are open at the end of each of the days: received by then, not closed.

    Open on a day are those with received <= day < closed: what closes on a day is no longer
    open at its end, and what happens later is not known on it.

    Args:
        received: Day number, or date, per case; a reopened case has a row per spell.
        closed: The same; NaN, or NaT, where it is open.
        days: Any days, in any order.

    Raises:
        ValueError: unequal lengths, a missing receipt, a closing before its receipt.
    """
    start, end = spells(received, closed)
    at = day_numbers(days)
    come = np.searchsorted(np.sort(start), at, side="right")
    gone = np.searchsorted(np.sort(end), at, side="right")
    return np.asarray(come - gone, dtype=np.int64)


def case_days(
    received: npt.ArrayLike,
    closed: npt.ArrayLike,
    *,
    start: float | np.datetime64,
    end: float | np.datetime64,
) -> float:
    """Days that cases were open from `start` to before `end`, all cases together.

        sum over cases of max(0, min(closed, end) - max(received, start))

    On whole days this is the sum of `open_counts` over the days of the period.

    Raises:
        ValueError: a period that ends before it starts; else as `open_counts`.
    """
    since, until = day_numbers(start), day_numbers(end)
    if until < since:
        raise ValueError(f"a period from {start} to {end} ends before it starts")
    came, left = spells(received, closed)
    return float(np.maximum(0, np.minimum(left, until) - np.maximum(came, since)).sum())


def flow(
    received: npt.ArrayLike,
    closed: npt.ArrayLike,
    *,
    start: float | np.datetime64,
    end: float | np.datetime64,
) -> Flow:
    """Open at the start, received, closed and open at the end of a period, with its case-days.

    The period is half open: what happens on `start` is in it, what happens on `end` is not.

    Source: Little (1961), Operations Research 9, 383-387; on finite periods: Kim and
    Whitt (2013), Operations Research 61, 1030-1045.

    Raises:
        ValueError: a period without days; else as `open_counts`.
    """
    since, until = day_numbers(start), day_numbers(end)
    if not since < until:
        raise ValueError(f"a period from {start} to {end} has no days")
    came, left = spells(received, closed)
    came_in = int(np.sum((came >= since) & (came < until)))
    total = case_days(received, closed, start=start, end=end)
    return Flow(
        opening=int(np.sum((came < since) & (left >= since))),
        received=came_in,
        closed=int(np.sum((left >= since) & (left < until))),
        closing=int(np.sum((came < until) & (left >= until))),
        case_days=total,
        mean_open=total / float(until - since),
        days_per_case=total / came_in if came_in else None,
    )


def open_ages(
    received: npt.ArrayLike,
    closed: npt.ArrayLike,
    *,
    as_of: float | np.datetime64,
    edges: npt.ArrayLike = (0, 30, 60, 90, 180, 365),
) -> Ages:
    """The backlog at the end of a day by age, in buckets closed on the left.

    A case of exactly 30 days is in [30, 60), not in [0, 30). Received on the as-of day: age 0.

    Raises:
        ValueError: edges that do not rise from 0; else as `open_counts`.
    """
    borders = np.asarray(edges, dtype=np.int64)
    if (
        borders.ndim != 1
        or borders.size == 0
        or borders[0] != 0
        or np.any(np.diff(borders) < 1)
    ):
        raise ValueError("the edges of the buckets must rise and the first must be 0")
    start, end = spells(received, closed)
    day = day_numbers(as_of)
    ages = (day - start)[(start <= day) & (end > day)]
    place = np.searchsorted(borders, ages, side="right") - 1
    counts = np.bincount(place, minlength=borders.size)
    return Ages(borders, counts, float(ages.max()) if ages.size else None)
