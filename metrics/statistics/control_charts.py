"""What is usual for a series of months: p, u and XmR charts; `chart_rules` reads them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Mean moving range of normal points in standard deviations, as the charts' tables round it.
D2 = 1.128
# Making Data Count writes 2.66 where 3 / 1.128 is 2.6596.
XMR_WIDTH = 2.66
# Below this many points limits are provisional.
ENOUGH_POINTS = 13
# Below this many expected events a month, normal limits give false alarms.
ENOUGH_EVENTS = 3
# A moving range of normal points is beyond this many mean ranges in 1 of 100 (D4 of tables).
D4 = 3.267

Dispersion = Literal["test", "chance", "laney"]


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Values in time order with what is usual around them; all in the unit of the values.

    `values` is NaN in a gap. `centre` is None where there is no value at all, `lower`, `upper`
    and `sigma` (a third of the way from centre to limit, before clipping) are NaN in a gap and
    where nothing says how much the values vary. `sigma_z` is the spread between months in units
    of chance alone, None where unknown and on `xmr`. `trial`: the limits rest on fewer than 13
    points. `sparse`: fewer than 3 events (or 3 failures) are expected in a month, so that the
    limits give false alarms and should not raise one. `screened` is how many moving ranges were
    left out of the limits, None where they were not screened.
    """

    kind: Literal["p", "p'", "u", "u'", "xmr", "t", "g"]
    values: FloatArray
    centre: float | None
    sigma: FloatArray
    lower: FloatArray
    upper: FloatArray
    sigma_z: float | None
    trial: bool
    sparse: bool
    screened: int | None = None


def p_chart(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    *,
    baseline: int | None = None,
    dispersion: Dispersion = "test",
    screen: bool = False,
) -> Chart:
    """Chart of a share per month, 0 to 1; a month without trials is a gap.

        centre p = all successes / all trials,  limits p +- 3 sqrt(p (1 - p) / n), in 0 to 1

    Laney's p' multiplies sigma by sigma_z, the mean moving range of the standardised values
    / 1.128. It is used when sigma_z > 1 + 3 se, se^2 = (0.8265 m - 0.2556) / m^2 for m moving
    ranges: when months differ by more than chance gives in 99 of 100 stable series. Moving
    ranges see little of a lasting change, so a real shift does not widen its own limits, and
    the choice is made before any point is compared with a limit. That is `dispersion` "test";
    "chance" is the p chart and "laney" the p' chart whatever the spread.

    `baseline` takes centre, sigma_z and `trial` from the first so many months; `screen` leaves
    large moving ranges out of sigma_z as `xmr` does, and so does qicharts2 of R.

    Sources: Montgomery, Introduction to Statistical Quality Control, 7.2; Laney (2002), Quality
    Engineering 14, 531-537; se: Cryer and Ryan (1990), Journal of Quality Technology 22,
    187-192.

    Raises:
        ValueError: unequal lengths, a success that is no trial, a baseline below 1.
    """
    wins, chances = _pairs(successes, trials)
    if np.any(wins > chances):
        raise ValueError("more successes than trials")
    return _attribute_chart("p", wins, chances, baseline, dispersion, screen=screen)


def u_chart(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    baseline: int | None = None,
    dispersion: Dispersion = "test",
    screen: bool = False,
) -> Chart:
    """Chart of events per unit of exposure and month; a month without exposure is a gap.

        centre u = all events / all exposure,  limits u +- 3 sqrt(u / e), not below 0

    Laney's u' where the spread asks for it, by the rule of `p_chart`. Events of a month without
    exposure are left out of the centre too. An exposure of 1 a month makes it a c chart.

    Sources: Montgomery, Introduction to Statistical Quality Control, 7.3; Laney (2002), Quality
    Engineering 14, 531-537.

    Raises:
        ValueError: unequal lengths, a negative number, a baseline below 1.
    """
    counts, exposed = _pairs(events, exposure)
    return _attribute_chart("u", counts, exposed, baseline, dispersion, screen=screen)


def xmr(
    values: npt.ArrayLike,
    *,
    baseline: int | None = None,
    screen: bool = False,
    width: float = XMR_WIDTH,
) -> Chart:
    """Chart of single values, in their own unit; NaN is a gap.

        centre = mean,  limits = mean +- 2.66 mean moving range,  sigma = 2.66 / 3 of it

    No moving range spans a gap. One value alone has no limits.

    Args:
        values: In time order.
        baseline: As in `p_chart`.
        screen: Leave out, once, the moving ranges of at least 3.267 times their mean, and take
            the mean of the rest. The tool of NHS England does not; the R package
            NHSRplotthedots does by default. `screened` of the chart records it.
        width: Of the limits, in mean moving ranges. 3 / 1.128 is that of the R package
            qicharts2.

    Source: NHS England, Making Data Count; Shewhart (1931), Economic Control of Quality of
    Manufactured Product; Nelson (1982), Journal of Quality Technology 14, 172-173 (screening).

    Raises:
        ValueError: a baseline below 1.
    """
    series = np.asarray(values, dtype=np.float64)
    base = ~np.isnan(series) & _first(series.size, baseline)
    kept, screened = _moving_ranges(series[: _stop(series.size, baseline)], screen=screen)
    spread = width / 3 * float(kept.mean()) if kept.size else np.nan
    sigma = np.where(np.isnan(series), np.nan, spread)
    centre = float(series[base].mean()) if base.any() else None
    middle = np.nan if centre is None else centre
    return Chart(
        kind="xmr",
        values=series,
        centre=centre,
        sigma=sigma,
        lower=middle - 3 * sigma,
        upper=middle + 3 * sigma,
        sigma_z=None,
        trial=int(base.sum()) < ENOUGH_POINTS,
        sparse=False,
        screened=screened if screen else None,
    )


