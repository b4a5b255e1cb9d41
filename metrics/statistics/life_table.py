"""Time to an end, counted in bands of days: the actuarial life table of protected counts."""

import numpy as np
import numpy.typing as npt

from metrics.statistics.risk_sets import FloatArray
from metrics.statistics.survival import Curve, product_limit


def life_table(
    edges: npt.ArrayLike,
    ended: npt.ArrayLike,
    censored: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Curve:
    """Curve of cases counted in bands of days: the actuarial estimate.

    A band holds the days from its edge to the day before the next edge; the last band has no
    end, so nothing is known of when its cases ended. With n entering a band, d ending and c
    censored in it, the censored count half:

        n' = n - c / 2,  S(last day of the band) = S(last day of the band before) (1 - d / n')

    The band around S is Greenwood's with n' for n, log-log as in `kaplan_meier`. Edges 0, 8, 31
    give S(7) and S(30) exactly as far as the counts do; S runs straight in between. Bands that
    nobody entered are left out: the curve ends before them.

    Args:
        edges: First day of each band, rising, the first one 0.
        ended: How many ended in the band.
        censored: How many were last seen in the band and had not ended.
        confidence: Of the pointwise band.

    Sources: Berkson and Gage (1950), Proceedings of the Staff Meetings of the Mayo Clinic 25,
    270-286; Cutler and Ederer (1958), Journal of Chronic Diseases 8, 699-712; Gehan (1969),
    Journal of Chronic Diseases 21, 629-644.

    Raises:
        ValueError: edges that do not rise from 0, a negative count, unequal lengths.
    """
    first, ends, leaves = (
        np.asarray(each, dtype=np.float64) for each in (edges, ended, censored)
    )
    if not first.shape == ends.shape == leaves.shape or first.ndim != 1:
        raise ValueError("edges, ended and censored must be three columns of one length")
    if not (np.all(ends >= 0) and np.all(leaves >= 0)):
        raise ValueError("counts of cases must not be negative")
    if first.size == 0 or first[0] != 0 or np.any(np.diff(first) <= 0):
        raise ValueError("the edges of the bands must rise and the first must be 0")
    entering = np.cumsum((ends + leaves)[::-1])[::-1]
    closed = np.flatnonzero(entering[:-1] > 0)
    exposed = (entering - leaves / 2)[closed]
    survival, error, low, high = product_limit(exposed, ends[closed], confidence)
    day = first[closed + 1] - 1
    return Curve(
        day=day,
        at_risk=exposed,
        ended=ends[closed],
        survival=survival,
        standard_error=error,
        low=low,
        high=high,
        last_day=_last_day(first, entering, leaves, closed),
        between="straight",
    )


def _last_day(
    first: FloatArray, entering: FloatArray, leaves: FloatArray, closed: npt.NDArray[np.intp]
) -> int | None:
    """Last day up to which somebody is known to have been watched, in bands.

    The end of the last band, where somebody went on or nobody was lost in it; otherwise the
    band says only that somebody was there on its first day.
    """
    if closed.size == 0:
        return None
    last = closed[-1]
    watched_on = entering[last + 1] > 0 or leaves[last] == 0
    return int(first[last + 1] - 1 if watched_on else first[last])
