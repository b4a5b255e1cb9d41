"""The gaps of the procedure in order of their weight, and which unit may be named for one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from metrics.catalog.process_gaps import GAPS
from metrics.figures import Row
from metrics.release import TABLES
from metrics.statistics.comparison import binomial_tails, more_than_before
from metrics.statistics.multiplicity import benjamini_hochberg

# At most this share of the units named in a quarter is named by chance.
FALSE_NAMES = 0.05
# A quarter is more than its past when that makes it as rare as a point outside a funnel. The
# limits of single months alone would name a unit for one case where there had been none.
RARE = 0.001
_PLACE = ("metric", "part", "period_start")


@dataclass(frozen=True, slots=True)
class _Named:
    """A unit that stands out in one gap, and by what."""

    unit: str
    cases: int
    judged: int
    by: str


def gaps(figures: pl.DataFrame, signals: pl.DataFrame) -> pl.DataFrame:
    """One row per quarter and gap that was judged, the one with most cases first.

    A unit is named only where chance does not explain it: its share lies beyond the 99.8 %
    limits of its size and is still unusual among all units and gaps of the quarter
    (Benjamini and Hochberg), or a month of its own history left its usual range and the quarter
    is more than its past explains, while that of the whole organisation is not (Fisher's exact
    test at 1 in 1,000). Columns as in `metrics.release.TABLES["gaps"]`.
    """
    quarterly = figures.filter(
        pl.col("metric").is_in([metric.name for metric in GAPS])
        & (pl.col("period") == "quarter")
        & pl.col("breakdown").is_in(["all", "unit"])
    )
    judged = _with_past(quarterly).filter(pl.col("state") == "ok")
    unusual = signals.filter(pl.col("signal") == "worse")
    rows: list[Row] = []
    for _, quarter in judged.group_by("period_start", maintain_order=True):
        rows += _of_quarter(quarter, unusual)
    return pl.DataFrame(rows, schema=TABLES["gaps"])


def _with_past(quarterly: pl.DataFrame) -> pl.DataFrame:
    """Beside each quarter whether it is `more` than its past: all quarters before it.

    A quarter that was more than its own past is no part of what is usual: a gap that stays
    does not become the rule.
    """
    before: dict[tuple[str, ...], tuple[int, int]] = {}
    more = []
    ordered = quarterly.sort("period_start", maintain_order=True)
    for row in ordered.iter_rows(named=True):
        place = (row["metric"], row["part"], row["breakdown"], row["level"])
        now = (row["numerator"] or 0, int(row["denominator"] or 0))
        past = before.get(place, (0, 0))
        more.append(more_than_before(now, past) <= RARE)
        if not more[-1]:
            before[place] = (past[0] + now[0], past[1] + now[1])
    return ordered.with_columns(pl.Series("more", more, dtype=pl.Boolean))


def _of_quarter(figures: pl.DataFrame, unusual: pl.DataFrame) -> Iterator[Row]:
    whole = figures.filter(pl.col("breakdown") == "all").sort(
        "numerator", "value", descending=True, maintain_order=True
    )
    believed = _believed(figures)
    for rank, row in enumerate(whole.iter_rows(named=True), start=1):
        worse = unusual.filter(
            (pl.col("metric") == row["metric"]) & (pl.col("part") == row["part"])
        )
        units = figures.filter(
            (pl.col("breakdown") == "unit")
            & (pl.col("metric") == row["metric"])
            & (pl.col("part") == row["part"])
        )
        months = worse.filter(
            (pl.col("against") == "history")
            & pl.col("period_start").is_between(
                row["period_start"], row["period_end"], closed="left"
            )
        )
        changed = row["more"]
        named = _named(row, units, worse, months, believed, changed=changed)
        yield {
            **{name: row[name] for name in _PLACE},
            "rank": rank,
            "cases": row["numerator"],
            "judged": int(row["denominator"]),
            "changed": changed,
            "unit": named.unit if named else "",
            "unit_cases": named.cases if named else None,
            "unit_judged": named.judged if named else None,
            "named_by": named.by if named else "",
            "days": None,
        }


def _believed(figures: pl.DataFrame) -> set[tuple[str, str, str]]:
    """Metric, part and unit of the shares that many comparisons at once do not explain."""
    whole = {
        (row["metric"], row["part"]): row["value"]
        for row in figures.filter(pl.col("breakdown") == "all").iter_rows(named=True)
    }
    tested = [
        row
        for row in figures.filter(pl.col("breakdown") == "unit").iter_rows(named=True)
        if (row["metric"], row["part"]) in whole
    ]
    p = [
        min(1.0, 2 * min(binomial_tails(
            row["numerator"], int(row["denominator"]), whole[row["metric"], row["part"]]
        )))
        for row in tested
    ]  # fmt: skip
    found = benjamini_hochberg(np.asarray(p, dtype=np.float64), q=FALSE_NAMES).rejected
    return {
        (row["metric"], row["part"], row["level"])
        for row, is_real in zip(tested, found, strict=True)
        if is_real
    }


def _named(
    row: Row,
    units: pl.DataFrame,
    worse: pl.DataFrame,
    months: pl.DataFrame,
    believed: set[tuple[str, str, str]],
    *,
    changed: bool,
) -> _Named | None:
    """The unit with most cases among those that stand out, or none."""
    outside = set(
        worse.filter(
            (pl.col("against") == "units") & (pl.col("period_start") == row["period_start"])
        )["level"]
    )
    of_its_own = (
        set() if changed else set(months.filter(pl.col("breakdown") == "unit")["level"])
    )
    for unit in units.sort("numerator", descending=True).iter_rows(named=True):
        level = unit["level"]
        by_funnel = level in outside and (row["metric"], row["part"], level) in believed
        if by_funnel or (level in of_its_own and unit["more"]):
            by = "funnel" if by_funnel else "history"
            return _Named(level, unit["numerator"], int(unit["denominator"]), by)
    return None