def _attribute_chart(
    kind: Literal["p", "u"],
    events: FloatArray,
    size: FloatArray,
    baseline: int | None,
    dispersion: Dispersion,
    *,
    screen: bool,
) -> Chart:
    """The p or u chart of events over the size of each month, or its primed version."""
    seen = size > 0
    base = seen & _first(size.size, baseline)
    values = np.full(size.size, np.nan)
    values[seen] = events[seen] / size[seen]
    if not base.any():
        return _empty_chart(kind, values)
    happened, possible = events[base].sum(), size[base].sum()
    centre = float(happened / possible)
    sigma = np.full(size.size, np.nan)
    sigma[seen] = np.sqrt(centre * ((1 - centre) if kind == "p" else 1) / size[seen])
    away = (values - centre)[: _stop(size.size, baseline)]
    sigma_z, clearly, screened = _dispersion(away, sigma[: away.size], screen=screen)
    wanted = clearly if dispersion == "test" else dispersion == "laney"
    primed = sigma_z is not None and wanted
    if primed:
        sigma *= sigma_z
    rarer = min(happened, possible - happened) if kind == "p" else happened
    return Chart(
        kind=_PRIMED[kind] if primed else kind,
        values=values,
        centre=centre,
        sigma=sigma,
        lower=np.maximum(centre - 3 * sigma, 0.0),
        upper=np.minimum(centre + 3 * sigma, 1.0 if kind == "p" else np.inf),
        sigma_z=sigma_z,
        trial=int(base.sum()) < ENOUGH_POINTS,
        sparse=bool(rarer / base.sum() < ENOUGH_EVENTS),
        screened=screened if screen else None,
    )


_PRIMED: dict[Literal["p", "u"], Literal["p'", "u'"]] = {"p": "p'", "u": "u'"}


def _empty_chart(kind: Literal["p", "u"], values: FloatArray) -> Chart:
    unknown = np.full(values.size, np.nan)
    return Chart(
        kind=kind,
        values=values,
        centre=None,
        sigma=unknown,
        lower=unknown,
        upper=unknown,
        sigma_z=None,
        trial=True,
        sparse=True,
    )


def _dispersion(
    deviations: FloatArray, sigma: FloatArray, *, screen: bool
) -> tuple[float | None, bool, int]:
    """sigma_z, whether it is clearly above 1, and how many moving ranges were screened out."""
    varies = sigma > 0
    z = np.full(sigma.size, np.nan)
    z[varies] = deviations[varies] / sigma[varies]
    ranges, screened = _moving_ranges(z, screen=screen)
    if ranges.size == 0:
        return None, False, 0
    sigma_z = float(ranges.mean()) / D2
    error = np.sqrt(0.8265 * ranges.size - 0.2556) / ranges.size
    return sigma_z, bool(sigma_z > 1 + 3 * error), screened


def _moving_ranges(series: FloatArray, *, screen: bool) -> tuple[FloatArray, int]:
    """Steps from each point to the next, none across a gap, and how many were screened out."""
    ranges = np.abs(np.diff(series))
    ranges = ranges[~np.isnan(ranges)]
    if not screen or not ranges.any():
        return ranges, 0
    kept = ranges[ranges < D4 * ranges.mean()]
    return kept, ranges.size - kept.size


def _pairs(above: npt.ArrayLike, below: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """The two columns of a fraction per month, refused where they cannot be counts."""
    top, bottom = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    if top.shape != bottom.shape or top.ndim != 1:
        raise ValueError("the two columns of a chart must have one length")
    if not (np.all(top >= 0) and np.all(bottom >= 0)):
        raise ValueError("the counts of a chart must not be negative")
    return top, bottom


def _stop(size: int, baseline: int | None) -> int:
    """How many of the first points set the limits."""
    if baseline is None:
        return size
    if baseline < 1:
        raise ValueError(f"a baseline of {baseline} points: must be at least 1")
    return min(baseline, size)


def _first(size: int, baseline: int | None) -> BoolArray:
    return np.arange(size) < _stop(size, baseline)
