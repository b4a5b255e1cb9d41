"""Is one rate different from another? Exact, by conditioning on the events of both together."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from math import ceil, floor, inf, log

from scipy.special import bdtr, bdtrc, betaincinv, gammaln, xlog1py, xlogy

from metrics.statistics.intervals import tail_of

# Two probabilities that differ by less are equally likely; the value is that of R's binom.test.
RELATIVE = 1 + 1e-7


@dataclass(frozen=True, slots=True)
class RateRatio:
    """A rate divided by a base rate, without unit, and its central interval.

    `ratio` and `high` are infinite where the base has no events. `p_value` is two-sided: what
    is at most as likely as the counts seen, as R prints it; `p_central` is twice the smaller
    tail and agrees with the interval: it is below 1 - confidence where the interval leaves out
    the ratio tested. Show the interval, not the p value.
    """

    ratio: float
    low: float
    high: float
    p_value: float
    p_central: float


def rate_ratio(
    events: int,
    exposure: float,
    base_events: int,
    base_exposure: float,
    *,
    tested: float = 1.0,
    confidence: float = 0.95,
) -> RateRatio | None:
    """(events / exposure) / (base_events / base_exposure) with its exact interval.

    Given n = x1 + x2 events in both, x1 is binomial with share p = r e1 / (r e1 + e2) for a
    ratio of r. The interval turns the Clopper-Pearson interval of p, central, into ratios:

        p low = beta(a / 2; x1, x2 + 1), p high = beta(1 - a / 2; x1 + 1, x2)
        r = p / (1 - p) * e2 / e1,  a = 1 - confidence

    None, not assessable, where neither side has an event or one has no exposure: 0 against 0
    says nothing of the ratio.

    Args:
        events: Of the rate in question.
        exposure: In any unit, the same for both sides.
        base_events: Of the rate it is compared with: another unit, or the same quarter of last
            year.
        base_exposure: Of that rate.
        tested: The ratio that the p values test.
        confidence: Of the interval.

    Sources: Przyborowski and Wilenski (1940), Biometrika 31, 313-323; Clopper and Pearson
    (1934), Biometrika 26, 404-413; as poisson.test of R with two counts.

    Raises:
        ValueError: negative events or exposure, tested not above 0, confidence outside 0 to 1.
    """
    tail = tail_of(confidence)
    if min(events, exposure, base_events, base_exposure) < 0:
        raise ValueError("events and exposure of a rate ratio must be >= 0")
    if not tested > 0:
        raise ValueError(f"a ratio of {tested}: must be above 0")
    both = events + base_events
    if both == 0 or exposure == 0 or base_exposure == 0:
        return None
    scale = base_exposure / exposure
    low = float(betaincinv(events, base_events + 1, tail)) if events else 0.0
    high = float(betaincinv(events + 1, base_events, 1 - tail)) if base_events else 1.0
    share = tested / (tested + scale)
    return RateRatio(
        ratio=events / base_events * scale if base_events else inf,
        low=low / (1 - low) * scale,
        high=high / (1 - high) * scale if high < 1 else inf,
        p_value=at_most_as_likely(events, both, share),
        p_central=_twice_the_smaller_tail(events, both, share),
    )


def _twice_the_smaller_tail(successes: int, trials: int, share: float) -> float:
    high = 1.0 if successes == 0 else float(bdtrc(successes - 1, trials, share))
    return min(1.0, 2 * min(float(bdtr(successes, trials, share)), high))


def at_most_as_likely(successes: int, trials: int, share: float) -> float:
    """Two-sided p value of a binomial: all numbers of successes not likelier than the one seen.

    On the other side of the mean the first number that is not likelier is looked for, so that
    millions of trials take no longer than ten.

    Source: binom.test of R.
    """
    mean = trials * share
    if successes == mean:
        return 1.0

    def likelihood(k: int) -> float:
        ways = gammaln(trials + 1) - gammaln(k + 1) - gammaln(trials - k + 1)
        return float(ways + xlogy(k, share) + xlog1py(trials - k, -share))

    most = likelihood(successes) + log(RELATIVE)
    if successes < mean:
        first, last = ceil(mean), trials + 1
        first += bisect_left(range(first, last), -most, key=lambda k: -likelihood(k))
        own = bdtr(successes, trials, share)
        other = bdtrc(first - 1, trials, share) if first < last else 0.0
    else:
        last = bisect_right(range(floor(mean) + 1), most, key=likelihood) - 1
        own = bdtrc(successes - 1, trials, share)
        other = bdtr(last, trials, share) if last >= 0 else 0.0
    return min(1.0, float(own) + float(other))
