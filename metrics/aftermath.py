"""Columns of a release's tables about what came of earlier ones: restatements and actions."""

import polars as pl

AFTERMATH: dict[str, dict[str, pl.DataType]] = {
    # One row per figure of a past quarter that moved since the last release, and cause.
    "restatements": {
        "metric": pl.String(),
        "measure": pl.String(),
        "part": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "period": pl.String(),
        "period_start": pl.Date(),
        "cause": pl.String(),
        "before": pl.Float64(),
        "now": pl.Float64(),
        "by": pl.Float64(),
        "count_before": pl.Int64(),
        "count_now": pl.Int64(),
        "count_by": pl.Int64(),
        "of_before": pl.Float64(),
        "of_now": pl.Float64(),
        "of_by": pl.Float64(),
    },
    # One row per metric, rule, calendar, procedure and promise: as which version it was
    # declared.
    "versions": {
        "kind": pl.String(),
        "name": pl.String(),
        "version": pl.String(),
    },
    # One row per corrective action accepted by the as-of day that the audience is told of.
    "actions": {
        "action": pl.String(),
        "finding": pl.String(),
        "change": pl.String(),
        "kind": pl.String(),
        "owner": pl.String(),
        "metric": pl.String(),
        "measure": pl.String(),
        "part": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "accepted_on": pl.Date(),
        "due_on": pl.Date(),
        "done_on": pl.Date(),
        "timing": pl.String(),
        "effect": pl.String(),
        "reason": pl.String(),
        "before_from": pl.Date(),
        "before_until": pl.Date(),
        "before": pl.Float64(),
        "before_count": pl.Int64(),
        "before_of": pl.Float64(),
        "after_from": pl.Date(),
        "after_until": pl.Date(),
        "after": pl.Float64(),
        "after_count": pl.Int64(),
        "after_of": pl.Float64(),
        "change_low": pl.Float64(),
        "change_high": pl.Float64(),
        "recurrence": pl.String(),
    },
    # One row per action that is done and month of its figure, limits anew from then on.
    "action_months": {
        "action": pl.String(),
        "month": pl.Date(),
        "side": pl.String(),
        "count": pl.Int64(),
        "of": pl.Float64(),
        "value": pl.Float64(),
        "centre": pl.Float64(),
        "lower": pl.Float64(),
        "upper": pl.Float64(),
        "signal": pl.String(),
    },
}
