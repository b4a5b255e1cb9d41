"""What became of each commitment in each quarter, by fixed rules and no free text."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from etl.rules import Commitment
from metrics.catalog import METRICS
from metrics.figures import Row
from metrics.periods import quarter_before
from metrics.release import TABLES
from metrics.statistics.chart_rules import assurance
from metrics.statistics.intervals import needed

FEWEST = 20  # below this a share of deadlines says nothing about the process
SURVEYS = tuple(metric.name for metric in METRICS if metric.kind == "survey")
TOLERATED_MISSING = 0.05  # share that may be missing before the result could be another one


def results(
    figures: pl.DataFrame,
    signals: pl.DataFrame,
    commitments: Iterable[Commitment],
    consequences: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row per commitment, level (all and units) and quarter.

    `consequences` says between which values each figure could lie.
    Columns as in `metrics.release.TABLES["results"]`.
    """
    quarterly = figures.filter(
        (pl.col("period") == "quarter") & pl.col("breakdown").is_in(["all", "unit"])
    )
    ranges = pl.DataFrame(schema=TABLES["consequences"])
    if consequences is not None:
        ranges = consequences.filter(pl.col("period") == "quarter")
    rows = [row for made in commitments for row in _of(made, quarterly, signals, ranges)]
    return pl.DataFrame(rows, schema=TABLES["results"])


def _of(
    made: Commitment, figures: pl.DataFrame, signals: pl.DataFrame, ranges: pl.DataFrame
) -> list[Row]:
    def same(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(
            (pl.col("metric") == made.metric)
            & (pl.col("measure") == made.measure)
            & (pl.col("part") == made.part)
        )

    own = list(same(figures).iter_rows(named=True))
    known = {(row["level"], row["period_start"]): row for row in own}
    changes = _changes(same(signals))
    doubts = {
        (row["level"], row["period_start"]): (row["low"], row["high"])
        for row in same(ranges).iter_rows(named=True)
    }
    limits = _limits(same(signals))
    return [
        {
            "commitment": made.name,
            "breakdown": row["breakdown"],
            "level": row["level"],
            "period_start": row["period_start"],
            "verdict": verdict(
                row, made.target, within=doubts.get((row["level"], row["period_start"]))
            ),
            "short_by": _short_by(row, made.target),
            "previous": _value(known, row, 1),
            "year_ago": _value(known, row, 4),
            "change_signal": changes.get((row["level"], row["period_start"]), ""),
            "assurance": _assurance(limits, row, made.target),
        }
        for row in own
    ]


Bounds = tuple[float | None, float | None]


def verdict(row: Row, target: float, *, within: Bounds | None = None) -> str:
    """The word for a share against its target.

    Met and not met need the whole interval on one side; between them chance alone could have
    made the difference. Where more than a twentieth could not be judged and it would decide
    the result, nothing can be said; nor where rows that a failed check puts in doubt could turn
    it, which lies `within` a lowest and a highest value.
    A survey is judged by those who answered it: that others
    did not is no loss of data, and stands beside the share with what it could hide.
    """
    if row["state"] != "ok":
        return _WITHOUT_VALUE.get(row["state"], "too_few")
    if row["denominator"] < FEWEST:
        return "too_few"
    if within is not None and _turns(within, target):
        return "cannot_say"
    if row["metric"] not in SURVEYS and _could_flip(row, target):
        return "cannot_say"
    if needed(row["numerator"], int(row["denominator"]), target) == 0:
        return "met" if row["low"] > target else "met_narrowly"
    return "not_met" if row["high"] < target else "just_missed"


_WITHOUT_VALUE = {
    "not_assessable": "not_assessable",
    "no_data": "no_data",
    "not_fit": "cannot_say",
    "withheld": "withheld",
}


def _turns(within: Bounds, target: float) -> bool:
    low, high = within
    return low is not None and high is not None and low < target <= high


def _could_flip(row: Row, target: float) -> bool:
    if row["missing"] is None:
        return True  # it is withheld how many are missing, so nobody knows
    share_missing = row["missing"] / (row["missing"] + row["denominator"])
    return bool(share_missing > TOLERATED_MISSING and row["worst"] < target <= row["best"])


def _short_by(row: Row, target: float) -> int | None:
    if row["state"] != "ok":
        return None
    return needed(row["numerator"], int(row["denominator"]), target)


def _value(known: dict[tuple[str, date], Row], row: Row, quarters: int) -> float | None:
    before = known.get((row["level"], quarter_before(row["period_start"], quarters)))
    return before["value"] if before else None


def _limits(signals: pl.DataFrame) -> dict[str, list[Row]]:
    """The months of each level that have limits, oldest first."""
    monthly = signals.filter(
        (pl.col("against") == "history") & pl.col("lower").is_not_null()
    ).sort("period_start")
    return {
        str(level): list(rows.iter_rows(named=True))
        for (level,), rows in monthly.group_by("level", maintain_order=True)
    }


def _assurance(limits: dict[str, list[Row]], row: Row, target: float) -> str | None:
    """By the limits of the last month of the quarter; shares of which more is better."""
    before = [
        month
        for month in limits.get(row["level"], [])
        if month["period_start"] < row["period_end"]
    ]
    if not before:
        return None
    return assurance(before[-1]["lower"], before[-1]["upper"], target, "higher")


def _changes(signals: pl.DataFrame) -> dict[tuple[str, date], str]:
    """The gravest signal of the months of each quarter, by level."""
    found: dict[tuple[str, date], str] = {}
    gravity = ("worse", "higher", "lower", "better", "usual")
    monthly = signals.filter(pl.col("against") == "history")
    for row in monthly.iter_rows(named=True):
        for quarter in _quarters_with(row["period_start"]):
            key = (row["level"], quarter)
            words = {row["signal"], found.get(key, "usual")}
            found[key] = next(word for word in gravity if word in words)
    return found


def _quarters_with(month: date) -> tuple[date, ...]:
    """First months of the three quarters, of whatever fiscal year, that hold the month."""
    place = month.year * 12 + month.month - 1
    return tuple(date(p // 12, p % 12 + 1, 1) for p in (place, place - 1, place - 2))
