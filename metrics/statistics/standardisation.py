"""Units with different cases compared fairly: what was seen beside what was to be expected."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics.intervals import garwood

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Standardised:
    """One entry per unit: events seen, events expected, their ratio and its exact interval.

    The ratio has no unit; 1 is the reference. NaN where nothing is expected.
    """

    observed: FloatArray
    expected: FloatArray
    ratio: FloatArray
    low: FloatArray
    high: FloatArray


def stratum_rates(events: npt.ArrayLike, exposure: npt.ArrayLike) -> FloatArray:
    """Events per exposure in each stratum, over all units; NaN for a stratum without exposure.

    Args:
        events: Shape (units, strata).
        exposure: The same shape: cases, people or person-months.

    Raises:
        ValueError: unequal shapes or a negative number.
    """
    seen, size = (np.asarray(each, dtype=np.float64) for each in (events, exposure))
    if seen.shape != size.shape or seen.ndim != 2 or np.any(seen < 0) or np.any(size < 0):
        raise ValueError("events and exposure must be tables of one shape, without negatives")
    total = size.sum(axis=0)
    rates = np.full(total.size, np.nan)
    np.divide(seen.sum(axis=0), total, out=rates, where=total > 0)
    return rates


def indirect_standardisation(
    observed: npt.ArrayLike,
    exposure: npt.ArrayLike,
    reference_rates: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Standardised:
    """Events of each unit over those that its own mix of strata would have had elsewhere.

        expected = sum over strata of exposure * reference rate
        ratio = observed / expected, with Garwood's interval of observed / expected

    A unit can be better than the rest in every stratum and worse in all: this compares it
    stratum by stratum. For a funnel give `expected` to `funnel_of_counts`.

    Args:
        observed: Events per unit, shape (units,).
        exposure: Shape (units, strata).
        reference_rates: Shape (strata,), as `stratum_rates` gives them.
        confidence: Of the interval, which takes `expected` as known.

    Sources: Breslow and Day (1987), Statistical Methods in Cancer Research II, 2.3.

    Raises:
        ValueError: unequal lengths, a negative number, or a stratum that has exposure in a unit
            but no reference rate.
    """
    seen, size, rates = (
        np.asarray(each, dtype=np.float64) for each in (observed, exposure, reference_rates)
    )
    if size.shape != (seen.size, rates.size) or seen.ndim != 1:
        raise ValueError("exposure must have a row per unit and a column per reference rate")
    if np.any(seen < 0) or np.any(size < 0) or np.any(rates < 0):
        raise ValueError("events, exposure and rates must not be negative")
    if np.any(size[:, np.isnan(rates)] > 0):
        raise ValueError("a stratum with exposure has no reference rate")
    expected = size @ np.nan_to_num(rates)
    ends = [
        garwood(int(x), e, confidence=confidence) for x, e in zip(seen, expected, strict=True)
    ]
    ratio = np.full(seen.size, np.nan)
    np.divide(seen, expected, out=ratio, where=expected > 0)
    low, high = (
        np.array([np.nan if each is None else getattr(each, end) for each in ends])
        for end in ("low", "high")
    )
    return Standardised(seen, expected, ratio, low, high)
