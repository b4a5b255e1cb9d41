"""What data say about how they were made: heaps at deadlines, backdating, what is missing."""

from dataclasses import dataclass
from math import prod

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc, chdtrc, gammaln

from metrics.statistics.cohorts import day_numbers
from metrics.statistics.intervals import Interval, wilson
from metrics.statistics.rate_ratio import RELATIVE, at_most_as_likely

FloatArray = npt.NDArray[np.float64]

# Below this expected count in any cell the chi-square is not to be trusted.
ENOUGH_EXPECTED = 5
# Tables beyond which the exact test is left to the chi-square.
MOST_TABLES = 200_000


@dataclass(frozen=True, slots=True)
class Heaping:
    """Cases that end on the very day of a deadline, beside the days around it.

    `on_day` and `nearby` (which includes them) are counts, `expected_share` is 1 over the
    number of days looked at, `before` and `after` the counts on either side. `p_value` is the
    probability of so many or more on the day; `p_two_sided` that of all that is not likelier.
    Both None where nothing ended nearby.
    """

    on_day: int
    nearby: int
    expected_share: float
    before: int
    after: int
    p_value: float | None
    p_two_sided: float | None


@dataclass(frozen=True, slots=True)
class Backdating:
    """Days from an event to its entry, for the events of which both are known.

    `negative` were entered before they happened, `late` more than the threshold after; each
    has its share's Wilson interval. Quartiles are in days, None where there are no events.
    """

    events: int
    unknown: int
    negative: int
    late: int
    negative_share: Interval | None
    late_share: Interval | None
    q25: float | None
    median: float | None
    q75: float | None
    longest: float | None


@dataclass(frozen=True, slots=True)
class Missingness:
    """Shares missing per unit with Wilson intervals, and whether units differ.

    `shares` and `intervals` are None for a unit without records. `p_exact` is that of Fisher's
    test (Freeman and Halton's for more than two units), None where there are too many tables;
    `p_value` is it where any expected count is below 5, else that of the chi-square. All None
    where nothing, or everything, is missing, or only one unit has records: not assessable.
    """

    shares: tuple[float | None, ...]
    intervals: tuple[Interval | None, ...]
    chi_square: float | None
    degrees: int
    p_chi_square: float | None
    p_exact: float | None
    p_value: float | None


def heaping(days: npt.ArrayLike, deadline: int, *, window: int = 5) -> Heaping:
    """Are there more ends on the day of a deadline than on the days around it?

    Of the n ends within `window` days of the deadline, k on it are binomial with a share of
    1 / (2 window + 1), 1/11 by default; days before day 0 do not count as days.

    Args:
        days: Whole days from start to end of ended cases; NaN is left out.
        deadline: The day, counted likewise.
        window: Days on either side.

    Source: Conover (1999), Practical Nonparametric Statistics, 3.1 (binomial test).

    Raises:
        ValueError: a negative deadline or a window below 1.
    """
    if deadline < 0 or window < 1:
        raise ValueError(f"deadline {deadline}, window {window}: at least 0 and at least 1")
    off = np.floor(np.asarray(days, dtype=np.float64)) - deadline
    nearby = int(np.sum(np.abs(off) <= window))
    on_day = int(np.sum(off == 0))
    share = 1 / (min(deadline, window) + 1 + window)
    return Heaping(
        on_day=on_day,
        nearby=nearby,
        expected_share=share,
        before=int(np.sum((off < 0) & (off >= -window))),
        after=int(np.sum((off > 0) & (off <= window))),
        p_value=_at_least(on_day, nearby, share) if nearby else None,
        p_two_sided=at_most_as_likely(on_day, nearby, share) if nearby else None,
    )


