"""Is a month unusual against its own history? The rules that read a chart, and its icons."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from metrics.statistics.control_charts import Chart, FloatArray

IntArray = npt.NDArray[np.int64]
Rule = Literal["limits", "trend", "two_of_three", "run"]
Better = Literal["higher", "lower", "neutral"]
Meaning = Literal["improvement", "concern", "neutral", "common_cause", "no_data"]

RUN = 7
TREND = 7
FEWEST = 6
WORDS = ("six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class Broken(NamedTuple):
    """A rule that a point breaks, and on which side, or in which direction."""

    rule: Rule
    signal: Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class Point:
    """What the rules say of one point and, where it is not usual, why.

    `signal` and `reason` are those of the first of the rules that it breaks; `broken` has all,
    in the order limits, trend, two of three, run.
    """

    signal: Literal["high", "low", "usual", "no_data"]
    reason: str
    broken: tuple[Broken, ...] = ()


class Variation(NamedTuple):
    """The variation icon: what the last point means, and on which side; None where usual."""

    meaning: Meaning
    side: Literal["high", "low"] | None


def read_chart(
    chart: Chart, *, period: str = "month", run: int = RUN, trend: int = TREND
) -> tuple[Point, ...]:
    """Each point by the four rules of Making Data Count; the first that holds is the reason.

    1. Outside the limits.
    2. A trend: seven points, each strictly above (or each below) the one before.
    3. Two of three: three points in a row on one side of the centre, two or more of them beyond
       two sigma; those are marked. Points beyond the limits count among them (2023 version).
    4. A run, or shift: seven points in a row strictly on one side of the centre.

    A trend signals its direction, the others their side. All points of a trend or run are
    marked; one at which a trend turns into another breaks the rule both ways. A point on the
    centre ends a run, an equal value ends a trend, and a gap ends both and is `no_data`. On a t
    or g chart rule 3 is not read.

    Args:
        chart: Any of `control_charts` or `rare_event_charts`.
        period: The word for one step of the chart.
        run: Points that make a run, 6 or more; the tool of NHS England offers 6 and 7.
        trend: Points that make a trend, 6 or more.

    Source: NHS England, Making Data Count, and its change of rule 3 of November 2023.

    Raises:
        ValueError: a run or a trend of fewer than 6 points.
    """
    if min(run, trend) < FEWEST:
        raise ValueError(f"runs of {run}, trends of {trend}: both must be {FEWEST} or more")
    if chart.centre is None:
        return tuple(Point("no_data", "") for _ in chart.values)
    gap = np.isnan(chart.values)
    # What floating point adds to equal numbers is no difference.
    known = np.abs(chart.values[~gap])
    blur = 1e-9 * float(known.max(initial=0.0))
    deviations = chart.values - chart.centre
    rules = (
        _outside(chart, blur),
        _trend(_sign(np.diff(chart.values), blur), period, trend),
        _two_of_three(deviations, chart.sigma, blur, period),
        _run(_sign(deviations, blur), period, run),
    )
    return tuple(
        Point("no_data", "") if gap[at] else _all_that_hold(rules, at) for at in range(gap.size)
    )


def meaning_of(point: Point, better: Better) -> Variation:
    """What a point means where high, low or neither is better.

    A point may break one rule for the better and another for the worse: above the limits and
    falling. The tool of NHS England shows the improvement; about people's concerns we show the
    concern.

    Source: NHS England, Making Data Count (icons).
    """
    if not point.broken:
        return Variation("no_data" if point.signal == "no_data" else "common_cause", None)
    if better == "neutral":
        return Variation("neutral", point.broken[0].signal)
    good: Literal["high", "low"] = "high" if better == "higher" else "low"
    for _, side in point.broken:
        if side != good:
            return Variation("concern", side)
    return Variation("improvement", good)


def variation_icon(points: tuple[Point, ...], better: Better) -> Variation:
    """The variation icon of a chart: what its last point means; `no_data` without points."""
    return meaning_of(points[-1], better) if points else Variation("no_data", None)


def assurance_icon(
    chart: Chart, target: float | None, better: Better
) -> Literal["pass", "fail", "hit_or_miss"] | None:
    """Whether a process as it is will meet a target: by the limits of its last point.

    All usual values meet it (`pass`), none does (`fail`), or chance decides (`hit_or_miss`). A
    limit on the target itself is hit or miss. None without a target, limits, or a better side.

    Source: NHS England, Making Data Count (icons); as ptd_calculate_assurance_type of
    NHSRplotthedots.
    """
    known = np.flatnonzero(~np.isnan(chart.upper) & ~np.isnan(chart.lower))
    if target is None or known.size == 0:
        return None
    last = known[-1]
    return assurance(float(chart.lower[last]), float(chart.upper[last]), target, better)


def assurance(
    lower: float, upper: float, target: float, better: Better
) -> Literal["pass", "fail", "hit_or_miss"] | None:
    """The same from the limits themselves; None where neither side is better."""
    if better == "neutral":
        return None
    if lower <= target <= upper:
        return "hit_or_miss"
    return "pass" if (lower > target) == (better == "higher") else "fail"


def _all_that_hold(rules: tuple[dict[int, Point], ...], at: int) -> Point:
    holding = [rule[at] for rule in rules if at in rule]
    if not holding:
        return Point("usual", "")
    broken = tuple(each for point in holding for each in point.broken)
    return Point(holding[0].signal, holding[0].reason, broken)


def _point(rule: Rule, signal: Literal["high", "low"], reason: str) -> Point:
    return Point(signal, reason, (Broken(rule, signal),))


def _outside(chart: Chart, blur: float) -> dict[int, Point]:
    points = {
        int(at): _point("limits", "high", "above the usual range")
        for at in np.flatnonzero(chart.values > chart.upper + blur)
    }
    for at in np.flatnonzero(chart.values < chart.lower - blur):
        points[int(at)] = _point("limits", "low", "below the usual range")
    return points


def _trend(rises: IntArray, period: str, shortest: int) -> dict[int, Point]:
    points: dict[int, Point] = {}
    for start, stop in _streaks(rises):
        length = stop - start + 1
        if length >= shortest:
            up = rises[start] > 0
            reason = f"{'rising' if up else 'falling'} over {_count(length)} {period}s in a row"
            point = _point("trend", "high" if up else "low", reason)
            for at in range(start, stop + 1):
                # A turning point belongs to both trends; its reason is the one that it ended.
                before = points.get(at)
                points[at] = (
                    replace(before, broken=before.broken + point.broken) if before else point
                )
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
            points |= {at: _point("two_of_three", signal, reason) for at in window if far[at]}
    return points


def _run(side: IntArray, period: str, shortest: int) -> dict[int, Point]:
    points: dict[int, Point] = {}
    for start, stop in _streaks(side):
        if stop - start >= shortest:
            signal, word = _SIDES[int(side[start])]
            reason = f"{_count(stop - start)} {period}s in a row {word} the average"
            points |= {at: _point("run", signal, reason) for at in range(start, stop)}
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
    return WORDS[number - FEWEST] if number - FEWEST < len(WORDS) else str(number)
