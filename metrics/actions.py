"""Corrective actions followed: in time or not, did the figure change, did the gap come back?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar

import numpy as np
import polars as pl

from etl.actions import NAME
from etl.errors import WorkspaceError
from etl.rules import Rules
from metrics.catalog import METRICS
from metrics.figures import Row, Setting
from metrics.metric import BREAKDOWNS, Measure, Metric
from metrics.periods import month_of, months_between, next_month, quarter_of
from metrics.release import TABLES
from metrics.statistics.before_after import Change, change_of_rates, change_of_shares
from metrics.statistics.control_charts import p_chart, u_chart
from metrics.statistics.rebasing import Rebase, read_segments, rebased

YEAR = 12  # months before the acceptance that count as before, and after the day done as after
SOONEST = 6  # whole months after an action was done before anybody says whether it worked
LATER = 3  # months after the first six before anybody says whether it fell back
FEWEST = 20  # judged on each side; fewer show no change that is worth an action
_RATES = {"per_100_people", "per_1000"}
Declared = TypeVar("Declared")
_WORDS = ("action", "finding", "change", "kind", "owner")
_DAYS = ("accepted_on", "due_on", "done_on")
_SHOWN = ("metric", "measure", "part", "breakdown", "level")

NOT_DONE = "The action is not done yet."
TOO_EARLY = "Fewer than six whole months have passed since it was done."
TOO_FEW = f"Fewer than {FEWEST} were judged on one side, too few to see a change."
NOT_TOLD = "This is told only where counts are exact."
TOO_ROUGH = "Rounding leaves open whether this is a change."
NO_CHANGE = "What was seen is within what chance does."


@dataclass(frozen=True, slots=True)
class _Window:
    """Months of a figure that count as before or as after, with their counts."""

    months: pl.DataFrame
    off: int

    @property
    def counts(self) -> tuple[list[float], list[float]]:
        return self.months["numerator"].to_list(), self.months["denominator"].to_list()

    @property
    def told(self) -> tuple[date | None, date | None]:
        """First day, and first day after; nothing where there is no month."""
        if self.months.is_empty():
            return None, None
        last: date = self.months["period_start"][-1]
        return self.months["period_start"][0], next_month(last)


def followed(
    actions: pl.DataFrame, figures: pl.DataFrame, setting: Setting, *, as_of: date
) -> dict[str, pl.DataFrame]:
    """What became of each action that was accepted by the as-of day.

    Everything about an effect is computed from the figures of the release, so that it tells no
    more than they do. Returns the tables `actions` and `action_months` of a release.
    """
    kept = actions.filter(pl.col("accepted_on") <= as_of)
    if not setting.exact:
        kept = kept.filter(pl.col("told") == "everybody")
    rows: list[Row] = []
    months: list[Row] = []
    for action in kept.iter_rows(named=True):
        known = {**action, "done_on": _known(action["done_on"], as_of)}
        series = _series(figures, known)
        rows.append(_followed(known, series, setting, as_of))
        months += _charted(known, series, setting)
    return {
        "actions": pl.DataFrame(rows, schema=TABLES["actions"]),
        "action_months": pl.DataFrame(months, schema=TABLES["action_months"]),
    }


def require_known(actions: pl.DataFrame, rules: Rules, levels: pl.DataFrame) -> None:
    """Raise WorkspaceError where an action names what no release has a share or rate of.

    `levels` has breakdown and level, as the store declares them.
    """
    for row in actions.iter_rows(named=True):
        where = f"{NAME} line {row['line']}"
        metric = _named(where, "metric", row["metric"], {m.name: m for m in METRICS})
        measures = {m.name: m for m in metric.measures if _is_followed(m)}
        _named(where, "measure with a better side and counts", row["measure"], measures)
        _named(where, "part", row["part"], dict.fromkeys(metric.parts(rules)))
        _named(where, "breakdown", row["breakdown"], dict.fromkeys(BREAKDOWNS))
        here = levels.filter(pl.col("breakdown") == row["breakdown"])["level"].to_list()
        _named(where, "level", row["level"], dict.fromkeys(here or ["all"]))


def _named(where: str, what: str, given: str, among: Mapping[str, Declared]) -> Declared:
    if given not in among:
        names = ", ".join(name or "'' (none)" for name in among) or "none"
        raise WorkspaceError(f"{where}: there is no {what} {given!r} here; there is {names}")
    return among[given]


def _is_followed(measure: Measure) -> bool:
    return measure.better != "neutral" and (
        measure.unit == "share" or measure.unit in _RATES
    ) and measure.by_day is None  # fmt: skip


def _known(day: date | None, as_of: date) -> date | None:
    return day if day is not None and day <= as_of else None


def _series(figures: pl.DataFrame, action: Row) -> pl.DataFrame:
    """Whole months of the action's figure that have counts, oldest first."""
    wanted = [pl.col(name) == action[name] for name in _SHOWN]
    return figures.filter(
        *wanted, pl.col("period") == "month", "complete", pl.col("denominator") > 0
    ).sort("period_start")


