"""Do groups take equally long? The log-rank test, stratified, weighted and with late entry."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

from metrics.statistics.risk_sets import FROM_THE_START, FloatArray, flags, tally


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """A test that all groups end at the same rate on every day.

    `groups` are the labels, sorted; `observed` and `expected` have one number of (weighted)
    ends per group. `chi_square`, on `degrees` degrees of freedom, and `p_value` are None where
    no end happened while two groups were at risk: not assessable.
    """

    groups: npt.NDArray[np.generic]
    observed: FloatArray
    expected: FloatArray
    chi_square: float | None
    degrees: int
    p_value: float | None


def logrank(
    groups: npt.ArrayLike,
    days: npt.ArrayLike,
    ended: npt.ArrayLike,
    censored: npt.ArrayLike | None = None,
    *,
    entered: npt.ArrayLike | None = None,
    strata: npt.ArrayLike | None = None,
    rho: float = 0.0,
) -> LogRank:
    """Log-rank test of two or more groups.

    On each day of each stratum, with d of n at risk ending and n_g of them in group g:

        U_g = sum of w (d_g - d n_g / n)
        V_gh = sum of w^2 d (n - d) / (n - 1) * n_g / n ((g = h) - n_h / n)
        chi-square = U' V^- U,  w = S(day before) ^ rho, by the Kaplan-Meier of the stratum

    rho 0 is the log-rank test, 1 Peto and Peto's, which weighs early days more. With late entry
    n counts those at risk on (entered, day], and this is the score test of Cox's model with
    groups as its only terms (ties as in the discrete model).

    Args:
        groups: Label of each row.
        days: As in `kaplan_meier`.
        ended: As there.
        censored: As there.
        entered: As there.
        strata: Label of the stratum of each row: groups are compared within strata alone.
        rho: Of Harrington and Fleming's family.

    Sources: Mantel (1966), Cancer Chemotherapy Reports 50, 163-170; Harrington and Fleming
    (1982), Biometrika 69, 553-566; as survdiff of R.

    Raises:
        ValueError: unequal lengths, a negative or broken day or count, an entry after its day.
    """
    ends, leaves = flags(ended, censored)
    day = np.asarray(days, dtype=np.float64)
    entry = np.full(day.shape, FROM_THE_START) if entered is None else np.asarray(entered)
    labels, group = np.unique(np.asarray(groups), return_inverse=True)
    stratum = np.zeros(day.shape) if strata is None else np.asarray(strata)
    columns = (ends, leaves, entry, group, stratum)
    if day.ndim != 1 or any(each.shape != day.shape for each in columns):
        raise ValueError("the columns of a log-rank test must have one length")
    if not np.all((day >= 0) & np.isfinite(day) & (entry <= day) & (ends >= 0) & (leaves >= 0)):
        raise ValueError("days and counts must not be negative, nor entries after their day")
    k = labels.size
    observed, expected, variance = np.zeros(k), np.zeros(k), np.zeros((k, k))
    watched = (entry < day) & (ends + leaves > 0)
    for each in np.unique(stratum) if strata is not None else [0.0]:
        here = watched & (stratum == each)
        rows = [column[here] for column in (day, entry, ends, leaves)]
        o, e, v = _stratum(rows, group[here], k, rho)
        observed, expected, variance = observed + o, expected + e, variance + v
    degrees = int(np.linalg.matrix_rank(variance, hermitian=True)) if k else 0
    if degrees == 0:
        return LogRank(labels, observed, expected, None, 0, None)
    u = observed - expected
    chi_square = float(u @ np.linalg.pinv(variance, hermitian=True) @ u)
    return LogRank(
        labels, observed, expected, chi_square, degrees, float(chdtrc(degrees, chi_square))
    )


def _stratum(
    rows: list[FloatArray], group: npt.NDArray[np.intp], k: int, rho: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Observed and expected ends per group and the covariance of their difference."""
    day, entry, ends, leaves = rows
    happened = ends > 0
    moments, (dead,) = tally(day[happened], [ends[happened]])
    place = np.searchsorted(moments, day[happened]) + group[happened] * moments.size
    n = np.zeros((k, moments.size))
    d = np.bincount(place, ends[happened], minlength=n.size).reshape(n.shape)
    for g in range(k):
        own = group == g
        weight = (ends + leaves)[own]
        n[g] = _before(entry[own], weight, moments) - _before(day[own], weight, moments)
    at_risk = n.sum(axis=0)
    survival = np.append(1.0, np.cumprod(1 - dead / at_risk))[:-1]
    weight = survival**rho
    share = n / at_risk
    spread = np.zeros(moments.size)
    many = at_risk > 1
    spread[many] = (weight**2 * dead * (at_risk - dead))[many] / (at_risk[many] - 1)
    variance = np.diag(share @ spread) - (share * spread) @ share.T
    return d @ weight, share @ (dead * weight), variance


def _before(values: FloatArray, weight: FloatArray, moments: FloatArray) -> FloatArray:
    """Weight of the values that lie before each moment."""
    distinct, (weights,) = tally(values, [weight])
    return np.append(0.0, np.cumsum(weights))[np.searchsorted(distinct, moments)]
