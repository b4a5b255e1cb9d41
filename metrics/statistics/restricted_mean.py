"""Mean days within a horizon: what can be said of a mean while some cases are still open."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from metrics.statistics.intervals import normal_quantile
from metrics.statistics.survival import Curve


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Mean of min(time, horizon), in days, its standard error and normal interval.

    All None where the horizon lies beyond what was watched.
    """

    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None


def restricted_mean(
    curve: Curve, horizon: float, *, confidence: float = 0.95
) -> RestrictedMean:
    """Area under a Kaplan-Meier curve from day 0 to the horizon.

    With A the area from the day of an end to the horizon, d ended and n at risk on that day:

        standard error = sqrt(sum over days before the horizon of A^2 d / (n (n - d)))

    The interval is value +- z se, within 0 and the horizon. Beyond the last day observed there
    is no mean, unless every case has ended by then: nothing is extrapolated (R does so). To
    compare groups take one horizon, at most the shortest `last_day` of them.

    Sources: Irwin (1949), Journal of Hygiene 47, 188-189; Klein and Moeschberger (2003),
    Survival Analysis, 4.5.

    Raises:
        ValueError: a horizon not above 0, a life table, confidence outside 0 to 1.
    """
    if not 0 < horizon < np.inf:
        raise ValueError(f"a horizon of {horizon}: must be above 0")
    if curve.between != "flat":
        raise ValueError("a restricted mean needs a Kaplan-Meier curve, not a life table")
    z = normal_quantile(confidence)
    over = curve.survival.size > 0 and curve.survival[-1] == 0
    if curve.last_day is None or (horizon > curve.last_day and not over):
        return RestrictedMean(None, None, None, None)
    before = curve.day < horizon
    heights = np.append(1.0, curve.survival[before])
    areas = heights * np.diff(np.concatenate(([0.0], curve.day[before], [horizon])))
    beyond = np.cumsum(areas[::-1])[::-1][1:]
    d, n = curve.ended[before], curve.at_risk[before]
    left = n > d
    variance = np.sum(beyond[left] ** 2 * d[left] / (n[left] * (n[left] - d[left])))
    value, error = float(areas.sum()), sqrt(variance)
    return RestrictedMean(
        value, error, max(0.0, value - z * error), min(float(horizon), value + z * error)
    )
