"""What cases come to and by when: outcomes that exclude one another, open cases included."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from metrics.durations import NOT_WATCHED, TOO_EARLY, too_early
from metrics.figures import KEY, Row, Setting, as_figures, by_period, figure, grid
from metrics.metric import Measure, Metric
from metrics.shares import NOBODY
from metrics.statistics.competing_risks import Incidence, cumulative_incidence, incidence_at

OPEN = "open"
TOO_FEW = "Fewer than {count} cases: a share of so few says little and may point at people."


def competing(
    cells: pl.DataFrame, metric: Metric, parts: tuple[str, ...], setting: Setting
) -> pl.DataFrame:
    """Shares come to an outcome within so many days, by Aalen-Johansen; exact counts alone."""
    order = {outcome: code for code, outcome in enumerate((OPEN, *_ends(metric)))}
    found = {
        tuple(row[name] for name in KEY): row
        for row in by_period(cells, metric, setting)
        .with_columns(pl.col("outcome").replace_strict(order, return_dtype=pl.Int64))
        .group_by(KEY)
        .agg("band", "outcome", "n")
        .iter_rows(named=True)
    }
    rows: list[Row] = []
    for row in grid(setting, parts).iter_rows(named=True):
        held = found.get(tuple(row[name] for name in KEY))
        rows.append({**row, "measured": _measured(held, metric, setting)})
    return as_figures(rows, metric, lambda name, row: row["measured"][name])


def _ends(metric: Metric) -> list[str]:
    return [outcome for outcome in metric.outcomes if outcome != OPEN]


def _measured(
    held: Mapping[str, list[int]] | None, metric: Metric, setting: Setting
) -> dict[str, Row]:
    counts = np.asarray(held["n"] if held else [], dtype=np.int64)
    codes = np.asarray(held["outcome"] if held else [], dtype=np.int64)
    everybody, still = int(counts.sum()), int(counts[codes == 0].sum())
    beside: Row = {"denominator": everybody, "pending": still}
    names = [measure.name for measure in metric.measures]
    if everybody == 0 or held is None:
        return {name: figure("no_data", NOBODY, **beside) for name in names}
    if everybody < setting.min_denominator:
        reason = TOO_FEW.format(count=setting.min_denominator)
        return {name: figure("few", reason, **beside) for name in names}
    ends = _ends(metric)
    ended = np.where(codes > 0, counts, 0)
    histogram: dict[str, npt.ArrayLike] = {
        "band": held["band"],
        "ended": ended,
        "open": counts - ended,
    }
    fewest = setting.min_denominator
    reasons = {
        measure.name: TOO_EARLY.format(count=fewest)
        for measure in metric.measures
        if too_early(histogram, measure.by_day or 0, fewest=fewest)
    }
    curves = cumulative_incidence(held["band"], codes, outcomes=len(ends), counts=counts)
    told = {
        measure.name: _told(measure, curves, ends, counts=counts, codes=codes, beside=beside)
        for measure in metric.measures
    }
    return told | {
        name: figure("not_reached", reason, **beside, numerator=told[name]["numerator"])
        for name, reason in reasons.items()
        if told[name]["state"] == "ok"
    }


def _told(
    measure: Measure,
    curves: Incidence,
    ends: list[str],
    *,
    counts: np.ndarray,
    codes: np.ndarray,
    beside: Row,
) -> Row:
    assert measure.counted is not None  # noqa: S101  the catalogue's tests see to it
    assert measure.by_day is not None  # noqa: S101
    code = ends.index(measure.counted.outcomes[0]) + 1
    told: Row = {**beside, "numerator": int(counts[codes == code].sum())}
    share = incidence_at(curves, code, measure.by_day)
    if share.value is None:
        return figure("not_reached", NOT_WATCHED, **told)
    return figure(value=share.value, low=share.low, high=share.high, **told)
