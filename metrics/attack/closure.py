"""Whether everything published beside the counts is made of the published counts alone.

A share, a rate, a quantile, a bound or a signal that is a function of the published counts
tells nothing beyond them. So they are computed again from the file, and must be the same.
"""

from collections.abc import Iterator
from datetime import date

import polars as pl
from polars.testing import assert_frame_equal

from etl.rules import Commitment
from metrics.attack.told import CELL, Told
from metrics.benchmarks import benchmarks
from metrics.catalog import metrics_for
from metrics.crosswalk import heirs_in
from metrics.doubts import together
from metrics.estimate import estimate
from metrics.figures import Setting
from metrics.metric import ProtectedCube
from metrics.outlook import outlook
from metrics.periods import periods, quarterly
from metrics.reach import summed_in
from metrics.release import TABLES
from metrics.scorecard import results
from metrics.signals import signals

TINY = 1e-9  # people of a unit whose headcount is too small to be published


def other_leaks(told: Told) -> Iterator[str]:
    """What is in the file beside its counts that its counts do not explain, in words."""
    if not told.protected:
        return
    yield from _grid(told)
    yield from _counts_of_rows(told)
    if told.release.manifest.get("not_fit"):
        return  # figures that are not fit are taken out, and what is left depends on them
    try:
        again = recomputed(told)
    except (KeyError, ValueError, ZeroDivisionError, AssertionError, pl.exceptions.PolarsError):
        yield "the figures cannot be computed from the published counts"
        return
    for name, rows in again.items():
        try:
            assert_frame_equal(rows, told.release.table(name), check_dtypes=False)
        except AssertionError:
            yield f"the table {name} is not what the published counts give"


def recomputed(told: Told) -> dict[str, pl.DataFrame]:
    """Figures, signals and results, from the file's counts, code lists and manifest."""
    published = told.release.table("figures")
    metrics = metrics_for(exact=False, outcomes=told.cells["outcome"].unique())
    parts = {
        metric.name: tuple(
            published.filter(pl.col("metric") == metric.name)["part"].unique(
                maintain_order=True
            )
        )
        for metric in metrics
    }
    setting = _setting(told)
    cells = told.cells if setting.withheld else together(told.cells)
    cube = ProtectedCube(cells=cells, base=told.base)
    figures = estimate(cube, metrics, parts, setting)
    found = signals(figures, metrics, setting=setting)
    rows = told.release.table("commitments").drop("position").rename({"commitment": "name"})
    commitments = [Commitment(**row) for row in rows.iter_rows(named=True)]
    return {
        "figures": figures,
        "signals": found,
        "benchmarks": benchmarks(figures),
        "outlook": outlook(figures, metrics, base=told.base),
        "results": results(figures, found, commitments, told.release.table("consequences")),
    }


def _setting(told: Told) -> Setting:
    """What figures are made by, from the file's own words."""
    manifest, published = told.release.manifest, told.release.table("figures")
    withheld = told.method == "suppression"
    calendar = periods(
        date.fromisoformat(manifest["coverage_from"]),
        date.fromisoformat(manifest["coverage_until"]),
        year_starts=int(manifest["fiscal_year_start_month"]),
    )
    return Setting(
        periods=quarterly(calendar) if withheld else calendar,
        levels=told.release.table("levels"),
        exposure=_exposed(published, "rate", "people"),
        engagements=_exposed(published, "per_1000_engagements", "engagements"),
        base=told.base,
        min_denominator=int(manifest["min_denominator"]),
        loose=told.loose,
        summed=summed_in(manifest),
        withheld=withheld,
        heirs=heirs_in(manifest),
    )


def _exposed(figures: pl.DataFrame, measure: str, name: str) -> pl.DataFrame:
    """What rates are per, as published; where that is too small to be told, next to nothing."""
    rates = figures.filter(
        (pl.col("measure") == measure) & pl.col("breakdown").is_in(["all", "unit"])
    )
    known = pl.when(pl.col("state") == "few").then(TINY).otherwise(pl.col("denominator"))
    return rates.select(
        pl.col("level").alias("unit"), "period", "period_start", known.alias(name)
    ).filter(pl.col(name).is_not_null())


def _grid(told: Told) -> Iterator[str]:
    """Every declared cell must be there once: an absent row would say something."""
    cells = told.cells
    if cells.select(CELL).is_duplicated().any():
        yield "a cell is published twice"
    codes = told.codes | {"all": ["all"]}
    levels = sum(len(known) for known in codes.values())
    for (metric, part), rows in cells.group_by("metric", "part", maintain_order=True):
        columns = rows.select("outcome", "band").n_unique()
        months = rows["month"].n_unique()
        if rows.height != levels * months * columns:
            name = f"{metric} {part}".strip()
            yield f"{name}: declared cells are absent, or others are there"
    if told.method == "rounding":
        if (cells["n"] % told.base != 0).any():
            yield "a count is not a multiple of the base"
        yield from _unlike_all(cells)
    if told.method == "suppression" and (cells["n"] < told.threshold).any():
        yield "a count below the threshold is told"
    negative = cells.filter(pl.col("n") < 0)
    if negative.height:
        yield "a count is negative"


