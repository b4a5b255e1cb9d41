"""Many curves at once: of every unit and month, each as `survival` makes one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics.risk_sets import FloatArray
from metrics.statistics.steps import Places, steps_down_to
from metrics.statistics.survival import product_limit

Ends = tuple[FloatArray, FloatArray, FloatArray]  # values, and both ends of their intervals
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Curves one behind the other: that of group g has the entries starts[g] to starts[g + 1].

    The entries are those of `survival.Curve`; `last_day` has one number per group, NaN where
    there was nobody.
    """

    starts: Places
    day: FloatArray
    survival: FloatArray
    low: FloatArray
    high: FloatArray
    last_day: FloatArray


def kaplan_meier_each(
    group: Places, day: Counts, ended: Counts, still: Counts, *, groups: int
) -> Curves:
    """`survival.kaplan_meier` of each group, from histograms by whole days.

    Args:
        group: Number of each row's group from 0, rising.
        day: Days, rising within the group, each once.
        ended: How many ended on the day.
        still: How many were last seen open on it.
        groups: How many groups there are, those without rows included.

    Raises:
        ValueError: groups or days that do not rise, a negative day or count.
    """
    rises = (np.diff(group) > 0) | ((np.diff(group) == 0) & (np.diff(day) > 0))
    if not (np.all(rises) and np.all(day >= 0) and np.all((ended >= 0) & (still >= 0))):
        raise ValueError("groups, and days within each, must rise; counts be 0 or more")
    leaving = ended + still
    after = np.append(np.cumsum(leaving[::-1])[::-1], 0)
    starts = np.searchsorted(group, np.arange(groups + 1))
    at_risk = after[:-1] - after[starts[1:]][group]
    last_day = np.full(groups, np.nan)
    seen = leaving > 0
    last_day[group[seen]] = day[seen]  # the last one stays
    happened = ended > 0
    kept = np.searchsorted(group[happened], np.arange(groups + 1))
    n, d = (each[happened].astype(np.float64) for each in (at_risk, ended))
    survival, _, low, high = product_limit(n, d, 0.95, starts=kept)
    days = day[happened].astype(np.float64)
    return Curves(kept, days, survival, low, high, last_day)


def quantile_each(curves: Curves, p: float) -> Ends:
    """`survival.quantile` of each curve; NaN for None."""
    value, low, high = (
        steps_down_to(curves.day, height, curves.starts, curves.last_day, level=1 - p)
        for height in (curves.survival, curves.low, curves.high)
    )
    return value, low, high


def share_open_each(curves: Curves, day: float) -> Ends:
    """`survival.share_open` of each curve; NaN for None."""
    passed = np.append(0, np.cumsum(curves.day <= day))
    fallen = passed[curves.starts[1:]] - passed[curves.starts[:-1]]
    place = curves.starts[:-1] + fallen - 1

    def height(of: FloatArray) -> FloatArray:
        found = np.ones(fallen.size)
        found[fallen > 0] = of[place[fallen > 0]]
        return found

    share, low, high = (height(of) for of in (curves.survival, curves.low, curves.high))
    # Beyond the last day nothing is known, unless nobody was left.
    known = (day <= curves.last_day) | ((share <= 0) & ~np.isnan(curves.last_day))
    inside = known & (share > 0) & (share < 1)
    return tuple(  # type: ignore[return-value]
        np.where(where, of, np.nan)
        for where, of in ((known, share), (inside, low), (inside, high))
    )
