"""Intervals for shares, their difference and rates; bounds for answers that are missing."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, hypot, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtri

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends, `low` at most `high`, in the unit of the number they belong to."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its confidence interval; None is what the data cannot say."""

    value: float | None
    low: float | None
    high: float | None


def wilson(successes: int, trials: int, *, confidence: float = 0.95) -> Interval | None:
    """Interval for a share, as shares 0 to 1; None without trials.

    With p = successes / trials = k / n and z the normal quantile of (1 + confidence) / 2:

        (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)

    Unlike Wald's it has a width at 0 of n and at n of n and stays within 0 and 1. No continuity
    correction.

    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    Raises:
        ValueError: successes outside 0 to trials, or confidence outside 0 to 1.
    """
    low, high = wilson_each(np.array([successes]), np.array([trials]), confidence=confidence)
    return None if trials == 0 else Interval(float(low[0]), float(high[0]))


def wilson_each(
    successes: IntArray, trials: IntArray, *, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Both ends of `wilson` for each of many shares; NaN without trials.

    Raises:
        ValueError: as there.
    """
    broken = np.flatnonzero((successes < 0) | (successes > trials))
    if broken.size:
        _require_part(successes[broken[0]], trials[broken[0]])
    z = normal_quantile(confidence)
    n = np.where(trials > 0, trials, np.nan)
    low, high = _score_ends(successes / n, n, z)
    # At the ends the formula gives exactly 0 and 1; floating point only nearly.
    low[(successes == 0) & (trials > 0)] = 0.0
    high[(successes == trials) & (trials > 0)] = 1.0
    return low, high


def score_interval(share: float, trials: float, z: float) -> Interval:
    """Wilson's interval where the number of trials need not be whole; see `wilson`.

    Args:
        share: 0 to 1.
        trials: Above 0; an effective sample size, where answers are weighed.
        z: Normal quantile, as `normal_quantile` gives it.
    """
    low, high = _score_ends(np.array([share]), np.array([trials]), z)
    return Interval(float(low[0]), float(high[0]))


def _score_ends(share: FloatArray, n: FloatArray, z: float) -> tuple[FloatArray, FloatArray]:
    stretch = 1 + z * z / n
    middle = (share + z * z / (2 * n)) / stretch
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / stretch
    return middle - half, middle + half


def garwood(events: int, exposure: float, *, confidence: float = 0.95) -> Interval | None:
    """Exact Poisson interval for a rate, in events per unit of exposure; None without exposure.

    With x events over exposure e and a = 1 - confidence:

        low = chi2(a / 2; 2x) / 2e (0 for no events),  high = chi2(1 - a / 2; 2x + 2) / 2e

    computed as the quantiles of the gamma distributions of shape x and x + 1. No events give an
    upper end of 3.689 / exposure at 95 %. Multiply both ends by 100 for a rate per 100.

    Source: Garwood (1936), Biometrika 28, 437-442.

    Raises:
        ValueError: negative events or exposure, or confidence outside 0 to 1.
    """
    low, high = garwood_each(np.array([events]), np.array([exposure]), confidence=confidence)
    return None if exposure == 0 else Interval(float(low[0]), float(high[0]))


def garwood_each(
    events: IntArray, exposure: FloatArray, *, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Both ends of `garwood` for each of many rates; NaN without exposure.

    Raises:
        ValueError: as there.
    """
    broken = np.flatnonzero((events < 0) | (exposure < 0))
    if broken.size:
        x, e = events[broken[0]], exposure[broken[0]]
        raise ValueError(f"{x} events over an exposure of {e}: both must be >= 0")
    tail = tail_of(confidence)
    over = np.where(exposure > 0, exposure, np.nan)
    low = np.where(events == 0, 0.0, gammaincinv(np.maximum(events, 1), tail))
    return low / over, gammaincinv(events + 1, 1 - tail) / over


def byar(events: int, exposure: float, *, confidence: float = 0.95) -> Interval | None:
    """Byar's approximation to `garwood`, in the same unit; None without exposure.

    With x events over exposure e and z the normal quantile:

        low = x (1 - 1 / 9x - z / 3 sqrt(x))^3 / e (0 for no events, and never below 0)
        high = (x + 1) (1 - 1 / 9(x + 1) + z / 3 sqrt(x + 1))^3 / e

    Within 0.2 % of the exact interval from 10 events on. Our figures use `garwood`; this is for
    comparison with publications that use Byar's.

    Source: Breslow and Day (1987), Statistical Methods in Cancer Research II, 2.3.

    Raises:
        ValueError: negative events or exposure, or confidence outside 0 to 1.
    """
    if events < 0 or exposure < 0:
        raise ValueError(f"{events} events over an exposure of {exposure}: both must be >= 0")
    z = normal_quantile(confidence)
    if exposure == 0:
        return None
    more = events + 1
    low = events * (1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3 if events else 0.0
    high = more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3
    return Interval(max(0.0, low) / exposure, high / exposure)


def newcombe(
    successes: int,
    trials: int,
    other_successes: int,
    other_trials: int,
    *,
    confidence: float = 0.95,
) -> Interval | None:
    """Interval for the difference of two independent shares, first less second, -1 to 1.

    With p the shares and (l, u) the Wilson interval of each, without continuity correction:

        low = p1 - p2 - sqrt((p1 - l1)^2 + (u2 - p2)^2)
        high = p1 - p2 + sqrt((u1 - p1)^2 + (p2 - l2)^2)

    None where either side has no trials: the difference is not assessable.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    Raises:
        ValueError: successes outside 0 to trials, or confidence outside 0 to 1.
    """
    one = wilson(successes, trials, confidence=confidence)
    two = wilson(other_successes, other_trials, confidence=confidence)
    if one is None or two is None:
        return None
    p1, p2 = successes / trials, other_successes / other_trials
    return Interval(
        p1 - p2 - hypot(p1 - one.low, two.high - p2),
        p1 - p2 + hypot(one.high - p1, p2 - two.low),
    )


def missing_bounds(successes: int, judged: int, missing: int) -> Interval | None:
    """Share of successes if every missing one had failed, and if every one had succeeded.

        low = k / (n + m),  high = (k + m) / (n + m)

    for k successes among n judged with m more that are not known. These are not sampling error:
    no assumption about the missing ones can leave them. None where there is nobody at all.

    Source: Manski (1989), Journal of Human Resources 24, 343-360 (worst-case bounds).

    Raises:
        ValueError: successes outside 0 to judged, or missing negative.
    """
    _require_part(successes, judged)
    if missing < 0:
        raise ValueError(f"{missing} missing: must be >= 0")
    everybody = judged + missing
    if everybody == 0:
        return None
    return Interval(successes / everybody, (successes + missing) / everybody)


def needed(successes: int, trials: int, target: float) -> int:
    """How many more of the same trials had to succeed to meet the target; 0 where it is met.

    The smallest k >= 0 with (successes + k) / trials >= target. The target is read as the
    decimal that it is written as (0.07 is 7 of 100, not the binary number just above it) and
    the rest is integers, so `needed(...) == 0` is the exact test of "met". 0 without trials.

    Raises:
        ValueError: successes outside 0 to trials, or target outside 0 to 1.
    """
    _require_part(successes, trials)
    if not 0 <= target <= 1:
        raise ValueError(f"a target of {target}: must be a share from 0 to 1")
    return max(0, ceil(Fraction(str(target)) * trials) - successes)


def normal_quantile(confidence: float) -> float:
    """Half the width, in standard errors, of a two-sided normal interval: 1.96 for 0.95.

    Raises:
        ValueError: confidence outside 0 to 1.
    """
    return float(-ndtri(tail_of(confidence)))


def tail_of(confidence: float) -> float:
    """Probability beyond each end of a central interval: 0.025 for 0.95.

    Raises:
        ValueError: confidence outside 0 to 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence}: must lie between 0 and 1")
    return (1 - confidence) / 2


def _require_part(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials: must be a part of them")
