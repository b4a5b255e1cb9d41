"""Months that are still being entered: how complete they are, and what they may come to."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.statistics.forecast import predictive_range

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Completion:
    """One entry per month (row of the triangle); NaN where the delays seen cannot tell.

    `seen` is counted so far, `complete` the share of the final count that this is thought to
    be. `low` to `high` is the range of the final count, in whole numbers: show that, or grey
    the month out where `grey` says so. `expected` is the chain-ladder's final count and
    `mack_error` the standard error of it: for checks, not for show. `factors` has one entry per
    step of delay.
    """

    seen: FloatArray
    complete: FloatArray
    expected: FloatArray
    mack_error: FloatArray
    low: FloatArray
    high: FloatArray
    grey: npt.NDArray[np.bool_]
    factors: FloatArray


def reporting_triangle(
    happened: npt.ArrayLike, recorded: npt.ArrayLike, *, months: int
) -> FloatArray:
    """Cumulative counts by month and delay; shape (months, months), NaN where still to come.

    Args:
        happened: Number of the month of each event, 0 to months - 1.
        recorded: Number of the month in which it was entered, not before it happened.
        months: How many there are, the last one being the newest complete month of entry.

    Raises:
        ValueError: unequal lengths, a month outside 0 to months - 1, an entry before the event.
    """
    month, entry = np.asarray(happened), np.asarray(recorded)
    if month.shape != entry.shape or month.ndim != 1:
        raise ValueError("happened and recorded must be columns of one length")
    if np.any(month < 0) or np.any(entry >= months) or np.any(entry < month):
        raise ValueError(f"months must be 0 to {months - 1}, and no entry before its event")
    place = month.astype(np.intp) * months + (entry - month).astype(np.intp)
    counts = np.bincount(place, minlength=months * months).reshape(months, months)
    every = np.arange(months)
    to_come = every[:, None] + every >= months
    return np.where(to_come, np.nan, np.cumsum(counts, axis=1, dtype=np.float64))


def chain_ladder(
    triangle: npt.ArrayLike, *, confidence: float = 0.95, grey_below: float = 0.5
) -> Completion:
    """Completes a triangle of cumulative counts, one row per month, one column per delay.

        factor j = sum of C(i, j + 1) / sum of C(i, j), over the rows that know both
        complete = 1 / product of the factors from the last delay seen on
        expected = seen / complete

    With seen of a Poisson count complete to a share c, the rest is negative binomial (Jeffreys'
    prior, as in `predictive_range`): low and high are seen plus its range, and both seen where
    counts do not grow. It takes the factors as known. Mack's standard error has their
    uncertainty, and asks for rows of larger counts.

    Args:
        triangle: NaN where it is still to come; each row known from delay 0 on, the first one
            taken as final.
        confidence: Of the range.
        grey_below: A month less complete than this, or of unknown completeness, is `grey`.

    Sources: Mack (1993), ASTIN Bulletin 23, 213-225; on delays in reporting: Lawless (1994),
    Canadian Journal of Statistics 22, 15-31.

    Raises:
        ValueError: not a table, a negative count, a hole in a row.
    """
    c = np.asarray(triangle, dtype=np.float64)
    if c.ndim != 2 or c.size == 0:
        raise ValueError("a triangle is a table of months by delays")
    known = ~np.isnan(c)
    if not known[:, 0].all() or np.any(known[:, 1:] & ~known[:, :-1]):
        raise ValueError("every month must be known from its first delay on, without holes")
    if np.any(c[known] < 0):
        raise ValueError("cumulative counts must not be negative")
    last = known.sum(axis=1) - 1
    seen = c[np.arange(last.size), last]
    factors = _factors(c, known)
    to_go = np.append(np.cumprod(factors[::-1])[::-1], 1.0)[last]
    complete = 1 / to_go
    ranges = [_range(x, share, confidence) for x, share in zip(seen, complete, strict=True)]
    low, high = (np.array(ends) for ends in zip(*ranges, strict=True))
    return Completion(
        seen=seen,
        complete=complete,
        expected=seen * to_go,
        mack_error=_mack_error(c, known, factors, last),
        low=low,
        high=high,
        grey=~(complete >= grey_below),
        factors=factors,
    )


def _factors(c: FloatArray, known: npt.NDArray[np.bool_]) -> FloatArray:
    both = known[:, 1:]
    before = np.where(both, c[:, :-1], 0).sum(axis=0)
    after = np.where(both, c[:, 1:], 0).sum(axis=0)
    factors = np.full(before.size, np.nan)
    np.divide(after, before, out=factors, where=before > 0)
    return factors


def _range(seen: float, complete: float, confidence: float) -> tuple[float, float]:
    if np.isnan(complete):
        return np.nan, np.nan
    rest = predictive_range(seen, complete, max(0.0, 1 - complete), confidence=confidence)
    return (seen + rest.low, seen + rest.high) if rest else (np.nan, np.nan)


def _mack_error(
    c: FloatArray,
    known: npt.NDArray[np.bool_],
    factors: FloatArray,
    last: npt.NDArray[np.intp],
) -> FloatArray:
    """Standard error of each final count; NaN where too few rows tell how factors vary."""
    variances = _mack_variances(c, known, factors)
    full, errors = c.copy(), np.zeros(last.size)
    for j, factor in enumerate(factors):
        coming = last <= j
        full[coming, j + 1] = full[coming, j] * factor
        base = c[known[:, j + 1], j].sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            errors[coming] += variances[j] / factor**2 * (1 / full[coming, j] + 1 / base)
    with np.errstate(invalid="ignore"):
        return np.asarray(full[:, -1] * np.sqrt(errors))


def _mack_variances(
    c: FloatArray, known: npt.NDArray[np.bool_], factors: FloatArray
) -> FloatArray:
    """How much the steps of single rows vary about each factor, in proportion to 1 / C."""
    variances = np.full(factors.size, np.nan)
    for j, factor in enumerate(factors):
        rows = known[:, j + 1] & (c[:, j] > 0)
        if rows.sum() > 1:
            own = c[rows, j + 1] / c[rows, j]
            variances[j] = np.sum(c[rows, j] * (own - factor) ** 2) / (rows.sum() - 1)
    if factors.size > 2 and np.isnan(variances[-1]) and variances[-3] > 0:
        # Mack's rule for the last step, of which one row alone tells.
        further, near = variances[-3], variances[-2]
        variances[-1] = min(near**2 / further, further, near)
    return variances