def _followed(action: Row, series: pl.DataFrame, setting: Setting, as_of: date) -> Row:
    before, after = _windows(action, series, setting)
    change = _change(action, before, after)
    effect, reason = _effect(action, before, after, change, series)
    return {
        **{name: action[name] for name in (*_WORDS, *_SHOWN, *_DAYS)},
        "timing": timing(action, as_of),
        "effect": effect,
        "reason": reason,
        **_told("before", before, change.before if change else None),
        **_told("after", after, change.after if change else None),
        "change_low": change.low if change else None,
        "change_high": change.high if change else None,
        "recurrence": _recurrence(action, after, effect, setting),
    }


def timing(action: Mapping[str, Any], as_of: date) -> str:
    """Whether an action is open, overdue, or was done on time or late, as far as is known."""
    done = _known(action["done_on"], as_of)
    if done is not None:
        return "on_time" if done <= action["due_on"] else "late"
    return "overdue" if action["due_on"] < as_of else "open"


def _windows(action: Row, series: pl.DataFrame, setting: Setting) -> tuple[_Window, _Window]:
    """The year up to the acceptance with the months up to the day done, and the year after.

    The month in which it was done is in neither. What is before holds more than the bad quarter
    for which the gap was accepted: what follows a bad quarter looks better by itself.
    """
    done = action["done_on"]
    if done is None:
        empty = _Window(series.clear(), 0)
        return empty, empty
    first = _months_on(month_of(action["accepted_on"]), -YEAR)
    done_in = month_of(done)
    from_on, until = next_month(done_in), _months_on(next_month(done_in), YEAR)
    month = pl.col("period_start")
    windows = (
        series.filter((month >= first) & (month < done_in)),
        series.filter((month >= from_on) & (month < until)),
    )
    before, after = (_Window(rows, _off(rows, action, setting)) for rows in windows)
    return before, after


