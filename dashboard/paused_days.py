"""How many of the days on which cases were open they stood paused, in words, newest first."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.phrases import count, quarter_name, share
from dashboard.series import Subject
from metrics.release import Release

# Older quarters stand in the exported tables.
QUARTERS = 4
METRICS = ("backlog", "paused_deadlines")
MEANING = (
    "Days on which cases were open and stood paused, of all days on which they were open: cases"
    " times days, whatever the rules make of a pause. Stopping a clock is the easiest way to"
    " meet a deadline."
)


def sentences(release: Release, subject: Subject) -> list[str]:
    """The last quarters for everybody or one unit; none where there are no rows."""
    if subject.metric not in METRICS:
        return []
    found = (
        release.table("paused_days")
        .filter(
            pl.col("breakdown") == subject.breakdown,
            pl.col("level") == subject.level,
        )
        .sort("period_start", descending=True)
        .head(QUARTERS)
    )
    return [_told(release, row) for row in found.iter_rows(named=True)]


def _told(release: Release, row: Mapping[str, Any]) -> str:
    name = quarter_name(release, row["period_start"])
    beside = ""
    if row["unrecorded"]:
        beside = f" Of {count(row['unrecorded'])} days more no export records pauses."
    if row["state"] != "ok":
        return f"{name}: {row['reason']}"
    return (
        f"{name}: {share(row['share'])} of the days ({count(row['paused'])} of"
        f" {count(row['open'])}).{beside}"
    )
