"""Cells of escalation compliance: sums of protected deadlines, never counted a second time."""

import polars as pl

from etl.rules import Deadline
from metrics.catalog.deadline_compliance import ESCALATION_COMPLIANCE
from metrics.metric import ProtectedCube

ESCALATED = "escalated"


def summed(deadlines: tuple[Deadline, ...]) -> dict[str, int]:
    """Of how many rules escalation compliance is the sum, where it is of more than one."""
    rules = {rule.name for rule in deadlines if rule.to_kind == ESCALATED}
    return {ESCALATION_COMPLIANCE.name: len(rules)} if len(rules) > 1 else {}


def with_escalations(cube: ProtectedCube, deadlines: tuple[Deadline, ...]) -> ProtectedCube:
    """Add the cells of escalation compliance: of every rule that ends in an escalation.

    A sum of which anything is withheld is withheld.
    """
    rules = [rule.name for rule in deadlines if rule.to_kind == ESCALATED]
    escalations = (
        cube.cells.filter(
            (pl.col("metric") == ESCALATION_COMPLIANCE.sum_of) & pl.col("part").is_in(rules)
        )
        .with_columns(
            pl.lit(ESCALATION_COMPLIANCE.name).alias("metric"), pl.lit("").alias("part")
        )
        .group_by("metric", "part", "breakdown", "level", "month", "outcome", "band")
        .agg(pl.when(pl.col("n").null_count() == 0).then(pl.col("n").sum()))
        .sort("breakdown", "level", "month", "outcome")
    )
    cells = pl.concat([cube.cells, escalations.select(cube.cells.columns)])
    return ProtectedCube(cells=cells, base=cube.base)
