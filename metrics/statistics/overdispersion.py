"""Do units differ by more than chance, for whatever reason? Then their limits widen."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

FloatArray = npt.NDArray[np.float64]

# With fewer units the spread between them cannot be told from chance.
ENOUGH_UNITS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Each unit on a scale on which chance has the same spread: (y - centre) / s = z.

    NaN for a unit without cases.
    """

    scale: Literal["arcsine", "root", "log"]
    centre: float
    y: FloatArray
    s: FloatArray
    z: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Overdispersion:
    """Spread between units: phi (1 for chance alone) and the variance tau2 it adds to s^2.

    `tau2` is None below ten units: not estimated, and nothing is widened. `z` and `p_value`
    (two-sided) are those of each unit after widening.
    """

    units: int
    phi: float | None
    tau2: float | None
    z: FloatArray
    p_value: FloatArray


def share_scores(successes: npt.ArrayLike, trials: npt.ArrayLike, centre: float) -> Scores:
    """Scores of shares: y = arcsin(sqrt(k / n)), s = 1 / (2 sqrt n).

    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.
    """
    k, n = (np.asarray(each, dtype=np.float64) for each in (successes, trials))
    seen = n > 0
    share = np.divide(k, n, out=np.full(n.size, np.nan), where=seen)
    s = np.divide(0.5, np.sqrt(n), out=np.full(n.size, np.nan), where=seen)
    return _scores("arcsine", float(np.arcsin(np.sqrt(centre))), np.arcsin(np.sqrt(share)), s)


def ratio_scores(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    scale: Literal["root", "log"] = "root",
) -> Scores:
    """Scores of observed over expected counts, with a centre of 1.

        root: y = sqrt(o / e), s = 1 / (2 sqrt e);  log: y = log(o / e), s = 1 / sqrt e

    The logarithm has no value for a unit without events (NaN), the root has.

    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.
    """
    o, e = (np.asarray(each, dtype=np.float64) for each in (observed, expected))
    ratio = np.divide(o, e, out=np.full(e.size, np.nan), where=e > 0)
    s = np.divide(1.0, np.sqrt(e), out=np.full(e.size, np.nan), where=e > 0)
    if scale == "root":
        return _scores("root", 1.0, np.sqrt(ratio), s / 2)
    y = np.log(ratio, out=np.full(e.size, np.nan), where=ratio > 0)
    return _scores("log", 0.0, y, s)


def overdispersion(
    scores: Scores,
    *,
    trim: float = 0.1,
    extremes: Literal["winsorise", "truncate"] = "winsorise",
) -> Overdispersion:
    """Phi and tau2 of the scores, without their extremes, and the scores with wider limits.

        phi = mean of z^2, z below its 10 % quantile set to it, and above its 90 % quantile too
        tau2 = max(0, (m phi - (m - 1)) / (sum w - sum w^2 / sum w)),  w = 1 / s^2, m units
        z after widening = (y - centre) / sqrt(s^2 + tau2)

    Args:
        scores: As `share_scores` or `ratio_scores` makes them.
        trim: Share of units that is extreme on either side; quantiles as R's type 7.
        extremes: "truncate" leaves them out, as the NHS does for its mortality indicator.

    Sources: Spiegelhalter (2005), Quality and Safety in Health Care 14, 347-351; Spiegelhalter
    and others (2012), Journal of the Royal Statistical Society A 175, 1-47; tau2: DerSimonian
    and Laird (1986), Controlled Clinical Trials 7, 177-188.

    Raises:
        ValueError: trim outside 0 to below 0.5.
    """
    if not 0 <= trim < 0.5:
        raise ValueError(f"trimming {trim}: must be at least 0 and below 0.5")
    known = ~np.isnan(scores.z)
    z, s = scores.z[known], scores.s[known]
    if z.size < ENOUGH_UNITS:
        return Overdispersion(z.size, None, None, scores.z, _two_sided(scores.z))
    low, high = np.quantile(z, [trim, 1 - trim])
    if extremes == "truncate":
        inside = (z >= low) & (z <= high)
        z, s = z[inside], s[inside]
    z = np.clip(z, low, high)
    phi = float(np.mean(z**2))
    w = 1 / s**2
    excess = z.size * phi - (z.size - 1)
    tau2 = max(0.0, float(excess / (w.sum() - np.sum(w**2) / w.sum())))
    wide = (scores.y - scores.centre) / np.sqrt(scores.s**2 + tau2)
    return Overdispersion(int(known.sum()), phi, tau2, wide, _two_sided(wide))


def adjusted_limits(
    scores: Scores, tau2: float, normal_quantile: float
) -> tuple[FloatArray, FloatArray]:
    """Limits per unit with the spread between units, turned back to shares or ratios.

    centre -+ quantile * sqrt(s^2 + tau2) on the scale of the scores
    """
    half = normal_quantile * np.sqrt(scores.s**2 + tau2)
    low, high = scores.centre - half, scores.centre + half
    if scores.scale == "log":
        return np.exp(low), np.exp(high)
    if scores.scale == "root":
        return np.maximum(low, 0) ** 2, high**2
    return np.sin(np.maximum(low, 0)) ** 2, np.sin(np.minimum(high, np.pi / 2)) ** 2


def _scores(
    scale: Literal["arcsine", "root", "log"], centre: float, y: FloatArray, s: FloatArray
) -> Scores:
    return Scores(scale, centre, y, s, (y - centre) / s)


def _two_sided(z: FloatArray) -> FloatArray:
    return np.asarray(2 * ndtr(-np.abs(z)), dtype=np.float64)