def _unlike_all(cells: pl.DataFrame) -> Iterator[str]:
    """Rounding that does not add up tells more of each count than it says."""
    apart = [name for name in CELL if name not in {"breakdown", "level"}]
    sums = cells.group_by(*apart, "breakdown").agg(pl.col("n").sum())
    whole = sums.filter(pl.col("breakdown") == "all").drop("breakdown")
    both = sums.join(whole, on=apart, suffix="_all")
    for name in sorted(both.filter(pl.col("n") != pl.col("n_all"))["breakdown"].unique()):
        yield f"levels of {name} do not add up to all"


def _counts_of_rows(told: Told) -> Iterator[str]:
    """Counts of rows are a second look at the same cases."""
    if told.release.table("reject_reasons").height:
        yield "the table reject_reasons tells how many rows at least could not be read"
    for name in ("verdicts", "deliveries"):
        rows = told.release.table(name)
        numbers = [column for column, kind in TABLES[name].items() if kind == pl.Int64()]
        if any(rows[column].null_count() < rows.height for column in numbers):
            yield f"the table {name} holds exact counts of rows"
    for name in ("check_history", "incidents", "fault_places", "row_places"):
        if told.release.table(name).height:
            yield f"the table {name} tells when or where rows were at fault"
    yield from _delivered(told)
    yield from _verdicts(told)
    yield from _bounded(told)
    # Rows in doubt are counts of rows too: cells, or rounded as they are.
    absent = told.release.table("consequences")["absent"]
    unit = 0 if told.method == "suppression" else told.base
    if any(n % unit if unit else n for n in absent.drop_nulls().unique()):
        yield "the table consequences holds exact counts of rows"


# Checks that look at no case; the others pass where there is no row at fault, or few.
_OF_NO_CASE = ("staging.headcount", "staging.deliveries")


def turned(one: Told, other: Told) -> Iterator[str]:
    """Checks of which two releases tell one quarter otherwise: a case was corrected between."""
    same = (one.base, one.release.manifest["coverage_until"])
    if same != (other.base, other.release.manifest["coverage_until"]):
        return
    both = _of_cases(other).join(_of_cases(one), on="name", suffix="_before")
    apart = both.filter(pl.col("outcome") != pl.col("outcome_before")).height
    if apart:
        yield (
            f"{other.name}: {apart} verdicts of the quarter differ from those of {one.name},"
            " so that a case was corrected in between"
        )


def _of_cases(told: Told) -> pl.DataFrame:
    """Verdicts that say something of cases; a critical one says it by the release itself."""
    return told.release.table("verdicts").filter(
        (pl.col("severity") != "critical") & ~pl.col("about").is_in(_OF_NO_CASE)
    )


def _delivered(told: Told) -> Iterator[str]:
    """An export that did not change is no new delivery: nobody came, nothing was corrected."""
    rows = told.release.table("deliveries")
    days = rows.select("as_of", "coverage_from", "coverage_until")
    is_dated = any(days[name].null_count() < days.height for name in days.columns)
    if is_dated or rows.select("source", "export").is_duplicated().any():
        yield "the table deliveries tells when an export had changed"
    if (rows["fingerprint"].fill_null("") != "").any():
        yield "the table deliveries shows to whoever has an export that it is this one"


def _verdicts(told: Told) -> Iterator[str]:
    """That a check passed says that there is no such row; that it failed may prove one."""
    rows = _of_cases(told)
    gravest = told.release.table("verdicts").filter(pl.col("severity") == "critical")
    if not gravest["outcome"].is_in(["passed", "failed", "untold"]).all():
        yield "the table verdicts tells whether a critical check had anything to find"
    may_be = ["failed", "untold"] if told.method == "rounding" else ["untold"]
    if not rows["outcome"].is_in(may_be).all():
        yield "the table verdicts tells that a check found nothing, which is a count"
    up_to = pl.col("allowed").str.starts_with("Up to")
    critical = (pl.col("severity") == "critical") & (pl.col("cause") != "")
    bounding = told.release.table("verdicts").filter(up_to & critical)
    counted = rows.filter(up_to | pl.col("cause").is_in(bounding["cause"].to_list()))
    if not (counted["outcome"] == "untold").all():
        yield "the table verdicts tells of a check that holds two counts against each other"


# Of twenty scores at most one lies off its scale, or no figure of the surveys is told.
SCORES, OFF_ONE_IN = ("satisfied", "other", "unusable"), 20


def _bounded(told: Told) -> Iterator[str]:
    """That figures are told bounds how many scores lie off their scale."""
    own = told.cells.filter(
        (pl.col("metric") == "satisfaction") & pl.col("outcome").is_in(SCORES)
    )
    off, room = own.filter(pl.col("outcome") == "unusable"), told.base - 1
    if off.is_empty() or told.method != "rounding" or told.release.manifest.get("not_fit"):
        return
    every = own.filter(pl.col("breakdown") == "all")
    scores = every.group_by("month").agg(pl.col("n").sum())["n"] + room
    most = int(scores.sum()) // OFF_ONE_IN
    low, high = (off["n"] - room).clip(lower_bound=0), (off["n"] + room).clip(upper_bound=most)
    if (high - low < room).any():
        yield "of counts of answers that cannot be used, the share that is allowed tells more"
