"""Time to an end that not every case has reached: curves, quantiles and shares still open.

Time is counted in days, and S(day) is the share still open at the end of that day: a case
that ends on the day it began, day 0, is no longer in S(0). S and its band are shares 0 to 1.
Whole days are quick; times in between are as good.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.intervals import Estimate, normal_quantile
from metrics.statistics.risk_sets import FloatArray, flags, risk_sets
from metrics.statistics.steps import TOLERANCE, Places, running, steps_down_to

Band = Literal["log-log", "log", "plain"]
_ROUNDING = 1e-12

# Beyond so many groups times days one histogram of all would fill the memory: a mistyped year.
MOST_CELLS = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """An estimated S with one entry per day at which it is known: each day on which cases end.

    `between` says how it runs from one of its days to the next: `flat` (a step at each day) or
    `straight` (lines, the first from S = 1 before day 0). `at_risk` and `ended` belong to the
    day, or to the band that ends on it; a life table has half cases. `standard_error` is
    Greenwood's, of S, NaN where S is 0. `low` and `high` are a pointwise band, NaN where S is 0
    and 1 where S is 1. `last_day` is the last day about which anything is known, None where
    there was nobody.

    With late entry, `starts_after` is the first entry where nobody was watched from the start
    (S is then of those still open after it), `emptied_on` the last day after which nobody was
    at risk although others came later (see `kaplan_meier`), and `never_at_risk` how many rows
    entered on the day they left and so count nowhere.
    """

    day: FloatArray
    at_risk: FloatArray
    ended: FloatArray
    survival: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    last_day: float | None
    between: Literal["flat", "straight"]
    starts_after: float | None = None
    emptied_on: float | None = None
    never_at_risk: float = 0.0


def kaplan_meier(
    days: npt.ArrayLike,
    ended: npt.ArrayLike,
    censored: npt.ArrayLike | None = None,
    *,
    entered: npt.ArrayLike | None = None,
    from_day: float | None = None,
    confidence: float = 0.95,
    band: Band = "log-log",
) -> Curve:
    """Curve of the cases that ended and those still open: per case or per day, in any order.

    With d cases ending on a day and n at risk on it (entered before it and neither ended nor
    censored before; cases censored on a day are at risk on it):

        S(t) = product over days <= t of (1 - d / n)
        variance v of log S(t) = sum over days <= t of d / (n (n - d)),  se of S = S sqrt(v)
        log-log band = S ^ exp(-+ z sqrt(v) / log S)
        log band = S exp(-+ z sqrt(v)), up to 1;  plain = S -+ z S sqrt(v), within 0 and 1

    With late entry a row is at risk on (entered, day]. Where the risk set empties early, a few
    first cases can put S to 0 for all that came later, and `emptied_on` names the day. Such a
    curve says nothing; condition on a later start with `from_day=curve.emptied_on`: S is then
    of those still open at the end of that day.

    Args:
        days: Days from start to end, or to the last day observed; repeats are added up.
        ended: 1 where the case ended on that day and 0 where it was last seen open; or how many
            ended on that day.
        censored: How many were last seen on that day and had not ended. Left out, there is one
            row per case, and who did not end was censored.
        entered: Day after which each row was watched, -1 for from its first day on. Left out,
            all were. Entered on the day it left: at risk never, counted in `never_at_risk`.
        from_day: Condition on being open at the end of this day.
        confidence: Of the pointwise band.
        band: R's default is "log"; ours behaves better with few cases.

    Sources: Kaplan and Meier (1958), JASA 53, 457-481; Greenwood (1926), Reports on Public
    Health and Medical Subjects 33; the bands: Kalbfleisch and Prentice (1980), 1.3; late entry:
    Klein and Moeschberger (2003), Survival Analysis, 4.6.

    Raises:
        ValueError: a negative or broken day or count, unequal lengths, an entry after its day.
    """
    sets = risk_sets(days, flags(ended, censored), entered=entered, from_day=from_day)
    happened = sets.ended[0] > 0
    at_risk, ends = sets.at_risk[happened], sets.ended[0][happened]
    survival, error, low, high = product_limit(at_risk, ends, confidence, band)
    return Curve(
        day=sets.day[happened],
        at_risk=at_risk,
        ended=ends,
        survival=survival,
        standard_error=error,
        low=low,
        high=high,
        last_day=sets.last_day,
        between="flat",
        starts_after=sets.starts_after,
        emptied_on=sets.emptied_on,
        never_at_risk=sets.never_at_risk,
    )


def kaplan_meier_by_group(
    groups: npt.ArrayLike,
    days: npt.ArrayLike,
    ended: npt.ArrayLike,
    censored: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    band: Band = "log-log",
) -> tuple[Curve, ...]:
    """One `kaplan_meier` per group, from whole days: a histogram is made once for all.

    Args:
        groups: Number of each row's group, 0 to the number of groups less 1.
        days: Whole days; the other arguments are those of `kaplan_meier`.
        ended: As there.
        censored: As there.
        confidence: As there.
        band: As there.

    Raises:
        ValueError: as `kaplan_meier`, and days or groups that are not whole numbers from 0 on.
    """
    day, group = np.asarray(days), np.asarray(groups)
    columns = [np.asarray(each) for each in (ended, censored) if each is not None]
    if any(each.shape != day.shape for each in (group, *columns)):
        raise ValueError("groups, days and counts must be columns of one length")
    if not all(_whole(each) for each in (day, group)):
        raise ValueError("groups and days must be whole and not negative")
    span = int(day.max(initial=0)) + 1
    many = int(group.max(initial=-1)) + 1
    if many * span > MOST_CELLS:
        parts = [group == at for at in range(many)]
        rows = [(day[own], *(each[own] for each in columns)) for own in parts]
    else:
        place = group.astype(np.intp)
        place *= span
        place += day.astype(np.intp, copy=False)
        ended_on, left_on = _histograms(place, columns, many * span)
        every = np.arange(span)
        rows = list(
            zip(
                [every] * many,
                ended_on.reshape(many, span),
                left_on.reshape(many, span),
                strict=True,
            )
        )
    return tuple(kaplan_meier(*each, confidence=confidence, band=band) for each in rows)


def _histograms(
    place: npt.NDArray[np.intp], columns: list[npt.NDArray[Any]], size: int
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """How many ended, and how many were last seen open, at each place."""
    ended = columns[0]
    if len(columns) == 1 and _whole(ended) and ended.max(initial=0) <= 1:
        # One pass over whole numbers instead of two over fractions.
        place *= 2
        place += ended.astype(np.intp)
        counts = np.bincount(place, minlength=2 * size).reshape(size, 2)
        return counts[:, 1], counts[:, 0]
    ends, leaves = flags(ended, *columns[1:])
    return np.bincount(place, ends, minlength=size), np.bincount(place, leaves, minlength=size)


def _whole(values: npt.NDArray[Any]) -> bool:
    """Whether all are whole numbers from 0 on."""
    if values.dtype.kind in "bu" or values.size == 0:
        return True
    return bool(values.min() >= 0) and (
        values.dtype.kind == "i" or bool(np.all(values == np.floor(values)))
    )


def reverse_kaplan_meier(
    days: npt.ArrayLike,
    ended: npt.ArrayLike,
    censored: npt.ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> Curve:
    """Curve of how long cases were watched: ends and censorings change places.

    Its `quantile(..., 0.5)` is the median follow-up, in days: how mature the data are. Here a
    case that ends on a day counts as still watched on it. Arguments as of `kaplan_meier`.

    Source: Schemper and Smith (1996), Controlled Clinical Trials 17, 343-346; as survfit of R
    with the event turned round.
    """
    ends, leaves = flags(ended, censored)
    return kaplan_meier(days, leaves, ends, confidence=confidence)


def product_limit(
    at_risk: FloatArray,
    ended: FloatArray,
    confidence: float,
    band: Band = "log-log",
    *,
    starts: Places | None = None,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """S, its standard error and its band, from those at risk (never 0) and those that ended.

    With `starts` they are of several curves, one behind the other (`many_curves.Curves`).
    """
    left = at_risk - ended
    survival = running(np.cumprod, left / at_risk, starts)
    terms = np.zeros_like(at_risk)
    np.divide(ended, at_risk * left, out=terms, where=left > 0)
    deviation = np.sqrt(running(np.cumsum, terms, starts))
    error = np.where(survival > 0, survival * deviation, np.nan)
    low, high = pointwise_band(survival, deviation, confidence, band)
    return survival, error, low, high


def pointwise_band(
    share: FloatArray, deviation: FloatArray, confidence: float, band: Band
) -> tuple[FloatArray, FloatArray]:
    """Band around shares; `deviation` is the standard error of their logarithms.

    NaN where a share is 0, and 1 where it is 1. Formulas as in `kaplan_meier`.
    """
    # A sum of shares that is 1 may fall short of it by a rounding error, and its log with it.
    whole = share >= 1 - _ROUNDING
    inside = (share > 0) & ~whole
    low = np.where(whole, 1.0, np.nan)
    high = low.copy()
    s, half = share[inside], normal_quantile(confidence) * deviation[inside]
    if band == "log-log":
        width = half / np.log(s)
        low[inside], high[inside] = s ** np.exp(-width), s ** np.exp(width)
    elif band == "log":
        low[inside], high[inside] = s * np.exp(-half), np.minimum(s * np.exp(half), 1)
    else:
        low[inside], high[inside] = np.maximum(s - s * half, 0), np.minimum(s + s * half, 1)
    return low, high


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


def share_open(curve: Curve, day: float) -> Estimate:
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


def _step_reaches(curve: Curve, height: FloatArray, level: float) -> float | None:
    """Day at which a step function that starts at 1 first is at the level or below."""
    if curve.last_day is None:
        return None
    whole, last_day = np.array([0, height.size]), np.array([curve.last_day])
    found = float(steps_down_to(curve.day, height, whole, last_day, level=level)[0])
    return None if np.isnan(found) else found


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


def _height(curve: Curve, height: FloatArray, day: float) -> float:
    """Height of the curve or of its band at the end of a day."""
    if curve.between == "flat":
        falls = np.searchsorted(curve.day, day, side="right")
        return float(height[falls - 1]) if falls else 1.0
    return float(np.interp(day, *_knots(curve, height)))


def _knots(curve: Curve, height: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Days and heights with the start put before them: everything is open before day 0."""
    return np.append(-1.0, curve.day), np.append(1.0, height)
