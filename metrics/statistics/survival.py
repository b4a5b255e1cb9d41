"""Time to an end that not every case has reached: curves, quantiles and shares still open.

Time is counted in whole days, and S(day) is the share still open at the end of that day: a case
that ends on the day it began, day 0, is no longer in S(0). S and its band are shares 0 to 1.
"""

from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.intervals import normal_quantile

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Two heights that differ by less are the same height: S is a product of many quotients. The
# value is that of R's quantile.survfit.
TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """An estimated S with one entry per day at which it is known.

    `between` says how it runs from one of its days to the next: `flat` (a step at each day) or
    `straight` (lines, the first from S = 1 before day 0). `at_risk` and `ended` belong to the
    day, or to the band that ends on it; a life table has half cases. `low` and `high` are a
    pointwise band, NaN where S is 0 and 1 where S is 1. `last_day` is the last day about which
    anything is known, None where there was nobody.
    """

    day: FloatArray
    at_risk: FloatArray
    ended: FloatArray
    survival: FloatArray
    low: FloatArray
    high: FloatArray
    last_day: int | None
    between: Literal["flat", "straight"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its confidence interval; None is what the data cannot say."""

    value: float | None
    low: float | None
    high: float | None


def kaplan_meier(
    days: npt.ArrayLike,
    ended: npt.ArrayLike,
    censored: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Curve:
    """Curve of the cases that ended and those still open, from counts per day, in any order.

    With d cases ending on a day and n at risk on it (neither ended nor censored before; cases
    censored on a day are at risk on it):

        S(t) = product over days <= t of (1 - d / n)
        variance of log S(t) = sum over days <= t of d / (n (n - d))
        band = S ^ exp(-+ z sqrt(variance) / log S)

    Args:
        days: Whole days from start to end, or to the last day observed; repeats are added up.
        ended: How many ended on that day.
        censored: How many were last seen on that day and had not ended.
        confidence: Of the pointwise band.

    Sources: Kaplan and Meier (1958), JASA 53, 457-481; Greenwood (1926), Reports on Public
    Health and Medical Subjects 33; the log-log band: Kalbfleisch and Prentice (1980), 1.3.

    Raises:
        ValueError: a negative or broken day, a negative count, unequal lengths.
    """
    day, ends, leaves = _columns(days, ended, censored)
    day, place = np.unique(day, return_inverse=True)
    ends, leaves = _totals(place, ends, day.size), _totals(place, leaves, day.size)
    observed = day[ends + leaves > 0]
    at_risk = np.cumsum((ends + leaves)[::-1])[::-1]
    happened = ends > 0
    survival, low, high = _product_limit(at_risk[happened], ends[happened], confidence)
    return Curve(
        day=day[happened],
        at_risk=at_risk[happened],
        ended=ends[happened],
        survival=survival,
        low=low,
        high=high,
        last_day=int(observed[-1]) if observed.size else None,
        between="flat",
    )


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
    first, ends, leaves = _columns(edges, ended, censored)
    if first.size == 0 or first[0] != 0 or np.any(np.diff(first) <= 0):
        raise ValueError("the edges of the bands must rise and the first must be 0")
    entering = np.cumsum((ends + leaves)[::-1])[::-1]
    closed = np.flatnonzero(entering[:-1] > 0)
    exposed = (entering - leaves / 2)[closed]
    survival, low, high = _product_limit(exposed, ends[closed], confidence)
    day = first[closed + 1] - 1
    return Curve(
        day=day,
        at_risk=exposed,
        ended=ends[closed],
        survival=survival,
        low=low,
        high=high,
        last_day=_last_day(first, entering, leaves, closed),
        between="straight",
    )


def quantile(curve: Curve, p: float) -> Estimate:
    """Days by which a share p of the cases has ended; None where that is not reached.

    The value is the first day with S(day) <= 1 - p. Where S is exactly 1 - p for a while it is
    the middle of that stretch: of the day it is reached and the day S falls again, or the last
    day observed where it does not. The interval ends are the days at which `low` and `high` in
    turn first reach 1 - p, by the same rule. On a life table, the first whole day at which the
    straight line is there.

    Sources: Brookmeyer and Crowley (1982), Biometrics 38, 29-41; the convention on flat
    stretches is that of quantile.survfit in R's survival, with conf.type = "log-log".

    Raises:
        ValueError: p not strictly between 0 and 1.
    """
    if not 0 < p < 1:
        raise ValueError(f"a quantile of {p}: must lie between 0 and 1")
    crossing = _step_reaches if curve.between == "flat" else _line_reaches
    return Estimate(
        crossing(curve, curve.survival, 1 - p),
        crossing(curve, curve.low, 1 - p),
        crossing(curve, curve.high, 1 - p),
    )


def share_open(curve: Curve, day: int) -> Estimate:
    """S(day), the share of cases open for longer than `day` days, with its pointwise band.

    None beyond the last day observed, unless every case had ended by then: the share is 0 from
    there on. The band is None where S is 0 or 1: it has no width there, and an interval from
    100 % to 100 % would claim certainty (R prints 1 to 1).

    Raises:
        ValueError: a negative day.
    """
    if day < 0:
        raise ValueError(f"day {day}: must be >= 0")
    if curve.last_day is None:
        return Estimate(None, None, None)
    share = _height(curve, curve.survival, day)
    if day > curve.last_day and share > 0:
        return Estimate(None, None, None)
    if share in {0.0, 1.0}:
        return Estimate(share, None, None)
    low, high = _height(curve, curve.low, day), _height(curve, curve.high, day)
    if np.isnan(low):
        return Estimate(share, None, None)
    return Estimate(share, low, high)


def _last_day(
    first: FloatArray, entering: FloatArray, leaves: FloatArray, closed: IntArray
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


def _columns(
    days: npt.ArrayLike, ended: npt.ArrayLike, censored: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The three columns as numbers, refused where they cannot be days and counts."""
    day, ends, leaves = (np.asarray(each, dtype=np.float64) for each in (days, ended, censored))
    if not day.shape == ends.shape == leaves.shape or day.ndim != 1:
        raise ValueError("days, ended and censored must be three columns of one length")
    if not (np.all(day >= 0) and np.all(day == np.floor(day))):
        raise ValueError("days must be whole and not negative")
    if not (np.all(ends >= 0) and np.all(leaves >= 0)):
        raise ValueError("counts of cases must not be negative")
    return day, ends, leaves


def _totals(place: npt.NDArray[np.intp], counts: FloatArray, size: int) -> FloatArray:
    """Sum of the counts that share a place."""
    totals = np.zeros(size)
    np.add.at(totals, place, counts)
    return totals


def _product_limit(
    at_risk: FloatArray, ended: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """S and its log-log band, from those at risk (never 0) and those of them that ended."""
    left = at_risk - ended
    survival = np.cumprod(left / at_risk, dtype=np.float64)
    terms = np.zeros_like(at_risk)
    np.divide(ended, at_risk * left, out=terms, where=left > 0)
    inside = (survival > 0) & (survival < 1)
    low = np.where(survival == 1, 1.0, np.nan)
    high = low.copy()
    log_survival = np.log(survival[inside])
    width = normal_quantile(confidence) * np.sqrt(np.cumsum(terms)[inside]) / log_survival
    low[inside] = np.exp(log_survival * np.exp(-width))
    high[inside] = np.exp(log_survival * np.exp(width))
    return survival, low, high


def _step_reaches(curve: Curve, height: FloatArray, level: float) -> float | None:
    """Day at which a step function that starts at 1 first is at the level or below."""
    reached = np.flatnonzero(height <= level + TOLERANCE)
    if curve.last_day is None or reached.size == 0:
        return None
    first = reached[0]
    if height[first] < level - TOLERANCE:
        return float(curve.day[first])
    below = np.flatnonzero(height < level - TOLERANCE)
    until = curve.day[below[0]] if below.size else curve.last_day
    return float((curve.day[first] + until) / 2)


def _line_reaches(curve: Curve, height: FloatArray, level: float) -> float | None:
    """First whole day at which the lines through the knots are at the level or below."""
    reached = np.flatnonzero(height <= level + TOLERANCE)
    if reached.size == 0:
        return None
    first = reached[0]
    if height[first] >= level - TOLERANCE:
        level_days = curve.day[np.abs(height - level) <= TOLERANCE]
        return float((level_days[0] + level_days[-1]) / 2)
    knots, heights = _knots(curve, height)
    (from_day, to_day), (above, below) = knots[first : first + 2], heights[first : first + 2]
    exact = from_day + (to_day - from_day) * (above - level) / (above - below)
    return float(ceil(exact - TOLERANCE))


def _height(curve: Curve, height: FloatArray, day: int) -> float:
    """Height of the curve or of its band at the end of a day."""
    knots, heights = _knots(curve, height)
    if curve.between == "flat":
        return float(heights[np.searchsorted(knots, day, side="right") - 1])
    return float(np.interp(day, knots, heights))


def _knots(curve: Curve, height: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Days and heights with the start put before them: everything is open before day 0."""
    return np.append(-1.0, curve.day), np.append(1.0, height)
