"""Which cases a figure follows, and for how long: received in a period, or live during one."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.risk_sets import FROM_THE_START, FloatArray

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """One row per case that is followed, ready for `kaplan_meier` and its kin; days.

    `entered` is the age at which we began to watch (-1: from the start), `days` the age at the
    end or when last seen, `ended` whether it ended. `rows` are the positions of these cases in
    the columns given, to pick their groups or outcomes by.
    """

    days: FloatArray
    ended: BoolArray
    entered: FloatArray
    rows: npt.NDArray[np.intp]


def received_cohort(
    received: npt.ArrayLike, closed: npt.ArrayLike, *, as_of: float | np.datetime64
) -> Followed:
    """Cases received up to a day, each followed from receipt to its end or to that day.

    A closing after `as_of` has not happened yet. A case closed on the day received has 0 days
    and stays in.

    Args:
        received: Day number, or date, per case. Take the cases of the period asked for.
        closed: The same; NaN, or NaT, where the case is open.
        as_of: The last day known, included.

    Raises:
        ValueError: unequal lengths, a missing receipt, a closing before its receipt.
    """
    start, end = spells(received, closed)
    last = day_numbers(as_of)
    rows = np.flatnonzero(start <= last)
    start, end = start[rows], end[rows]
    ended = end <= last
    days = np.where(ended, end, last) - start
    return Followed(days, ended, np.full(days.size, FROM_THE_START), rows)


def period_cohort(
    received: npt.ArrayLike,
    closed: npt.ArrayLike,
    *,
    start: float | np.datetime64,
    end: float | np.datetime64,
    resolution: Literal["day", "instant"],
) -> Followed:
    """Cases live at any time of a period, watched during it alone: late entry by age.

    The curve of `kaplan_meier(days, ended, entered=entered)` says how long cases would take if
    all went on as in this period: it sees every closing of the period, and is not led astray by
    the clearing of a backlog as a mean of the closed cases is.

    With `instant`, times are points on a line and periods half open:

        entered = start - received where it was received before, else from the start
        days = min(closed, end) - received,  ended = closed < end

    With `day`, they are whole days: what closes on the first day of the period, or on the day
    it is received, ends in it. A case received e days before `start` was last seen open at the
    age of e - 1 days, and one still open at the end is last seen on the day before `end`.

    Args:
        received: Day number, date or instant per case.
        closed: The same; NaN, or NaT, where the case is open.
        start: First day, or instant, of the period.
        end: The first after it, at most the day after the as-of day.
        resolution: Of the columns.

    Sources: Klein and Moeschberger (2003), Survival Analysis, 3.4 and 4.6; period analysis:
    Brenner and Gefeller (1996), Cancer 78, 2004-2010.

    Raises:
        ValueError: a period without days; else as `received_cohort`.
    """
    from_day, until = day_numbers(start), day_numbers(end)
    if not from_day < until:
        raise ValueError(f"a period from {start} to {end} has no days")
    came, left = spells(received, closed)
    rows = np.flatnonzero((came < until) & ~(left < from_day))
    came, left = came[rows], left[rows]
    ended = left < until
    whole = 1.0 if resolution == "day" else 0.0
    entered = np.where(came < from_day, from_day - came - whole, FROM_THE_START)
    days = np.where(ended, left, until - whole) - came
    return Followed(days, ended, entered, rows)


def day_numbers(values: npt.ArrayLike) -> FloatArray:
    """Days as numbers: dates and instants since 1970-01-01, NaT as NaN; numbers stay."""
    given = np.asarray(values)
    if given.dtype.kind == "O":
        given = np.asarray(given, dtype="datetime64[us]")
    if given.dtype.kind != "M":
        return given.astype(np.float64)
    since = given - np.datetime64("1970-01-01")
    numbers = np.asarray(since / np.timedelta64(1, "D"), dtype=np.float64)
    return np.where(np.isnat(given), np.nan, numbers)


def spells(received: npt.ArrayLike, closed: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Both ends of each case as day numbers, the second infinite where it is open.

    Raises:
        ValueError: unequal lengths, a missing receipt, a closing before its receipt.
    """
    start, end = day_numbers(received), day_numbers(closed)
    end = np.where(np.isnan(end), np.inf, end)
    if start.shape != end.shape or start.ndim != 1:
        raise ValueError("received and closed must be columns of one length")
    if not np.all(np.isfinite(start)):
        raise ValueError("every case must have a day of receipt")
    if np.any(end < start):
        raise ValueError(f"{np.sum(end < start)} cases are closed before they are received")
    return start, end
