"""A share of counts, with its interval and what the missing ones could make of it."""

from collections.abc import Sequence

import polars as pl

from metrics.figures import Refusal, Setting, extremes, told
from metrics.statistics.intervals import wilson_each

NOBODY = "There is nothing to count in this period."
TOO_FEW = "Fewer than {count} to judge: a share of so few says little and may point at people."


def share(
    counts: pl.DataFrame,
    setting: Setting,
    *,
    nothing: pl.Expr | str,
    refusals: Sequence[Refusal] = (),
) -> pl.DataFrame:
    """Shares with Wilson's interval and the bounds that the missing ones allow.

    `counts` has one row per share: numerator, denominator, pending, missing, and off, how far
    rounding may have moved each. Where counts are rounded the interval holds those of all
    counts that may be the true ones; where it is withheld how many are missing there are no
    bounds. `nothing` says why there is nobody to count, as far as no refusal comes before.
    """
    n = pl.col("denominator")
    few = TOO_FEW.format(count=setting.min_denominator)
    return told(
        counts.with_columns(*_interval(counts), *_bounds()),
        [
            *refusals,
            Refusal((n == 0) & setting.exact, "no_data", nothing),
            Refusal(n < setting.min_denominator, "few", few),
        ],
        withheld=pl.col("numerator").is_null() | n.is_null(),
    )


def _interval(counts: pl.DataFrame) -> list[pl.Series]:
    names = ("numerator", "denominator")
    both = pl.all_horizontal(pl.col(*names).is_not_null())
    seen = counts.select(pl.when(both).then(pl.col(*names)).otherwise(0), "off")
    k, n, off = (seen[name].to_numpy() for name in (*names, "off"))
    lowest, highest = extremes(k, n, off=off)
    ends = {"low": wilson_each(*lowest)[0], "high": wilson_each(*highest)[1]}
    return [pl.Series(name, end, nan_to_null=True) for name, end in ends.items()]


def _bounds() -> list[pl.Expr]:
    """The share, and what it would be if every missing one were none, and one: Manski's."""
    k, everybody = pl.col("numerator"), pl.col("denominator") + pl.col("missing")
    return [
        (k / pl.col("denominator")).alias("value"),
        (k / everybody).alias("worst"),
        ((k + pl.col("missing")) / everybody).alias("best"),
    ]
