"""Is a month unusual against its own history? Control charts and the rules that read them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

# Mean moving range of normal points in standard deviations, as the charts' tables round it.
D2 = 1.128
# Making Data Count writes 2.66 where 3 / 1.128 is 2.6596.
XMR_WIDTH = 2.66
# Below this many points limits are provisional.
ENOUGH_POINTS = 13
# Below this many expected events a month, normal limits give false alarms.
ENOUGH_EVENTS = 3
RUN = 7
TREND = 7
WORDS = ("seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Values in time order with what is usual around them; all in the unit of the values.

    `values` is NaN in a gap. `centre` is None where there is no value at all, `lower`, `upper`
    and `sigma` (a third of the way from centre to limit, before clipping) are NaN in a gap and
    where nothing says how much the values vary. `sigma_z` is the spread between months in units
    of chance alone, None where unknown and on `xmr`. `trial`: the limits rest on fewer than 13
    points. `sparse`: fewer than 3 events (or 3 failures) are expected in a month, so that the
    limits give false alarms and should not raise one.
    """

    kind: Literal["p", "p'", "u", "u'", "xmr"]
    values: FloatArray
    centre: float | None
    sigma: FloatArray
    lower: FloatArray
    upper: FloatArray
    sigma_z: float | None
    trial: bool
    sparse: bool


@dataclass(frozen=True, slots=True)
class Point:
    """What the rules say of one point and, where it is not usual, why."""

    signal: Literal["high", "low", "usual", "no_data"]
    reason: str


def p_chart(
    successes: npt.ArrayLike, trials: npt.ArrayLike, *, baseline: int | None = None
) -> Chart:
    """Chart of a share per month, 0 to 1; a month without trials is a gap.

        centre p = all successes / all trials,  limits p +- 3 sqrt(p (1 - p) / n), in 0 to 1

    Laney's p' multiplies sigma by sigma_z, the mean moving range of the standardised values
    / 1.128. It is used when sigma_z > 1 + 3 se, se^2 = (0.8265 m - 0.2556) / m^2 for m moving
    ranges: when months differ by more than chance gives in 99 of 100 stable series. Moving
    ranges see little of a lasting change, so a real shift does not widen its own limits, and
    the choice is made before any point is compared with a limit.

    `baseline` takes centre, sigma_z and `trial` from the first so many months.

    Sources: Montgomery, Introduction to Statistical Quality Control, 7.2; Laney (2002), Quality
    Engineering 14, 531-537; se: Cryer and Ryan (1990), Journal of Quality Technology 22,
    187-192.

    Raises:
        ValueError: unequal lengths, a success that is no trial, a baseline below 1.
    """
    wins, chances = _pairs(successes, trials)
    if np.any(wins > chances):
        raise ValueError("more successes than trials")
    return _attribute_chart("p", wins, chances, baseline)


def u_chart(
    events: npt.ArrayLike, exposure: npt.ArrayLike, *, baseline: int | None = None
) -> Chart:
    """Chart of events per unit of exposure and month; a month without exposure is a gap.

        centre u = all events / all exposure,  limits u +- 3 sqrt(u / e), not below 0

    Laney's u' where the spread asks for it, by the rule of `p_chart`. Events of a month without
    exposure are left out of the centre too.

    Sources: Montgomery, Introduction to Statistical Quality Control, 7.3; Laney (2002), Quality
    Engineering 14, 531-537.

    Raises:
        ValueError: unequal lengths, a negative number, a baseline below 1.
    """
    counts, exposed = _pairs(events, exposure)
    return _attribute_chart("u", counts, exposed, baseline)


def xmr(values: npt.ArrayLike, *, baseline: int | None = None) -> Chart:
    """Chart of single values, in their own unit; NaN is a gap.

        centre = mean,  limits = mean +- 2.66 mean moving range,  sigma = 2.66 / 3 of it

    No moving range spans a gap, and none is screened out (the tool of NHS England does not, the
    R package NHSRplotthedots does by default). One value alone has no limits.

    Source: NHS England, Making Data Count; Shewhart (1931), Economic Control of Quality of
    Manufactured Product.

    Raises:
        ValueError: a baseline below 1.
    """
    series = np.asarray(values, dtype=np.float64)
    base = ~np.isnan(series) & _first(series.size, baseline)
    ranges = np.abs(np.diff(series[: _stop(series.size, baseline)]))
    ranges = ranges[~np.isnan(ranges)]
    spread = XMR_WIDTH / 3 * float(ranges.mean()) if ranges.size else np.nan
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
    )


