"""All units beside the whole: exact tails, limits to draw, and the spread between units."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics.comparison import (
    Tails,
    binomial_limits,
    binomial_tails,
    outside,
    poisson_limits,
    poisson_tails,
)
from metrics.statistics.intervals import Interval, normal_quantile
from metrics.statistics.overdispersion import (
    FloatArray,
    Overdispersion,
    Scores,
    adjusted_limits,
    overdispersion,
    ratio_scores,
    share_scores,
)

LEVELS = (0.95, 0.998)


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """At one level: limits to draw and where each unit stands (high, low, usual or no_data).

    `lower`, `upper` and `standing` are by chance alone, decided by exact tails. The `adjusted`
    ones allow for the spread between units; they are the same where that is not estimated.
    """

    level: float
    lower: FloatArray
    upper: FloatArray
    standing: tuple[str, ...]
    adjusted_lower: FloatArray
    adjusted_upper: FloatArray
    adjusted_standing: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """One entry per unit, in the order given; NaN for a unit without cases.

    `values` are shares, or observed over expected. `low` and `high` are exact tail
    probabilities, `p_value` twice the smaller, up to 1: for `benjamini_hochberg`. `warning` has
    the limits at 95 %, of 20 equal units one is outside them by chance; `signal` those at
    99.8 %, which alone raise a signal.
    """

    values: FloatArray
    centre: float
    low: FloatArray
    high: FloatArray
    p_value: FloatArray
    warning: Limits
    signal: Limits
    overdispersion: Overdispersion


def funnel_of_shares(
    successes: npt.ArrayLike, trials: npt.ArrayLike, *, centre: float | None = None
) -> Funnel:
    """Shares of units against a centre: left out, that of all units together.

    Each unit is judged by P(X <= k) and P(X >= k), X binomial of its trials and the centre (see
    `comparison`). Both sides are shown alike: few reports may mean that people do not speak up.

    Source: Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202; Seaton and Manktelow
    (2012), BMC Medical Research Methodology 12, 98.

    Raises:
        ValueError: unequal lengths, more successes than trials, no trials at all, or a centre
            outside 0 to 1.
    """
    k, n = _columns(successes, trials)
    if centre is None:
        if not n.sum():
            raise ValueError("units without any trials have no centre")
        centre = float(k.sum() / n.sum())
    p = centre
    values = np.divide(k, n, out=np.full(n.size, np.nan), where=n > 0)
    return _funnel(
        values,
        p,
        [binomial_tails(int(x), int(of), p) for x, of in zip(k, n, strict=True)],
        share_scores(k, n, p),
        lambda level: _limits_by_size(n, p, level),
    )


def _limits_by_size(n: FloatArray, centre: float, level: float) -> list[Interval | None]:
    """The limits at each number of trials: each number is looked up once."""
    sizes = n.astype(np.int64).tolist()
    made = {of: binomial_limits(of, centre, level=level) for of in set(sizes)}
    return [made[of] for of in sizes]


def funnel_of_counts(observed: npt.ArrayLike, expected: npt.ArrayLike) -> Funnel:
    """Observed over expected counts of units, against 1.

    `expected` is the rate of all times the exposure of the unit, or the counts of
    `indirect_standardisation`. Each unit is judged by P(X <= o) and P(X >= o), X Poisson with
    the mean expected. A unit of which nothing is expected has no value.

    Sources: as `funnel_of_shares`.

    Raises:
        ValueError: unequal lengths or a negative number.
    """
    o, e = _columns(observed, expected)

    def ratios(level: float) -> list[Interval | None]:
        drawn = [poisson_limits(mean, level=level) for mean in e]
        return [
            Interval(each.low / mean, each.high / mean) if mean > 0 else None
            for each, mean in zip(drawn, e, strict=True)
        ]

    return _funnel(
        np.divide(o, e, out=np.full(e.size, np.nan), where=e > 0),
        1.0,
        [poisson_tails(int(x), mean) for x, mean in zip(o, e, strict=True)],
        ratio_scores(o, e),
        ratios,
    )


def _funnel(
    values: FloatArray,
    centre: float,
    tails: list[Tails],
    scores: Scores,
    drawn: Callable[[float], list[Interval | None]],
) -> Funnel:
    known = ~np.isnan(values)
    low, high = (
        np.where(known, [getattr(each, side) for each in tails], np.nan)
        for side in ("low", "high")
    )
    spread = overdispersion(scores)
    warning, signal = (
        _limits(level, known, tails, scores, spread, drawn(level)) for level in LEVELS
    )
    p_value = np.minimum(1, 2 * np.minimum(low, high))
    return Funnel(values, centre, low, high, p_value, warning, signal, spread)


def _limits(
    level: float,
    known: npt.NDArray[np.bool_],
    tails: list[Tails],
    scores: Scores,
    spread: Overdispersion,
    drawn: list[Interval | None],
) -> Limits:
    lower, upper = (
        np.array([np.nan if each is None else getattr(each, side) for each in drawn])
        for side in ("low", "high")
    )
    standing = tuple(
        outside(each, level=level) if there else "no_data"
        for each, there in zip(tails, known, strict=True)
    )
    if not spread.tau2:
        return Limits(level, lower, upper, standing, lower, upper, standing)
    beyond = normal_quantile(level)
    wide_lower, wide_upper = adjusted_limits(scores, spread.tau2, beyond)
    sides = np.select([np.isnan(spread.z), spread.z > beyond, spread.z < -beyond], [2, 1, -1])
    words = {0: "usual", 1: "high", -1: "low", 2: "no_data"}
    wide = tuple(words[int(side)] for side in sides)
    return Limits(level, lower, upper, standing, wide_lower, wide_upper, wide)


def _columns(above: npt.ArrayLike, below: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    top, bottom = (np.asarray(each, dtype=np.float64) for each in (above, below))
    if top.shape != bottom.shape or top.ndim != 1:
        raise ValueError("the two columns of a funnel must have one length")
    return top, bottom
