"""The tables of a release as protection needs them: what each metric's counts are tied to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from etl.rules import Rules
from metrics.delays import DEADLINES, arrivals, delays, scopes
from metrics.disclosure.tables import Table
from metrics.doubts import KINDS, kinds_of, outcomes_with, subtotals_with
from metrics.metric import Metric
from metrics.nests import nests
from metrics.running_out import Ends

NOT_DUE = "not_due"


def declared(
    metrics: Sequence[Metric],
    rules: Rules,
    ends: Ends,
    *,
    since: date,
    verdicts: pl.DataFrame,
    doubted: Mapping[str, set[str]],
) -> list[Table]:
    """The tables of a release from that day on; escalations are sums of protected deadlines.

    Counts in doubt are told apart by the `verdicts`, and where they were before (`doubted`).
    """
    kinds = {metric.name: _kinds(metric, verdicts, doubted) for metric in metrics}
    plain = [
        Table(
            metric=metric.name,
            outcomes=outcomes_with(metric.outcomes, kinds[metric.name]),
            parts=metric.parts(rules),
            subtotals=subtotals_with(metric.outcomes, metric.subtotals, kinds[metric.name]),
            timed=metric.kind == "survival",
            part_of=metric.part_of,
            stocks=outcomes_with((NOT_DUE,), KINDS),
            follows=metric.follows,
            after_closing=metric.kind == "survey",
        )
        for metric in metrics
        if metric.sum_of is None
    ]
    return [
        replace(
            table,
            delays=delays(rules, since, ends),
            arrivals=arrivals(rules, since, ends),
            nests=nests(rules, since, ends),
            scopes=scopes(rules),
        )
        if table.metric == DEADLINES
        else table
        for table in plain
    ]


def _kinds(
    metric: Metric, verdicts: pl.DataFrame, doubted: Mapping[str, set[str]]
) -> tuple[str, ...]:
    known = {*kinds_of(verdicts, metric.name), *doubted.get(metric.name, ())}
    return tuple(kind for kind in KINDS if kind in known and metric.doubted)
