"""Limits that begin anew after a change that is understood: recorded, reasoned, never found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from metrics.statistics.chart_rules import RUN, TREND, Point, read_chart
from metrics.statistics.control_charts import Chart


@dataclass(frozen=True, slots=True)
class Rebase:
    """A decision to begin new limits at a point: which, why, who decided, and when."""

    at: int
    reason: str
    decided_by: str
    decided_on: date


@dataclass(frozen=True, slots=True)
class Segment:
    """Points `start` to before `stop` with limits of their own; the first has no rebase."""

    start: int
    stop: int
    chart: Chart
    rebase: Rebase | None


def rebased(
    chart_of: Callable[..., Chart], columns: Sequence[npt.ArrayLike], rebases: Sequence[Rebase]
) -> tuple[Segment, ...]:
    """One chart per segment: centre and limits begin anew at each rebase.

    No moving range crosses a border, because each segment is charted alone. A frozen baseline
    is the business of `chart_of`: `partial(xmr, baseline=12)` takes the limits of each segment
    from its first 12 points. Nothing here, or anywhere else, finds a rebase by itself.

    Args:
        chart_of: A chart function, such as `xmr` or `p_chart`.
        columns: Its columns over all points, such as [values] or [successes, trials].
        rebases: In order of their points.

    Source: NHS England, Making Data Count, on recalculating limits: only after a sustained
    change that is understood.

    Raises:
        ValueError: a rebase at the first point or beyond the last, two at one point or out of
            order, or without a reason or a name.
    """
    given = [np.asarray(each) for each in columns]
    size = given[0].size
    for rebase in rebases:
        if not rebase.reason.strip() or not rebase.decided_by.strip():
            raise ValueError(f"the rebase at point {rebase.at} has no reason or no name")
    borders = [0, *(rebase.at for rebase in rebases), size]
    if rebases and any(start >= stop for start, stop in pairwise(borders)):
        raise ValueError(f"rebases must rise, from 1 to {size - 1}: {borders[1:-1]}")
    return tuple(
        Segment(start, stop, chart_of(*(each[start:stop] for each in given)), rebase)
        for (start, stop), rebase in zip(pairwise(borders), [None, *rebases], strict=True)
    )


def read_segments(
    segments: Sequence[Segment], *, period: str = "month", run: int = RUN, trend: int = TREND
) -> tuple[Point, ...]:
    """`read_chart` over all segments: no run or trend crosses a border.

    The icons are those of all points and of the chart of the last segment.
    """
    return tuple(
        point
        for segment in segments
        for point in read_chart(segment.chart, period=period, run=run, trend=trend)
    )
