"""Figures that are one set of outcomes, counted or as a share of another set."""

import polars as pl

from metrics.figures import (
    Row,
    Setting,
    WithheldError,
    added,
    as_figures,
    by_outcome,
    figure,
)
from metrics.metric import Counted, Metric
from metrics.shares import NOBODY, share

NOT_RECORDED = "What is needed to judge these cases is not in the data."
NOT_YET = "It is too early to judge any of them."


def counted(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """Counts and shares as the metric's measures declare them, for every row of the grid."""
    wide = by_outcome(cells, metric, parts, setting)
    declared = {measure.name: measure.counted for measure in metric.measures}
    return as_figures(
        wide.iter_rows(named=True),
        metric,
        lambda name, row: _counted(declared[name] or Counted(()), row, setting),
    )


def _counted(told: Counted, row: Row, setting: Setting) -> Row:
    count = added(row, told.outcomes)
    missing, pending = (_beside(row, names) for names in (told.missing, told.pending))
    beside: Row = {"missing": missing, "pending": pending}
    if not told.of:
        return figure(value=float(count), numerator=count, **beside)
    of = added(row, told.of)
    fewest = 1 if setting.exact else setting.min_denominator
    if of == 0 and (missing or 0) >= fewest:
        return figure("not_assessable", NOT_RECORDED, numerator=0, denominator=0, **beside)
    nothing = NOT_YET if (pending or 0) >= fewest else NOBODY
    return share(count, of, row, setting, nothing=nothing, **beside)


def _beside(row: Row, names: tuple[str, ...]) -> int | None:
    """How many stand beside the figure; None where that is withheld."""
    try:
        return added(row, names)
    except WithheldError:
        return None
