"""Did a share or a rate change at a recorded day? Before and after, with an interval."""

from dataclasses import dataclass
from math import hypot

import numpy as np
import numpy.typing as npt

from metrics.statistics.intervals import Interval, normal_quantile, score_interval
from metrics.statistics.rate_ratio import rate_ratio

FloatArray = npt.NDArray[np.float64]

# Of a hundred actions that did nothing at most about three are said to have worked: see
# `change_of_shares`.
CONFIDENCE = 0.99


@dataclass(frozen=True, slots=True)
class Change:
    """What was before and after, and the interval of the change; all in the unit of `before`.

    `low` and `high` bound after less before of a share, and after divided by before of a rate.
    `spread` is by how much months differ more than chance gives, at least 1.
    """

    before: float
    after: float
    low: float
    high: float
    spread: float


def change_of_shares(
    before: npt.ArrayLike,
    before_of: npt.ArrayLike,
    after: npt.ArrayLike,
    after_of: npt.ArrayLike,
    *,
    off: tuple[int, int] = (0, 0),
    confidence: float = CONFIDENCE,
) -> Change | None:
    """Interval for the share after less the share before, each summed over its months.

    Newcombe's method 10 on the sums, each number of trials divided by the spread of months:

        spread = max(1, sum (k - n p)^2 / (n p (1 - p)) / (months - 2)),  p of each window

    `off` is by how many the counts before and after may be away from the truth, numerator and
    denominator alike; the interval holds what every truth would give.

    A gap is accepted because a quarter looked bad, and what follows a bad quarter looks better
    by itself. The window before must hold the year up to the acceptance and the months up to
    the day done, not the bad quarter alone. By simulation, with the worst of 8 or 20 units
    picked by its last quarter and looks after 6, 9 and 12 months, an action that does nothing
    is then called better in 1 to 3 of 100 histories at a confidence of 0.99, and in 7 to 12 of
    100 at 0.95.

    None where either side has no trials.

    Sources: Newcombe (1998), Statistics in Medicine 17, 873-890; McCullagh and Nelder (1989),
    Generalized Linear Models, 4.5 (spread).

    Raises:
        ValueError: windows of unequal lengths.
    """
    k1, n1 = _columns(before, before_of)
    k2, n2 = _columns(after, after_of)
    if n1.sum() == 0 or n2.sum() == 0:
        return None
    spread = _spread([(k1, n1), (k2, n2)])
    z = normal_quantile(confidence)
    lows, highs = zip(
        *(
            _ends(first, second, spread, z)
            for first in _truths(k1.sum(), n1.sum(), off[0])
            for second in _truths(k2.sum(), n2.sum(), off[1])
        ),
        strict=True,
    )
    shares = (float(k1.sum() / n1.sum()), float(k2.sum() / n2.sum()))
    return Change(*shares, min(lows), max(highs), spread)


def change_of_rates(
    before: npt.ArrayLike,
    before_of: npt.ArrayLike,
    after: npt.ArrayLike,
    after_of: npt.ArrayLike,
    *,
    off: tuple[int, int] = (0, 0),
    confidence: float = CONFIDENCE,
) -> Change | None:
    """Interval for the rate after divided by the rate before, by the exact rate ratio.

    `off` is by how many the events before and after may be away from the truth. Where months
    differ by more than chance, events are divided by the spread, rounded down.

    None where either side has no exposure, or neither has an event.

    Source: as `rate_ratio`; the spread as in `change_of_shares`, of a Poisson count.

    Raises:
        ValueError: windows of unequal lengths.
    """
    x1, e1 = _columns(before, before_of)
    x2, e2 = _columns(after, after_of)
    if e1.sum() <= 0 or e2.sum() <= 0:
        return None
    spread = _spread([(x1, e1), (x2, e2)], rate=True)
    found = []
    for first in (x1.sum() - off[0], x1.sum() + off[0]):
        for second in (x2.sum() - off[1], x2.sum() + off[1]):
            ratio = rate_ratio(
                int(max(second, 0) / spread),
                float(e2.sum()),
                int(max(first, 0) / spread),
                float(e1.sum()),
                confidence=confidence,
            )
            if ratio is None:
                return None
            found.append(ratio)
    return Change(
        float(x1.sum() / e1.sum()),
        float(x2.sum() / e2.sum()),
        min(ratio.low for ratio in found),
        max(ratio.high for ratio in found),
        spread,
    )


def _columns(counts: npt.ArrayLike, sizes: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    k, n = (np.asarray(each, dtype=np.float64) for each in (counts, sizes))
    if k.shape != n.shape:
        raise ValueError(f"{k.size} counts and {n.size} sizes: they must be of the same months")
    return k, n


def _truths(k: float, n: float, off: int) -> list[tuple[float, float]]:
    """The counts of the lowest and of the highest share that the truth may be."""
    if off == 0:
        return [(k, n)]
    most = k + off
    return [(max(k - off, 0), n + off), (most, max(n - off, most))]


def _ends(
    before: tuple[float, float], after: tuple[float, float], spread: float, z: float
) -> tuple[float, float]:
    (p1, one), (p2, two) = (_wilson(*each, spread, z) for each in (before, after))
    return (
        p2 - p1 - hypot(p2 - two.low, one.high - p1),
        p2 - p1 + hypot(two.high - p2, p1 - one.low),
    )


def _wilson(k: float, n: float, spread: float, z: float) -> tuple[float, Interval]:
    return k / n, score_interval(k / n, n / spread, z)


def _spread(windows: list[tuple[FloatArray, FloatArray]], *, rate: bool = False) -> float:
    """Pearson's statistic of all months about the level of their window, per degree."""
    total, degrees = 0.0, 0
    for k, n in windows:
        held = n > 0
        level = k.sum() / n.sum()
        variance = n[held] * level * (1 if rate else 1 - level)
        if level > 0 and (rate or level < 1):
            total += float((((k[held] - n[held] * level) ** 2) / variance).sum())
        degrees += int(held.sum()) - 1
    return max(1.0, total / degrees) if degrees > 0 else 1.0
