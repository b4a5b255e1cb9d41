"""How many cases are open at the end of a period, from what came in and what went out."""

import polars as pl

from metrics.figures import KEY, Refusal, Setting, as_figures, by_outcome, grid, told
from metrics.metric import Metric
from metrics.shares import NOBODY

IN = ("carried", "received")
OUT = ("resolved", "gone")
NOTHING_CAME = "Nothing was received in this period, so nothing can be said of its clearance."


def stock(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """Open cases at the end of each period, and cases resolved for every case received.

    A stock is the difference of flows from the first covered month on: those open on its first
    day are `carried` into it.
    """
    flows = by_outcome(cells, metric, parts, setting)
    ends = _open_at_ends(cells, metric, parts, setting)
    rows = flows.join(ends, on=list(KEY), how="left", maintain_order="left")
    return as_figures(rows, metric, lambda measure: _STOCKS[measure.name](rows, setting))


def _open_at_ends(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """One row per figure's place: `open_at_end`, in from the beginning less out."""
    places = grid(setting, parts).select(*KEY, "period_end")
    signed = (
        cells.filter(pl.col("metric") == metric.name)
        .with_columns(
            pl.when(pl.col("outcome").is_in(OUT)).then(-pl.col("n")).otherwise("n").alias("n")
        )
        .group_by("part", "breakdown", "level", "month")
        .agg(pl.col("n").sum())
    )
    return (
        places.join(signed, on=["part", "breakdown", "level"], how="left")
        .group_by(KEY)
        .agg(
            pl.col("n")
            .filter(pl.col("month") < pl.col("period_end"))
            .sum()
            .fill_null(0)
            .alias("open_at_end")
        )
    )


def _open(wide: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    # Rounding may take more out than came in.
    still = pl.col("open_at_end") if setting.exact else pl.col("open_at_end").clip(0)
    return told(wide.select(value=still.cast(pl.Float64), numerator=still), ())


def _clearance(wide: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    came, went = pl.col("denominator"), pl.col("numerator")
    why = pl.when(went > 0).then(pl.lit(NOTHING_CAME)).otherwise(pl.lit(NOBODY))
    few = f"Fewer than {setting.min_denominator} were received."
    return told(
        wide.select(numerator="resolved", denominator="received").with_columns(
            value=went / came
        ),
        [
            Refusal(came == 0, "no_data", why),
            Refusal(came < setting.min_denominator, "few", few),
        ],
    )


_STOCKS = {"open_cases": _open, "clearance": _clearance}
