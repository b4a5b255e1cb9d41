"""Step functions that lie one behind the other in one array: running sums, and falls."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

# Two heights that differ by less are the same height: S is a product of many quotients. The
# value is that of R's quantile.survfit.
TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


def running(
    accumulate: Callable[[FloatArray], FloatArray], values: FloatArray, starts: Places | None
) -> FloatArray:
    """Running sums or products, begun anew at each of the starts; the last one is the end."""
    if starts is None:
        return accumulate(values)
    found = np.empty_like(values)
    for begin, end in pairwise(starts.tolist()):
        if end > begin:
            found[begin:end] = accumulate(values[begin:end])
    return found


def steps_down_to(
    day: FloatArray, height: FloatArray, starts: Places, last_day: FloatArray, *, level: float
) -> FloatArray:
    """Day on which each step function, 1 at first, falls to the level; NaN where it never does.

    Where it stays on the level for a while it is the middle of that stretch: of the day on
    which it is reached and the one on which it is left, or the last day observed.
    """
    first = _first(height <= level + TOLERANCE, starts)
    below = _first(height < level - TOLERANCE, starts)
    found = np.full(first.size, np.nan)
    at = np.flatnonzero((first >= 0) & ~np.isnan(last_day))
    on = day[first[at]]
    until = last_day[at].copy()
    left = below[at] >= 0
    until[left] = day[below[at][left]]
    found[at] = np.where(first[at] == below[at], on, (on + until) / 2)
    return found


def _first(holds: npt.NDArray[np.bool_], starts: Places) -> Places:
    """The first entry of each that holds, -1 where none does."""
    where = np.flatnonzero(holds)
    nearest = np.searchsorted(where, starts[:-1])
    found = np.append(where, np.iinfo(np.intp).max)[nearest]
    return np.where(found < starts[1:], found, -1)
