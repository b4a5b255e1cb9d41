"""What cases come to, and by when, where one outcome excludes the others: Aalen-Johansen."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.intervals import Estimate
from metrics.statistics.risk_sets import FROM_THE_START, FloatArray, risk_sets
from metrics.statistics.survival import Band, pointwise_band


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """Cumulative incidence of each outcome, one column per day on which any case ended.

    `incidence[k - 1]` is the share, 0 to 1, of cases that have come to outcome k by the end of
    the day; with `survival`, the share still open, they add up to 1. `ended`,
    `standard_error`, `low` and `high` have the same shape; the band is NaN where the share is 0
    or 1. `last_day`, `starts_after` and `emptied_on` are those of `Curve`.
    """

    day: FloatArray
    at_risk: FloatArray
    ended: FloatArray
    incidence: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    survival: FloatArray
    last_day: float | None
    starts_after: float | None
    emptied_on: float | None


def cumulative_incidence(
    days: npt.ArrayLike,
    outcome: npt.ArrayLike,
    *,
    outcomes: int | None = None,
    counts: npt.ArrayLike | None = None,
    entered: npt.ArrayLike | None = None,
    from_day: float | None = None,
    confidence: float = 0.95,
    band: Band = "log-log",
    variance: Literal["delta", "aalen", "robust"] = "delta",
) -> Incidence:
    """Aalen-Johansen: the share of cases that have come to each outcome by each day.

    With d_k of n at risk coming to outcome k on a day, d = sum of d_k and S the Kaplan-Meier
    estimate for all outcomes together:

        F_k(t) = sum over days i <= t of S(i-) d_k / n
        variance of F_k(t) = sum over days i <= t of
            (F_k(t) - F_k(i))^2 d / (n (n - d)) + S(i-)^2 d_k (n - d_k) / n^3
            - 2 (F_k(t) - F_k(i)) S(i-) d_k / n^2

    One minus the Kaplan-Meier of one outcome, with the others as censored, overstates it. The
    band is that of `kaplan_meier` with F for S.

    That is the variance "delta", which for one outcome is Greenwood's. "robust" adds up the
    squares of what each case moves: dF_k(t) / dw, where w is how often it counts. Without late
    entry the two are the same; with it they are near each other. "aalen" takes outcomes
    as independent of each other, with a_k = S(i-)^2 d_k (n - d_k) / (n^2 (n - 1)), x = (F_k(t)
    - F_k(i)) / S(i), and d less d_k as the other outcome:

        variance of F_k(t) = sum over days i <= t of a_k (1 - x)^2 + a_other x^2

    Args:
        days: Days from start to the outcome, or to the last day observed.
        outcome: 0 where the case is still open, 1 to K for what it came to.
        outcomes: K, where the last ones may not occur; else the largest code.
        counts: How many cases a row stands for; left out, one.
        entered: As in `kaplan_meier`.
        from_day: As there.
        confidence: Of the pointwise band.
        band: As there.
        variance: "aalen" to compare with cuminc of the R package cmprsk, "robust" with survfit
            where there is late entry; the latter takes memory for each distinct row and day.

    Sources: Aalen and Johansen (1978), Scandinavian Journal of Statistics 5, 141-150; the
    variance by the delta method: Marubini and Valsecchi (1995), Analysing Survival Data, 10.2;
    as survfit of R with a factor as its status; the robust one: Therneau, Crowson and Atkinson,
    Multi-state models and competing risks, vignette of R's survival (infinitesimal jackknife);
    Aalen (1978), Annals of Statistics 6, 534-545.

    Raises:
        ValueError: an outcome that is no whole number from 0 to K; else as `kaplan_meier`.
    """
    columns = _columns(np.asarray(outcome), outcomes, counts)
    sets = risk_sets(days, columns, entered=entered, from_day=from_day)
    ended = sets.ended.reshape(len(columns) - 1, sets.day.size)
    happened = ended.sum(axis=0) > 0
    ended, at_risk = ended[:, happened], sets.at_risk[happened]
    survival = np.cumprod(1 - ended.sum(axis=0) / at_risk)
    before = np.append(1.0, survival)[:-1]
    incidence = np.cumsum(before * ended / at_risk, axis=1)
    if variance == "robust":
        rows = _distinct_rows(days, columns, entered, from_day)
        error = np.sqrt(_robust_variance(rows, sets.day[happened], before, ended, at_risk))
    else:
        error = np.sqrt(np.maximum(_VARIANCES[variance](incidence, before, ended, at_risk), 0))
    relative = np.divide(error, incidence, out=np.zeros_like(error), where=incidence > 0)
    low, high = pointwise_band(incidence, relative, confidence, band)
    return Incidence(
        day=sets.day[happened],
        at_risk=at_risk,
        ended=ended,
        incidence=incidence,
        standard_error=error,
        low=np.where(incidence < 1, low, np.nan),
        high=np.where(incidence < 1, high, np.nan),
        survival=survival,
        last_day=sets.last_day,
        starts_after=sets.starts_after,
        emptied_on=sets.emptied_on,
    )


def incidence_at(curves: Incidence, outcome: int, day: float) -> Estimate:
    """Share of cases that have come to an outcome by the end of a day, with its band.

    None beyond the last day observed, unless every case had ended by then. The band is None
    where the share is 0 or 1.

    Raises:
        ValueError: an outcome that is not among the curves, or a negative day.
    """
    if not 1 <= outcome <= curves.incidence.shape[0]:
        raise ValueError(f"outcome {outcome}: there are 1 to {curves.incidence.shape[0]}")
    if day < 0:
        raise ValueError(f"day {day}: must be >= 0")
    over = curves.survival.size > 0 and curves.survival[-1] <= 0
    if curves.last_day is None or (day > curves.last_day and not over):
        return Estimate(None, None, None)
    at = int(np.searchsorted(curves.day, day, side="right")) - 1
    if at < 0:
        return Estimate(0.0, None, None)
    value, low, high = (
        float(each[outcome - 1, at]) for each in (curves.incidence, curves.low, curves.high)
    )
    return Estimate(value, None, None) if np.isnan(low) else Estimate(value, low, high)


def _columns(
    code: npt.NDArray[Any], outcomes: int | None, counts: npt.ArrayLike | None
) -> list[FloatArray]:
    """How many came to each outcome in each row, and last how many were still open."""
    most = int(code.max(initial=0)) if outcomes is None else outcomes
    if not np.all(np.isin(code, np.arange(most + 1))):
        raise ValueError(f"an outcome must be a whole number from 0 to {most}")
    weight = np.ones(code.shape) if counts is None else np.asarray(counts, dtype=np.float64)
    return [weight * (code == k) for k in (*range(1, most + 1), 0)]


def _delta_variance(
    f: FloatArray, before: FloatArray, ended: FloatArray, at_risk: FloatArray
) -> FloatArray:
    """The sums of the formula, with the square written out so that each is one running sum."""
    d, n = ended.sum(axis=0), at_risk
    a = np.divide(d, n * (n - d), out=np.zeros_like(n), where=n > d)
    b = before**2 * ended * (n - ended) / n**3
    c = before * ended / n**2
    falling = f**2 * _running(a) - 2 * f * (_running(f * a) + _running(c))
    return falling + _running(f**2 * a) + _running(b) + 2 * _running(f * c)


def _aalen_variance(
    f: FloatArray, before: FloatArray, ended: FloatArray, at_risk: FloatArray
) -> FloatArray:
    """The sums of the formula, written out likewise; what follows an empty risk set is 0."""
    d, n = ended.sum(axis=0), at_risk
    after = before * (1 - d / n)
    inverse = np.divide(1, after, out=np.zeros_like(after), where=after > 0)
    own, other = (
        before**2 * k * np.where(k > 1, (n - k) / np.maximum(n - 1, 1), 1) / n**2
        for k in (ended, d - ended)
    )
    here, there = 1 + inverse * f, inverse * f
    falling = f**2 * _running(inverse**2 * (own + other))
    falling -= 2 * f * _running(inverse * (own * here + other * there))
    return falling + _running(own * here**2 + other * there**2)


_VARIANCES = {"delta": _delta_variance, "aalen": _aalen_variance}


def _distinct_rows(
    days: npt.ArrayLike,
    columns: list[FloatArray],
    entered: npt.ArrayLike | None,
    from_day: float | None,
) -> FloatArray:
    """Entry, last day, outcome (0: still open) and number of each kind of case at risk."""
    day = np.asarray(days, dtype=np.float64)
    entry = np.full(day.shape, FROM_THE_START) if entered is None else np.asarray(entered)
    entry = np.maximum(entry, FROM_THE_START if from_day is None else from_day)
    told = [
        np.column_stack((entry, day, np.full(day.shape, code), counts))[counts > 0]
        for code, counts in zip((*range(1, len(columns)), 0), columns, strict=True)
    ]
    rows = np.concatenate(told)
    rows = rows[rows[:, 0] < rows[:, 1]]
    kinds, place = np.unique(rows[:, :3], axis=0, return_inverse=True)
    return np.column_stack((kinds, np.bincount(place.ravel(), rows[:, 3], len(kinds))))


def _robust_variance(
    rows: FloatArray,
    day: FloatArray,
    before: FloatArray,
    ended: FloatArray,
    at_risk: FloatArray,
) -> FloatArray:
    """Sum over cases of what each moves, squared: through the hazards, and through S."""
    entry, last, code, many = (column[:, None] for column in rows.T)
    share = ((entry < day) & (day <= last)) / at_risk
    here, left = last == day, at_risk > ended.sum(axis=0)
    hazard = ended / at_risk
    moved = share * ((here & (code > 0)) - hazard.sum(axis=0))
    stay = np.divide(moved, 1 - hazard.sum(axis=0), out=np.zeros_like(moved), where=left)
    open_before = stay - _running(stay)
    return np.array(
        [
            many.ravel()
            @ _running(before * (share * ((here & (code == k)) - own) + open_before * own)) ** 2
            for k, own in enumerate(hazard, start=1)
        ]
    ).reshape(ended.shape)


def _running(terms: FloatArray) -> FloatArray:
    return np.asarray(np.cumsum(terms, axis=-1), dtype=np.float64)
