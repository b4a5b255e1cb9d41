"""The figures of an audit and their ranges, as `publish` comes to them, without publishing."""

from collections.abc import Sequence

import polars as pl

from checks.record import record
from checks.verdict import Verdict
from etl.store import Store
from etl.workspace import Workspace
from metrics.absent_rows import absent_rows
from metrics.catalog import METRICS
from metrics.consequences import consequences
from metrics.count import count
from metrics.disclosure.policy import Policy
from metrics.doubts import AT_FAULT, together
from metrics.estimate import estimate
from metrics.exposure import average_people, total_engagements
from metrics.figures import KEY, Setting
from metrics.metric import Metric, ProtectedCube
from metrics.periods import periods

BOUNDED = tuple(
    metric
    for metric in METRICS
    if metric.sum_of is None and (metric.doubted or metric.kind in {"rate", "deadline"})
)


def figures_and_ranges(
    store: Store, audit: Workspace, verdicts: dict[str, Verdict]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Figures that may have a range, and what the verdicts mean for them."""
    fingerprint = store.frame("select fingerprint from core.build").item()
    record(store, tuple(verdicts.values()), fingerprint=fingerprint)
    # Ranges are told of everybody and of each unit.
    setting = _setting(store, pl.lit(value=True), levels="breakdown = 'unit'")
    at_fault = [v for v in verdicts.values() if v.outcome in AT_FAULT]
    concerned = {name for verdict in at_fault for name in verdict.affects}
    bounded = [m for m in BOUNDED if not at_fault or m.name in concerned]
    # A rate's rows in doubt are counted with the time to resolution.
    bounded += [m for m in BOUNDED if m.kind == "rate" and m not in bounded]
    bounded += [m for m in BOUNDED if m.part_of and m not in bounded]
    cells = count(store, bounded).cells
    parts = {metric.name: metric.parts(audit.rules()) for metric in bounded}
    figures = estimate(ProtectedCube(together(cells), 1), bounded, parts, setting)
    policy = Policy(audience="committee", method="identity")
    rows = store.frame("select * from quality.verdicts")
    absent = absent_rows(store, bounded, policy)
    return figures, consequences(figures, cells, bounded, rows, absent, setting)


def _setting(store: Store, spans: pl.Expr, *, levels: str) -> Setting:
    """What figures are made for: these periods, and the levels that a condition names."""
    told = store.frame("select * from staging.parameters").row(0, named=True)
    covered = (told["coverage_from"], told["coverage_until"])
    calendar = periods(*covered, year_starts=1).filter(spans)
    return Setting(
        periods=calendar,
        levels=store.frame(f"select * from staging.levels where {levels}"),
        exposure=average_people(
            store.frame("select * from core.exposure"), calendar, coverage=covered
        ),
        engagements=total_engagements(store.frame("select * from core.engagements"), calendar),
        base=1,
        min_denominator=1,
    )


def whole_figures(
    store: Store, audit: Workspace, metrics: Sequence[Metric]
) -> dict[tuple[str, str, str], float | None]:
    """Every figure of everybody over the whole span, by metric, measure and part."""
    setting = _setting(store, pl.col("period") == "whole", levels="false")
    counted = [metric for metric in metrics if metric.sum_of is None]
    if not counted:
        return {}
    cells = count(store, counted).cells
    parts = {metric.name: metric.parts(audit.rules()) for metric in counted}
    figures = estimate(ProtectedCube(together(cells), 1), counted, parts, setting)
    return {
        (row["metric"], row["measure"], row["part"]): row["value"]
        for row in figures.iter_rows(named=True)
    }


PLACE = ("metric", "measure", *KEY)


def outside(ranges: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Stated ranges that leave out the figure of the clean exports.

    Rows that were left out belong to no known period: what they may do to a figure is told
    beside the whole span alone.
    """
    left_out = ranges.filter((pl.col("absent") > 0) & (pl.col("period") == "whole"))
    stated = ranges.filter(
        (pl.col("low").is_not_null() | pl.col("high").is_not_null())
        & (
            (pl.col("period") == "whole")
            | ~pl.col("metric").is_in(left_out["metric"].to_list())
        )
    )
    both = stated.join(truth.select(*PLACE, pl.col("value").alias("truth")), on=PLACE)
    margin = 1e-9
    return both.filter(
        (pl.col("truth") < pl.col("low") - margin) | (pl.col("truth") > pl.col("high") + margin)
    ).select(*PLACE, "low", "truth", "high", "checks")
