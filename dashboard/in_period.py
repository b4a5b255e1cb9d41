"""How long cases would take at the pace of each quarter, in words, newest first."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.phrases import count, half_up, quarter_name
from dashboard.series import Subject
from metrics.release import Release

# Older quarters stand in the exported tables.
QUARTERS = 4
MEANING = (
    "How long half of them would take if all went on as in that quarter alone: whoever was"
    " waiting in it counts, whenever received, from the age already reached (Kaplan-Meier with"
    " late entry). It does not wait for young cases to end, and clearing old ones does not make"
    " it longer."
)


def sentences(release: Release, subject: Subject) -> list[str]:
    """The last quarters of a median for everybody or one unit; none where there are no rows."""
    found = (
        release.table("in_period")
        .filter(
            pl.col("metric") == subject.metric,
            pl.col("breakdown") == subject.breakdown,
            pl.col("level") == subject.level,
        )
        .sort("period_start", descending=True)
        .head(QUARTERS)
    )
    if subject.measure != "median":
        return []
    return [_told(release, row) for row in found.iter_rows(named=True)]


def _told(release: Release, row: Mapping[str, Any]) -> str:
    name = quarter_name(release, row["period_start"])
    ends = f"{count(row['ended'])} ends among {count(row['watched'])} watched"
    if row["state"] == "ok":
        return f"{name}: {_days(row['value'])} days{_interval(row)}; {ends}."
    return f"{name}: {row['reason']} {ends[0].upper()}{ends[1:]}."


def _interval(row: Mapping[str, Any]) -> str:
    if row["low"] is None:
        return ""
    if row["high"] is None:
        return f" (95% interval from {_days(row['low'])} days on)"
    return f" (95% interval {_days(row['low'])} to {_days(row['high'])})"


def _days(value: float) -> str:
    return f"{half_up(value, 1):g}"