def _months_on(month: date, count: int) -> date:
    place = month.year * 12 + month.month - 1 + count
    return date(place // 12, place % 12 + 1, 1)


def _off(months: pl.DataFrame, action: Row, setting: Setting) -> int:
    """By how many the sum of rounded months may be away from the truth."""
    if setting.exact or months.is_empty():
        return 0
    own = setting.of(action["metric"])
    starts = own.year_starts
    held = set(months["period_start"])
    quarters = {quarter_of(month, year_starts=starts) for month in held}
    level = months.row(0, named=True)
    return sum(
        own.off_in(quarter, (level["breakdown"], level["level"])) * _parts(quarter, held)
        for quarter in quarters
    )


def _parts(quarter: date, held: set[date]) -> int:
    """How many told counts the months that are held of a quarter are made of."""
    months = {*months_between(quarter, _months_on(quarter, 2))}
    return 1 if months <= held else len(months & held)


def _change(action: Row, before: _Window, after: _Window) -> Change | None:
    if before.months.is_empty() or after.months.is_empty():
        return None
    compare = change_of_rates if _is_rate(action) else change_of_shares
    return compare(*before.counts, *after.counts, off=(before.off, after.off))


def _is_rate(action: Row) -> bool:
    return _measure(action).unit in _RATES


def _measure(action: Row) -> Measure:
    metric: Metric = next(each for each in METRICS if each.name == action["metric"])
    return next(each for each in metric.measures if each.name == action["measure"])


def _effect(
    action: Row,
    before: _Window,
    after: _Window,
    change: Change | None,
    series: pl.DataFrame,
) -> tuple[str, str]:
    """Whether the figure is better or worse since the action, or why nobody can say."""
    if action["done_on"] is None:
        return "not_done", NOT_DONE
    if series.is_empty():
        return "not_told", NOT_TOLD
    if after.months.height < SOONEST:
        return "too_early", TOO_EARLY
    fewest = 0 if _is_rate(action) else FEWEST
    if change is None or min(sum(w.counts[1]) for w in (before, after)) < fewest:
        return "too_few", TOO_FEW
    none = 1.0 if _is_rate(action) else 0.0
    if change.low <= none <= change.high:
        is_rough = before.off or after.off
        return ("too_rough", TOO_ROUGH) if is_rough else ("no_change", NO_CHANGE)
    is_up = change.low > none
    return ("better" if is_up == (_measure(action).better == "higher") else "worse"), ""


def _told(side: str, window: _Window, value: float | None) -> Row:
    first, until = window.told
    counts, of = (sum(each) for each in window.counts)
    there = first is not None
    return {
        f"{side}_from": first,
        f"{side}_until": until,
        side: value,
        f"{side}_count": int(counts) if there else None,
        f"{side}_of": float(of) if there else None,
    }


def _recurrence(action: Row, after: _Window, effect: str, setting: Setting) -> str:
    """Whether what was better fell back within the year, beyond what chance does.

    By simulation, with looks after 9 to 12 months, an action that holds is said to have fallen
    back in about 1 of 100 histories, in 3 where months differ more than chance gives.
    """
    if effect != "better":
        return "not_applicable"
    first, later = (
        _Window(rows, _off(rows, action, setting))
        for rows in (after.months.head(SOONEST), after.months.slice(SOONEST))
    )
    if later.months.height < LATER:
        return "too_early"
    change = _change(action, first, later)
    none = 1.0 if _is_rate(action) else 0.0
    if change is not None and not change.low <= none <= change.high:
        is_up = change.low > none
        if is_up != (_measure(action).better == "higher"):
            return "recurred"
    return "not_recurred" if after.months.height >= YEAR else "too_early"


def _charted(action: Row, series: pl.DataFrame, setting: Setting) -> Iterator[Row]:
    """The months of the figure with limits that begin anew in the month after it was done."""
    done = action["done_on"]
    if done is None or series.is_empty():
        return
    shown = series.filter(pl.col("period_start") >= _months_on(month_of(done), -2 * YEAR))
    border = int((shown["period_start"] < next_month(month_of(done))).sum())
    reason = f"{action['change']} ({action['action']})"
    rebases = [Rebase(border, reason, action["owner"], done)] if 0 < border < len(shown) else []
    chart = partial(u_chart if _is_rate(action) else p_chart, baseline=YEAR)
    columns = [shown["numerator"].to_numpy(), shown["denominator"].to_numpy()]
    segments = rebased(chart, columns, rebases)
    signals = [point.signal for point in read_segments(segments)]
    for segment in segments:
        for place in range(segment.start, segment.stop):
            at = place - segment.start
            yield {
                "action": action["action"],
                "month": shown["period_start"][place],
                "side": "after" if segment.rebase else "before",
                "count": shown["numerator"][place],
                "of": shown["denominator"][place],
                "value": _number(segment.chart.values[at]),
                "centre": segment.chart.centre,
                "lower": _number(segment.chart.lower[at]),
                "upper": _number(segment.chart.upper[at]),
                "signal": _word(signals[place], action) if setting.exact else "usual",
            }


def _word(side: str, action: Row) -> str:
    if side not in {"high", "low"}:
        return "usual"
    return "better" if (side == "high") == (_measure(action).better == "higher") else "worse"


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
