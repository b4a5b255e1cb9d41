"""The next quarter, as a range of whole numbers or not at all; and whether seasons differ."""

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, chdtrc

from metrics.statistics.intervals import tail_of
from metrics.statistics.rate_ratio import RateRatio, rate_ratio

FloatArray = npt.NDArray[np.float64]

ENOUGH_QUARTERS = 8
YEAR = 4
ENOUGH_SEASONS = 3 * YEAR
# Pearson's chi-square per degree of freedom beyond which counts vary by more than chance.
DISPERSED = 1.5


@dataclass(frozen=True, slots=True)
class CountRange:
    """Whole numbers from low to high, both possible."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class NextQuarter:
    """The range of the next quarter's count, None where there is too little history.

    `dispersion` is Pearson's chi-square per degree of freedom, 1 for chance alone; above 1.5
    the range is widened by it. None where it cannot be computed.
    """

    range: CountRange | None
    quarters: int
    dispersion: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Seasonality:
    """Whether quarters of the year differ, from three years on.

    `ratios` are the rates of the four quarters over that of all (NaN without exposure), in the
    order of the first four points. `chi_square` has `degrees` degrees of freedom.
    """

    ratios: FloatArray
    chi_square: float
    degrees: int
    dispersion: float
    p_value: float


def predictive_range(
    events: float, exposure: float, next_exposure: float, *, confidence: float = 0.95
) -> CountRange | None:
    """Range of the next count where x events were seen over exposure n, and m comes next.

    With Jeffreys' prior the next count is negative binomial, and the range is from its
    (1 - confidence) / 2 quantile to its (1 + confidence) / 2 quantile:

        NB(size x + 1/2, probability n / (n + m))

    Unlike a Poisson with the rate seen it knows that the rate itself is uncertain: after 0
    events in 4 quarters it reaches to 1. None without exposure.

    Args:
        events: Seen so far.
        exposure: Over which they were seen, such as quarters or person-quarters.
        next_exposure: Of the count to come, in the same unit.
        confidence: Of the range.

    Sources: Gelman and others (2013), Bayesian Data Analysis, 2.6; on its coverage:
    Krishnamoorthy and Peng (2011), Journal of Statistical Planning and Inference 141,
    1709-1718.

    Raises:
        ValueError: a negative number, or confidence outside 0 to 1.
    """
    tail = tail_of(confidence)
    if min(events, exposure, next_exposure) < 0:
        raise ValueError("events and exposure of a forecast must be >= 0")
    if exposure == 0:
        return None
    size, share = events + 0.5, exposure / (exposure + next_exposure)

    def below(count: int) -> float:
        return float(betainc(size, count + 1, share))

    most = 1
    while below(most) < 1 - tail:
        most *= 2
    low, high = (bisect_left(range(most), p, key=below) for p in (tail, 1 - tail))
    return CountRange(low, high)


def next_quarter(
    counts: npt.ArrayLike,
    exposure: npt.ArrayLike,
    next_exposure: float,
    *,
    confidence: float = 0.95,
) -> NextQuarter:
    """Range of the next quarter's count; none below eight quarters, and never a single number.

    The range of `predictive_range` over all quarters together. Where they vary by more than
    chance, dispersion f above 1.5, counts are taken as f times Poisson counts: the range is
    that of events / f, times f, rounded outward.

    Args:
        counts: Whole quarters, in any order; leave out quarters still being entered.
        exposure: Of each quarter; quarters without exposure are left out.
        next_exposure: Of the quarter to come.
        confidence: Of the range.

    Source: as `predictive_range`; McCullagh and Nelder (1989), Generalized Linear Models, 6.2.

    Raises:
        ValueError: unequal lengths or a negative number.
    """
    x, n = _history(counts, exposure)
    x, n = x[n > 0], n[n > 0]
    dispersion = _dispersion(x, x.sum() * n / n.sum(), x.size - 1) if x.size > 1 else None
    if x.size < ENOUGH_QUARTERS:
        return NextQuarter(None, x.size, dispersion)
    by = dispersion if dispersion is not None and dispersion > DISPERSED else 1.0
    found = predictive_range(
        float(x.sum()) / by, float(n.sum()), next_exposure, confidence=confidence
    )
    if found is not None and by > 1:
        found = CountRange(floor(found.low * by), ceil(found.high * by))
    return NextQuarter(found, x.size, dispersion)


def same_quarter_last_year(
    counts: npt.ArrayLike, exposure: npt.ArrayLike, *, confidence: float = 0.95
) -> RateRatio | None:
    """The last quarter's rate over that of the same quarter a year before; exact.

    What may be compared while there are fewer than three years: `rate_ratio` of the last point
    and the one four before. None below five quarters and where that is not assessable.

    Raises:
        ValueError: unequal lengths or a negative number.
    """
    x, n = _history(counts, exposure)
    if x.size <= YEAR:
        return None
    then = -1 - YEAR
    return rate_ratio(
        int(x[-1]), float(n[-1]), int(x[then]), float(n[then]), confidence=confidence
    )


def seasonality(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> Seasonality | None:
    """Whether the quarters of the year differ; None below three years: no claim of a season.

        chi-square = sum over the 4 quarters of (O - E)^2 / E / f,  E = rate of all * exposure

    f is the dispersion of quarters about the rate of their season, at least 1, so that years
    that differ do not make a season. None too where nothing happened.

    Args:
        counts: Consecutive quarters.
        exposure: Of each.

    Source: McCullagh and Nelder (1989), Generalized Linear Models, 6.2.

    Raises:
        ValueError: unequal lengths or a negative number.
    """
    x, n = _history(counts, exposure)
    if x.size < ENOUGH_SEASONS or x.sum() == 0 or not n.all():
        return None
    season = np.arange(x.size) % YEAR
    seen, size = np.bincount(season, x), np.bincount(season, n)
    expected = x.sum() * size / n.sum()
    ratios = seen / expected
    within = _dispersion(x, (seen / size)[season] * n, x.size - YEAR)
    chi_square = float(np.sum((seen - expected) ** 2 / expected)) / max(1.0, within)
    p_value = float(chdtrc(YEAR - 1, chi_square))
    return Seasonality(ratios, chi_square, YEAR - 1, max(1.0, within), p_value)


def _history(counts: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, n = (np.asarray(each, dtype=np.float64) for each in (counts, exposure))
    if x.shape != n.shape or x.ndim != 1:
        raise ValueError("counts and exposure must be columns of one length")
    if not np.all((x >= 0) & (n >= 0)):
        raise ValueError("counts and exposure must not be negative")
    return x, n


def _dispersion(x: FloatArray, expected: FloatArray, degrees: int) -> float:
    """Pearson's chi-square per degree of freedom; 0 where nothing is expected."""
    terms = np.divide((x - expected) ** 2, expected, out=np.zeros_like(x), where=expected > 0)
    return float(terms.sum()) / degrees
