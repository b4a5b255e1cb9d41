"""A share of counts, with its interval and what the missing ones could make of it."""

from metrics.figures import Row, Setting, extremes, figure
from metrics.statistics.intervals import missing_bounds, wilson

NOBODY = "There is nothing to count in this period."
TOO_FEW = "Fewer than {count} to judge: a share of so few says little and may point at people."


def share(
    k: int,
    n: int,
    row: Row,
    setting: Setting,
    *,
    nothing: str,
    pending: int | None = 0,
    missing: int | None = 0,
) -> Row:
    """A share with Wilson's interval and the bounds that the missing ones allow.

    Where counts are rounded the interval holds those of all counts that may be the true ones;
    where it is withheld how many are missing there are no bounds.
    """
    beside: Row = {
        "numerator": k,
        "denominator": n,
        "pending": pending,
        "missing": missing,
    }
    if n == 0 and setting.exact:
        return figure("no_data", nothing, **beside)
    if n < setting.min_denominator:
        return figure("few", TOO_FEW.format(count=setting.min_denominator), **beside)
    lowest, highest = extremes(k, n, off=setting.off(row))
    least, most = wilson(*lowest), wilson(*highest)
    assert least is not None  # noqa: S101  n > 0, so both exist
    assert most is not None  # noqa: S101
    bounds = None if missing is None else missing_bounds(k, n, missing)
    return figure(
        value=k / n,
        low=least.low,
        high=most.high,
        worst=bounds.low if bounds else None,
        best=bounds.high if bounds else None,
        **beside,
    )
