"""What the next quarter may bring, as a range, and how the last compares with a year ago.

Computed from published figures alone, and never a single number.
"""

from typing import Any

import numpy as np
import polars as pl

from metrics.figures import Row
from metrics.metric import Metric
from metrics.periods import quarter_before
from metrics.release import TABLES
from metrics.statistics.forecast import (
    ENOUGH_QUARTERS,
    next_quarter,
    same_quarter_last_year,
    seasonality,
)

SEASONAL = 0.05  # p value below which quarters of the year are said to differ
TOO_SHORT = f"Fewer than {ENOUGH_QUARTERS} whole quarters with a headcount: no range is given."

_Series = tuple[np.ndarray, np.ndarray]


def outlook(figures: pl.DataFrame, metrics: tuple[Metric, ...], *, base: int) -> pl.DataFrame:
    """One row per count of a rate, for everybody and each unit.

    Columns as in `metrics.release.TABLES["outlook"]`: the range in which the next quarter's
    count lies with 95 %, if things go on as they are and the headcount stays; the last quarter
    as a ratio to the same quarter a year before; whether quarters of the year differ (null
    below three years). Where counts are multiples of `base`, the range holds those of all
    counts that may be the true ones, and no ratio is told.
    """
    rows = [
        row
        for metric in metrics
        if metric.kind == "rate"
        for row in _of(figures, metric, base=base)
    ]
    return pl.DataFrame(rows, schema=TABLES["outlook"])


def _of(figures: pl.DataFrame, metric: Metric, *, base: int) -> list[Row]:
    quarterly = figures.filter(
        (pl.col("metric") == metric.name)
        & (pl.col("measure") == metric.charted)
        & (pl.col("period") == "quarter")
        & pl.col("breakdown").is_in(["all", "unit"])
        & pl.col("complete")
    )
    return [
        _row(series.sort("period_start"), metric, base=base)
        for series in quarterly.partition_by("part", "level", maintain_order=True)
    ]


def _row(series: pl.DataFrame, metric: Metric, *, base: int) -> Row:
    last = series.row(-1, named=True)
    told = _told(series.filter(pl.col("state") == "ok"), series, base=base)
    start = last["period_end"]
    return {
        "metric": metric.name,
        "measure": "reports",
        "breakdown": last["breakdown"],
        "level": last["level"],
        "period_start": start,
        "period_end": quarter_before(start, -1),
        **told,
    }


def _told(known: pl.DataFrame, series: pl.DataFrame, *, base: int) -> Row:
    counts = known["numerator"].to_numpy().astype(np.float64)
    people = known["denominator"].to_numpy().astype(np.float64)
    whole = known.height == series.height
    told: dict[str, Any] = {
        "low": None,
        "high": None,
        "quarters": known.height,
        "ratio": None,
        "ratio_low": None,
        "ratio_high": None,
        "seasonal": None,
        "state": "ok",
        "reason": "",
    }
    if known.height < ENOUGH_QUARTERS or not people[-1:].sum():
        return told | {"state": "few", "reason": TOO_SHORT}
    low = next_quarter(np.maximum(counts - (base - 1), 0), people, people[-1]).range
    high = next_quarter(counts + (base - 1), people, people[-1]).range
    assert low is not None  # noqa: S101  there are enough quarters
    assert high is not None  # noqa: S101
    told |= {"low": low.low, "high": high.high}
    return told | (_compared((counts, people)) if whole and base == 1 else {})


def _compared(history: _Series) -> Row:
    """The last quarter beside the same one of last year; seasons from three years on."""
    ratio, seasons = same_quarter_last_year(*history), seasonality(*history)
    found: Row = {"seasonal": None if seasons is None else seasons.p_value < SEASONAL}
    if ratio is not None and np.isfinite(ratio.high):
        found |= {"ratio": ratio.ratio, "ratio_low": ratio.low, "ratio_high": ratio.high}
    return found
