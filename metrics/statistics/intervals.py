"""Intervals for a share and for a rate, bounds for missing answers, distance to a target."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, sqrt

from scipy.special import gammaincinv, ndtri


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends, `low` at most `high`, in the unit of the number they belong to."""

    low: float
    high: float


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
    _require_part(successes, trials)
    z = normal_quantile(confidence)
    if trials == 0:
        return None
    share = successes / trials
    stretch = 1 + z * z / trials
    middle = (share + z * z / (2 * trials)) / stretch
    half = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / stretch
    # At the ends the formula gives exactly 0 and 1; floating point only nearly.
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == trials else middle + half
    return Interval(low, high)


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
    if events < 0 or exposure < 0:
        raise ValueError(f"{events} events over an exposure of {exposure}: both must be >= 0")
    tail = (1 - _require_confidence(confidence)) / 2
    if exposure == 0:
        return None
    low = 0.0 if events == 0 else float(gammaincinv(events, tail))
    high = float(gammaincinv(events + 1, 1 - tail))
    return Interval(low / exposure, high / exposure)


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
    return float(ndtri((1 + _require_confidence(confidence)) / 2))


def _require_confidence(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence}: must lie between 0 and 1")
    return confidence


def _require_part(successes: int, trials: int) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials: must be a part of them")
