"""Charts of what is rare: days between events (t) and cases between events (g)."""

from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from metrics.statistics.control_charts import ENOUGH_POINTS, XMR_WIDTH, Chart, FloatArray, xmr

# Days between events of a constant rate, to the power of 1 / 3.6, are nearly normal.
POWER = 3.6


def t_chart(
    gaps: npt.ArrayLike,
    *,
    baseline: int | None = None,
    screen: bool = False,
    width: float = XMR_WIDTH,
) -> Chart:
    """Chart of the time between one event and the next, in its own unit; NaN is a gap.

    y = gap ^ (1 / 3.6) is charted by `xmr` and its centre and limits are turned back by the
    power of 3.6, the lower one at 0 where that of y is below it. High values are long spells
    without an event. `sigma` is NaN: the chart is not symmetrical.

    Arguments are those of `xmr`.

    Source: Nelson (1994), Journal of Quality Technology 26, 239-240; Montgomery, Introduction
    to Statistical Quality Control, 7.3.5.

    Raises:
        ValueError: a negative gap, or a baseline below 1.
    """
    given = _not_negative(gaps)
    inner = xmr(given ** (1 / POWER), baseline=baseline, screen=screen, width=width)
    return Chart(
        kind="t",
        values=given,
        centre=None if inner.centre is None else inner.centre**POWER,
        sigma=np.full(given.size, np.nan),
        lower=np.maximum(inner.lower, 0) ** POWER,
        upper=inner.upper**POWER,
        sigma_z=None,
        trial=inner.trial,
        sparse=False,
        screened=inner.screened,
    )


def g_chart(
    cases: npt.ArrayLike,
    *,
    baseline: int | None = None,
    centre: Literal["median", "mean"] = "median",
) -> Chart:
    """Chart of the number of cases between one event and the next; NaN is a gap.

    With m their mean, the counts being geometric:

        limits = m +- 3 sqrt(m (m + 1)), the lower one not below 0

    The centre is the median, so that the rule of runs holds on counts that are skewed; with
    "mean" it is m. High values are long spells without an event. `sigma` is NaN: the chart is
    not symmetrical. `baseline` as in `xmr`.

    Source: Benneyan (2001), Health Care Management Science 4, 305-318; the median as centre:
    the R package qicharts2.

    Raises:
        ValueError: a negative count, or a baseline below 1.
    """
    given = _not_negative(cases)
    if baseline is not None and baseline < 1:
        raise ValueError(f"a baseline of {baseline} points: must be at least 1")
    base = given[:baseline][~np.isnan(given[:baseline])]
    gap = np.isnan(given)
    mean = float(base.mean()) if base.size else np.nan
    half = 3 * sqrt(mean * (mean + 1)) if base.size else np.nan
    middle = float(np.median(base)) if base.size and centre == "median" else mean
    return Chart(
        kind="g",
        values=given,
        centre=middle if base.size else None,
        sigma=np.full(given.size, np.nan),
        lower=np.where(gap, np.nan, np.maximum(mean - half, 0)),
        upper=np.where(gap, np.nan, mean + half),
        sigma_z=None,
        trial=base.size < ENOUGH_POINTS,
        sparse=False,
    )


def _not_negative(values: npt.ArrayLike) -> FloatArray:
    given = np.asarray(values, dtype=np.float64)
    if np.any(given < 0):
        raise ValueError("what lies between two events must not be negative")
    return given