def backdating(
    happened: npt.ArrayLike, recorded: npt.ArrayLike, *, threshold: float
) -> Backdating:
    """How long after they happened events were entered.

        lag = recorded - happened, in days;  negative: lag < 0;  late: lag > threshold

    Needs a time of entry that the system sets and nobody edits. Quartiles are R's type 7.

    Args:
        happened: Day numbers, dates or instants; NaN, or NaT, where unknown.
        recorded: The same.
        threshold: Days.

    Raises:
        ValueError: unequal lengths or a negative threshold.
    """
    event, entry = day_numbers(happened), day_numbers(recorded)
    if event.shape != entry.shape or event.ndim != 1:
        raise ValueError("happened and recorded must be columns of one length")
    if threshold < 0:
        raise ValueError(f"a threshold of {threshold} days: must be >= 0")
    lags = entry - event
    known = lags[~np.isnan(lags)]
    negative, late = int(np.sum(known < 0)), int(np.sum(known > threshold))
    spread = (
        [None] * 4 if known.size == 0 else np.quantile(known, [0.25, 0.5, 0.75, 1]).tolist()
    )
    return Backdating(
        known.size,
        lags.size - known.size,
        negative,
        late,
        wilson(negative, known.size),
        wilson(late, known.size),
        *spread,
    )


def missingness(
    missing: npt.ArrayLike, records: npt.ArrayLike, *, confidence: float = 0.95
) -> Missingness:
    """The share of a field that is missing, by unit, and whether units differ.

        chi-square = sum over units and missing or not of (o - e)^2 / e, units - 1 degrees

    without continuity correction. It serves for response by outcome as well.

    Args:
        missing: Records without the field, per unit.
        records: All records, per unit.
        confidence: Of each unit's interval.

    Sources: Pearson (1900), Philosophical Magazine 50, 157-175; Freeman and Halton (1951),
    Biometrika 38, 141-149; as chisq.test(correct = FALSE) and fisher.test of R.

    Raises:
        ValueError: unequal lengths or more missing than records.
    """
    k, n = (np.asarray(each, dtype=np.int64) for each in (missing, records))
    if k.shape != n.shape or k.ndim != 1:
        raise ValueError("missing and records must be columns of one length")
    intervals = tuple(
        wilson(int(x), int(of), confidence=confidence) for x, of in zip(k, n, strict=True)
    )
    shares = tuple(float(x / of) if of else None for x, of in zip(k, n, strict=True))
    k, n = k[n > 0], n[n > 0]
    if n.size < 2 or k.sum() in {0, n.sum()}:
        return Missingness(shares, intervals, None, max(0, n.size - 1), None, None, None)
    expected = np.array([n * k.sum(), n * (n - k).sum()]) / n.sum()
    chi_square = float(np.sum((np.array([k, n - k]) - expected) ** 2 / expected))
    by_chi_square = float(chdtrc(n.size - 1, chi_square))
    exact = _freeman_halton(k, n)
    few = bool(np.any(expected < ENOUGH_EXPECTED)) and exact is not None
    return Missingness(
        shares,
        intervals,
        chi_square,
        n.size - 1,
        by_chi_square,
        exact,
        exact if few else by_chi_square,
    )


def _at_least(successes: int, trials: int, share: float) -> float:
    return 1.0 if successes == 0 else float(bdtrc(successes - 1, trials, share))


def _freeman_halton(k: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> float | None:
    """Probability of all tables with these margins that are not likelier than the one seen."""
    # The largest unit follows from the others.
    order = np.argsort(-n, kind="stable")
    k, n, total = k[order], n[order], int(k.sum())
    if prod(min(total, int(size)) + 1 for size in n[1:]) > MOST_TABLES:
        return None
    sums, likely = np.zeros(1, dtype=np.int64), np.zeros(1)
    for size in n[1:].tolist():
        x = np.arange(min(total, size) + 1)
        sums = (sums[:, None] + x).ravel()
        likely = (likely[:, None] + _log_ways(size, x)).ravel()
    rest = total - sums
    fits = (rest >= 0) & (rest <= n[0])
    likely = likely[fits] + _log_ways(int(n[0]), rest[fits])
    seen = float(sum(_log_ways(int(size), x) for size, x in zip(n, k, strict=True)))
    chance = np.exp(likely - _log_ways(int(n.sum()), np.int64(total)))
    least = np.exp(seen - _log_ways(int(n.sum()), np.int64(total))) * RELATIVE
    return min(1.0, float(chance[chance <= least].sum()))


def _log_ways(size: int, x: npt.NDArray[np.int64] | np.int64) -> FloatArray:
    """Logarithm of the number of ways to choose x of size."""
    return np.asarray(gammaln(size + 1) - gammaln(x + 1) - gammaln(size - x + 1))
