"""What answers say: promoter scores, and shares weighed by who did not answer."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from metrics.statistics.intervals import Estimate, normal_quantile, score_interval


@dataclass(frozen=True, slots=True)
class PostStratified:
    """A share of successes, 0 to 1, weighed to the population that was asked.

    `raw` is the share among those who answered; `standard_error` and the interval belong to
    `share`. All but `raw` are None where a stratum of the population did not answer at all.
    """

    raw: float | None
    share: float | None
    standard_error: float | None
    low: float | None
    high: float | None


def net_promoter_score(
    promoters: int, passives: int, detractors: int, *, confidence: float = 0.95
) -> Estimate:
    """Share of promoters less share of detractors, -1 to 1, with its adjusted Wald interval.

    The value is that of the answers. The interval is Wald's after adding 3/4 of a promoter, 3/2
    of a passive and 3/4 of a detractor, so that it has a width where all agree:

        n' = n + 3,  p' = (promoters + 3/4) / n',  d' = (detractors + 3/4) / n'
        p' - d' +- z sqrt((p' + d' - (p' - d')^2) / n'), kept within -1 and 1

    All None without answers. Times 100 it is the score as printed elsewhere.

    Source: Rocks (2016), The American Statistician 70, 365-372.

    Raises:
        ValueError: a negative count, or confidence outside 0 to 1.
    """
    if min(promoters, passives, detractors) < 0:
        raise ValueError("counts of answers must be >= 0")
    z = normal_quantile(confidence)
    answers = promoters + passives + detractors
    if answers == 0:
        return Estimate(None, None, None)
    more = answers + 3
    up, down = (promoters + 0.75) / more, (detractors + 0.75) / more
    middle = up - down
    half = z * sqrt((up + down - middle * middle) / more)
    value = (promoters - detractors) / answers
    return Estimate(value, max(-1.0, middle - half), min(1.0, middle + half))


def post_stratified(
    successes: npt.ArrayLike,
    answered: npt.ArrayLike,
    population: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> PostStratified:
    """Share of successes if every stratum had answered like those of it who did.

    With k of n answers in each stratum of N people, p = k / n and weight W = N / sum of N:

        share = sum of W p,  variance = sum of W^2 p (1 - p) / n

    The interval is Wilson's with the number of answers that would give this variance,
    share (1 - share) / variance; where the variance is 0, with all answers.

    Args:
        successes: One count per stratum, such as satisfied answers by outcome of the case.
        answered: Answers per stratum.
        population: Everybody asked, or eligible, per stratum. A stratum of 0 is left out.
        confidence: Of the interval.

    Sources: Holt and Smith (1979), Journal of the Royal Statistical Society A 142, 33-46;
    Cochran (1977), Sampling Techniques, 5A.9. The effective number of answers: Kish (1965),
    Survey Sampling, 8.2.

    Raises:
        ValueError: unequal lengths, more successes than answers, or more answers than people.
    """
    k, n, size = (
        np.asarray(each, dtype=np.float64) for each in (successes, answered, population)
    )
    if not k.shape == n.shape == size.shape or k.ndim != 1:
        raise ValueError("the three columns of the strata must have one length")
    if not np.all((k >= 0) & (k <= n) & (n <= size)):
        raise ValueError("successes must be part of the answers, answers of the population")
    z = normal_quantile(confidence)
    raw = float(k.sum() / n.sum()) if n.sum() else None
    k, n, size = k[size > 0], n[size > 0], size[size > 0]
    if raw is None or np.any(n == 0):
        return PostStratified(raw, None, None, None, None)
    weight, p = size / size.sum(), k / n
    share = float(np.sum(weight * p))
    variance = float(np.sum(weight**2 * p * (1 - p) / n))
    effective = share * (1 - share) / variance if variance > 0 else float(n.sum())
    interval = score_interval(share, effective, z)
    low, high = max(0.0, interval.low), min(1.0, interval.high)
    return PostStratified(raw, share, sqrt(variance), low, high)
