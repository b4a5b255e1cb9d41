"""Is a unit unusual against the whole organisation? Funnels decided by exact tails."""

from bisect import bisect_left
from collections.abc import Callable
from math import ceil, comb
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc, gammaln, pdtr, pdtrc

from metrics.statistics.intervals import Interval

# Of more than so many in all, ways are no longer counted one by one: whole numbers of thousands
# of digits would take minutes.
_COUNTED_OUT = 1000


class Tails(NamedTuple):
    """Probability, by chance alone, of a count as low as the one seen, and of one as high."""

    low: float
    high: float


def binomial_tails(successes: int, trials: int, centre: float) -> Tails:
    """Tails of a share: P(X <= k) and P(X >= k) for X binomial of n trials, each `centre`.

    Both count k itself, so they add up to more than 1.

    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.1.

    Raises:
        ValueError: successes outside 0 to trials, or centre outside 0 to 1.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials: must be a part of them")
    _require_share(centre)
    low = float(bdtr(successes, trials, centre))
    high = 1.0 if successes == 0 else float(bdtrc(successes - 1, trials, centre))
    return Tails(low, high)


def poisson_tails(events: int, expected: float) -> Tails:
    """Tails of a count: P(X <= x) and P(X >= x) for X Poisson with mean `expected`.

    `expected` is the rate of the whole organisation times the exposure of the unit.

    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.1; Seaton and
    Manktelow (2012), BMC Medical Research Methodology 12, 98, on why not by intervals.

    Raises:
        ValueError: negative events or expected.
    """
    if events < 0 or expected < 0:
        raise ValueError(f"{events} events, {expected} expected: both must be >= 0")
    high = 1.0 if events == 0 else float(pdtrc(events - 1, expected))
    return Tails(float(pdtr(events, expected)), high)


def more_than_before(now: tuple[int, int], before: tuple[int, int]) -> float:
    """Probability, by chance alone, of as many or more among those `now`.

    Both are (count, of how many). Which of all were counted is held fixed, so that the share
    of before is not taken for known: Fisher's exact test, one-sided.

    Source: Fisher (1935), J. R. Stat. Soc. 98: 39-82, as fisher.test(alternative = "greater")
    of R.

    Raises:
        ValueError: a count outside 0 to its total.
    """
    for count, total in (now, before):
        if not 0 <= count <= total:
            raise ValueError(f"{count} of {total}: must be a part of them")
    (count, total), counted = now, now[0] + before[0]
    fewest, most = max(0, counted - before[1]), min(total, counted)
    if count == fewest:
        return 1.0
    if total + before[1] <= _COUNTED_OUT:
        ways = sum(
            comb(total, some) * comb(before[1], counted - some)
            for some in range(count, most + 1)
        )
        return ways / comb(total + before[1], counted)
    each = np.arange(fewest, most + 1, dtype=np.float64)
    height = _log_ways(total, each) + _log_ways(before[1], counted - each)
    likely = np.exp(height - height.max())
    return float(likely[count - fewest :].sum() / likely.sum())


def _log_ways(of: int, some: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Logarithm of the ways to choose some of so many."""
    ways: npt.NDArray[np.float64] = gammaln(of + 1) - gammaln(some + 1) - gammaln(of - some + 1)
    return ways


def outside(tails: Tails, *, level: float = 0.998) -> Literal["high", "low", "usual"]:
    """Where a unit stands: beyond the limits when one tail is at most (1 - level) / 2.

    At 0.998 a unit like all others is called high in at most 1 of 1,000 cases, and low too.
    Both sides are signals: few reports may mean that people do not speak up.

    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202.

    Raises:
        ValueError: level outside 0 to 1.
    """
    tail = _tail(level)
    if tails.high <= tail:
        return "high"
    return "low" if tails.low <= tail else "usual"


def binomial_limits(trials: int, centre: float, *, level: float = 0.998) -> Interval | None:
    """Limits to draw for a share at a number of trials, as shares 0 to 1; None without trials.

    For the tail probability p of each side, with r the smallest count of P(X <= r) >= p:

        (r - a) / n,  a = (P(X <= r) - p) / P(X = r)

    which makes a smooth line of a stepwise limit, kept from crossing 0 and the centre. Draw
    these, decide by `outside`: a count may lie just beyond the line and not be called unusual.

    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.1.

    Raises:
        ValueError: negative trials, or centre or level outside 0 to 1.
    """
    tail = _tail(level)
    _require_share(centre)
    if trials < 0:
        raise ValueError(f"{trials} trials: must be >= 0")
    if trials == 0:
        return None

    def below(count: int) -> float:
        return float(bdtr(count, trials, centre))

    low, high = (_smooth_quantile(below, p, trials) for p in (tail, 1 - tail))
    return Interval(max(0.0, low / trials), max(centre, high / trials))


def poisson_limits(expected: float, *, level: float = 0.998) -> Interval:
    """Limits to draw for a count where `expected` are expected; divide by exposure for a rate.

    The formula is that of `binomial_limits`, without the division and with X Poisson.

    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.1.

    Raises:
        ValueError: negative expected, or level outside 0 to 1.
    """
    tail = _tail(level)
    if expected < 0:
        raise ValueError(f"{expected} expected: must be >= 0")

    def below(count: int) -> float:
        return float(pdtr(count, expected))

    beyond = ceil(expected)
    while below(beyond) < 1 - tail:
        beyond = 2 * beyond + 1
    low, high = (_smooth_quantile(below, p, beyond) for p in (tail, 1 - tail))
    return Interval(max(0.0, low), max(expected, high))


def _smooth_quantile(below: Callable[[int], float], p: float, most: int) -> float:
    """Quantile of a count, moved down by the part of its own probability beyond p."""
    r = bisect_left(range(most), p, key=below)
    at_most, less = below(r), below(r - 1) if r else 0.0
    return r - (at_most - p) / (at_most - less)


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"a level of {level}: must lie between 0 and 1")
    return (1 - level) / 2


def _require_share(centre: float) -> None:
    if not 0 <= centre <= 1:
        raise ValueError(f"a centre of {centre}: must be a share from 0 to 1")
