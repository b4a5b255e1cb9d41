"""Months that are still being entered, in words: a range, or not to be compared."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.phrases import count, share
from dashboard.series import Subject
from metrics.release import Release


def sentences(release: Release, subject: Subject) -> list[str]:
    """What the newest months may still come to; none where nothing is late, or for a part."""
    found = release.table("late_months").filter(pl.col("metric") == subject.metric)
    if found.is_empty() or subject.breakdown != "all":
        return []
    return [_told(release, row) for row in found.iter_rows(named=True)]


def _told(release: Release, row: Mapping[str, Any]) -> str:
    if row["state"] != "ok":
        return str(row["reason"])
    month = f"{row['month']:%B %Y}"
    plural = release.manifest["case_word_plural"]
    seen = f"{month}: {count(row['seen'])} {plural} so far"
    if row["grey"] or row["low"] is None:
        return f"{seen}, too little of what the month will come to for any comparison."
    return (
        f"{seen}, about {share(row['complete'])} of what the month will come to:"
        f" {count(row['low'])} to"
        f" {count(row['high'])} would be no surprise (95% range)."
    )
