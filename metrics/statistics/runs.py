"""Does a series wander? Runs tests that ask for no limits: Anhøj's two rules."""

from dataclasses import dataclass
from math import log2

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from metrics.statistics.control_charts import FloatArray

# Chance gives fewer crossings than the limit in at most so many of 1 series.
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class RunsTest:
    """The longest run and the crossings of a centre, beside what chance gives.

    `useful` points are those not on the centre. `signal` where the longest run is longer than
    `longest_run_limit`, or there are fewer crossings than `crossings_limit`. All but `useful`
    are None, and there is no signal, where no point is useful.
    """

    centre: float | None
    useful: int
    longest_run: int | None
    longest_run_limit: int | None
    crossings: int | None
    crossings_limit: int | None
    signal: bool


def runs_test(values: npt.ArrayLike, *, centre: float | None = None) -> RunsTest:
    """Anhøj's runs tests of values in time order; NaN is left out.

    With n useful points, those not on the centre, a signal is

        a run of more than round(log2 n) + 3 points on one side, or
        fewer crossings of the centre than the 5 % quantile of a binomial of n - 1, 1/2

    With 12, 24 and 36 points it signals in 4.5, 6.7 and 8.7 % of series of chance alone.

    Args:
        values: In any unit.
        centre: Left out, the median of the values.

    Source: Anhøj and Olesen (2014), PLoS ONE 9, e113825; Anhøj (2015), PLoS ONE 10, e0121349;
    as the R package qicharts2.
    """
    given = np.asarray(values, dtype=np.float64)
    known = given[~np.isnan(given)]
    if centre is None and known.size:
        centre = float(np.median(known))
    above = known[known != centre] > centre if centre is not None else np.zeros(0, dtype=bool)
    n = above.size
    if n == 0:
        return RunsTest(centre, 0, None, None, None, None, signal=False)
    turns = np.flatnonzero(np.diff(above)) + 1
    longest = int(np.diff(np.concatenate(([0], turns, [n]))).max())
    most, fewest = round(log2(n)) + 3, _fewest_crossings(n)
    return RunsTest(
        centre=centre,
        useful=n,
        longest_run=longest,
        longest_run_limit=most,
        crossings=turns.size,
        crossings_limit=fewest,
        signal=longest > most or turns.size < fewest,
    )


def _fewest_crossings(useful: int) -> int:
    """5 % quantile of a binomial of n - 1 and 1/2."""
    counts = np.arange(useful)
    below: FloatArray = np.asarray(bdtr(counts.astype(np.float64), useful - 1, 0.5))
    return int(counts[np.argmax(below >= ALPHA)])
