"""Cells of escalation compliance: sums of protected deadlines, never counted themselves."""

import polars as pl

from etl.rules import Deadline
from metrics.catalog.deadline_compliance import ESCALATION_COMPLIANCE

ESCALATED = "escalated"


def with_escalations(cells: pl.DataFrame, deadlines: tuple[Deadline, ...]) -> pl.DataFrame:
    """Add the cells of escalation compliance: of every rule that ends in an escalation."""
    rules = [rule.name for rule in deadlines if rule.to_kind == ESCALATED]
    escalations = (
        cells.filter(
            (pl.col("metric") == ESCALATION_COMPLIANCE.sum_of) & pl.col("part").is_in(rules)
        )
        .with_columns(
            pl.lit(ESCALATION_COMPLIANCE.name).alias("metric"), pl.lit("").alias("part")
        )
        .group_by("metric", "part", "breakdown", "level", "month", "outcome", "band")
        .agg(pl.col("n").sum())
        .sort("breakdown", "level", "month", "outcome")
    )
    return pl.concat([cells, escalations.select(cells.columns)])