def read_chart(chart: Chart, *, period: str = "month") -> tuple[Point, ...]:
    """Each point by the four rules of Making Data Count; the first that holds is the reason.

    1. Outside the limits.
    2. A trend: seven points, each strictly above (or each below) the one before.
    3. Two of three: three points in a row on one side of the centre, two or more of them beyond
       two sigma; those are marked. Points beyond the limits count among them (2023 version).
    4. A run: seven points in a row strictly on one side of the centre.

    A trend signals its direction, the others their side. All points of a trend or run are
    marked. A point on the centre ends a run, an equal value ends a trend, and a gap ends both
    and is `no_data`. `period` is the word for one step of the chart.

    Source: NHS England, Making Data Count, and its change of rule 3 of November 2023.
    """
    if chart.centre is None:
        return tuple(Point("no_data", "") for _ in chart.values)
    gap = np.isnan(chart.values)
    # What floating point adds to equal numbers is no difference.
    known = np.abs(chart.values[~gap])
    blur = 1e-9 * float(known.max(initial=0.0))
    deviations = chart.values - chart.centre
    rules = (
        _outside(chart, blur),
        _trend(_sign(np.diff(chart.values), blur), period),
        _two_of_three(deviations, chart.sigma, blur, period),
        _run(_sign(deviations, blur), period),
    )
    return tuple(
        Point("no_data", "") if gap[at] else _first_that_holds(rules, at)
        for at in range(gap.size)
    )


def _first_that_holds(rules: tuple[dict[int, Point], ...], at: int) -> Point:
    return next((rule[at] for rule in rules if at in rule), Point("usual", ""))


def _outside(chart: Chart, blur: float) -> dict[int, Point]:
    points = {
        int(at): Point("high", "above the usual range")
        for at in np.flatnonzero(chart.values > chart.upper + blur)
    }
    for at in np.flatnonzero(chart.values < chart.lower - blur):
        points[int(at)] = Point("low", "below the usual range")
    return points


def _trend(rises: IntArray, period: str) -> dict[int, Point]:
    points: dict[int, Point] = {}
    for start, stop in _streaks(rises):
        length = stop - start + 1
        if length >= TREND:
            up = rises[start] > 0
            reason = f"{'rising' if up else 'falling'} over {_count(length)} {period}s in a row"
            for at in range(start, stop + 1):
                # The turning point of two trends belongs to the one that it ended.
                points.setdefault(at, Point("high" if up else "low", reason))
    return points


def _two_of_three(
    deviations: FloatArray, sigma: FloatArray, blur: float, period: str
) -> dict[int, Point]:
    far = np.abs(deviations) > 2 * sigma + blur
    side = _sign(deviations, blur)
    points: dict[int, Point] = {}
    for start in range(side.size - 2):
        window = range(start, start + 3)
        if abs(side[start : start + 3].sum()) == 3 and far[start : start + 3].sum() >= 2:
            signal, word = _SIDES[int(side[start])]
            reason = f"two of three {period}s far {word} the average"
            points |= {at: Point(signal, reason) for at in window if far[at]}
    return points


def _run(side: IntArray, period: str) -> dict[int, Point]:
    points: dict[int, Point] = {}
    for start, stop in _streaks(side):
        if stop - start >= RUN:
            signal, word = _SIDES[int(side[start])]
            reason = f"{_count(stop - start)} {period}s in a row {word} the average"
            points |= {at: Point(signal, reason) for at in range(start, stop)}
    return points


_SIDES: dict[int, tuple[Literal["high", "low"], str]] = {
    1: ("high", "above"),
    -1: ("low", "below"),
}


def _streaks(signs: IntArray) -> list[tuple[int, int]]:
    """Start and end (excluded) of each longest stretch of one sign, zeros left out."""
    borders = [0, *(np.flatnonzero(np.diff(signs)) + 1).tolist(), signs.size]
    return [
        (start, stop) for start, stop in pairwise(borders) if start < stop and signs[start] != 0
    ]


def _sign(differences: FloatArray, blur: float) -> IntArray:
    """1, 0 or -1; 0 for what is unknown."""
    return (differences > blur).astype(np.int64) - (differences < -blur).astype(np.int64)


def _count(number: int) -> str:
    return WORDS[number - 7] if number - 7 < len(WORDS) else str(number)


def _attribute_chart(
    kind: Literal["p", "u"], events: FloatArray, size: FloatArray, baseline: int | None
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
    months = slice(_stop(size.size, baseline))
    sigma_z, factor = _dispersion((values - centre)[months], sigma[months])
    sigma *= factor
    rarer = min(happened, possible - happened) if kind == "p" else happened
    return Chart(
        kind=kind if factor == 1 else _PRIMED[kind],
        values=values,
        centre=centre,
        sigma=sigma,
        lower=np.maximum(centre - 3 * sigma, 0.0),
        upper=np.minimum(centre + 3 * sigma, 1.0 if kind == "p" else np.inf),
        sigma_z=sigma_z,
        trial=int(base.sum()) < ENOUGH_POINTS,
        sparse=bool(rarer / base.sum() < ENOUGH_EVENTS),
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


def _dispersion(deviations: FloatArray, sigma: FloatArray) -> tuple[float | None, float]:
    """sigma_z of the standardised values, and what to multiply sigma by: it or 1."""
    varies = sigma > 0
    z = np.full(sigma.size, np.nan)
    z[varies] = deviations[varies] / sigma[varies]
    ranges = np.abs(np.diff(z))
    ranges = ranges[~np.isnan(ranges)]
    if ranges.size == 0:
        return None, 1.0
    sigma_z = float(ranges.mean()) / D2
    error = np.sqrt(0.8265 * ranges.size - 0.2556) / ranges.size
    return sigma_z, sigma_z if sigma_z > 1 + 3 * error else 1.0


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
