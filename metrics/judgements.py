"""Columns of a release's tables about checks: verdicts, and how wrong figures could be."""

import polars as pl

JUDGEMENTS: dict[str, dict[str, pl.DataType]] = {
    "verdicts": {
        "name": pl.String(),
        "title": pl.String(),
        "why": pl.String(),
        "about": pl.String(),
        "severity": pl.String(),
        "outcome": pl.String(),
        "failing": pl.Int64(),
        "examined": pl.Int64(),
        "allowed": pl.String(),
        "since": pl.Date(),
        "affects": pl.List(pl.String()),
        "remedy": pl.String(),
        "doubt": pl.String(),
        "cause": pl.String(),
        "topic": pl.String(),
        "owner": pl.String(),
        "statement": pl.String(),
    },
    # One row per figure of everybody and of each unit: may it be used, how wrong may it be?
    "consequences": {
        "metric": pl.String(),
        "measure": pl.String(),
        "part": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "period": pl.String(),
        "period_start": pl.Date(),
        "affected": pl.Int64(),
        "absent": pl.Int64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "use": pl.String(),
        "checks": pl.List(pl.String()),
        "reason": pl.String(),
    },
    # One row per check and run, the newest twelve of different data, oldest first.
    "check_history": {
        "name": pl.String(),
        "run": pl.Int32(),
        "as_of": pl.Date(),
        "outcome": pl.String(),
        "failing": pl.Int64(),
    },
    # One row per cause that made checks fail in runs that follow each other.
    "incidents": {
        "cause": pl.String(),
        "title": pl.String(),
        "severity": pl.String(),
        "owner": pl.String(),
        "status": pl.String(),
        "first_seen": pl.Date(),
        "last_seen": pl.Date(),
        "runs": pl.Int32(),
    },
    # Where rows that break a claim stand, counted; one row per check, field and level.
    "fault_places": {
        "name": pl.String(),
        "breakdown": pl.String(),
        "level": pl.String(),
        "failing": pl.Int64(),
    },
    # Rows that break a claim, as delivery and line: for the committee alone.
    "row_places": {
        "name": pl.String(),
        "source": pl.String(),
        "export": pl.String(),
        "snapshot": pl.Int32(),
        "line": pl.Int64(),
        "happened_on": pl.Date(),
    },
}
