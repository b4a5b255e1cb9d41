"""What may be said of the quarter to come: a range, a comparison, and no single number."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.figure import months_after
from dashboard.phrases import count, half_up, in_words, quarter_name
from dashboard.series import Subject
from metrics.release import Release


def sentences(release: Release, subject: Subject) -> list[str]:
    """The outlook of a measure for everybody or one unit; none where there is no such row."""
    found = release.table("outlook").filter(
        pl.col("metric") == subject.metric,
        pl.col("breakdown") == subject.breakdown,
        pl.col("level") == subject.level,
    )
    if found.is_empty():
        return []
    row = found.row(0, named=True)
    if row["state"] != "ok":
        return [row["reason"]]
    return [_range(release, row), *_last_year(release, row), *_season(row)]


def _range(release: Release, row: Mapping[str, Any]) -> str:
    name = quarter_name(release, row["period_start"])
    plural = release.manifest["case_word_plural"]
    return (
        f"{name}: {count(row['low'])} to {count(row['high'])} {plural} would be no surprise, if"
        f" things go on as they are and the headcount stays (95% range, from"
        f" {in_words(row['quarters'])} quarters)."
    )


def _last_year(release: Release, row: Mapping[str, Any]) -> list[str]:
    if row["ratio"] is None:
        return []
    last, then = (
        quarter_name(release, months_after(row["period_start"], -months)) for months in (3, 15)
    )
    low, high = row["ratio_low"], row["ratio_high"]
    chance = "could be chance" if low <= 1 <= high else "more than chance explains"
    return [
        f"{last} had {_times(row['ratio'])} times as many per head as {then} (95% interval"
        f" {_times(low)} to {_times(high)}): {chance}."
    ]


def _season(row: Mapping[str, Any]) -> list[str]:
    if row["seasonal"] is None:
        return []
    if row["seasonal"]:
        return [
            "The quarters of a year differ: compare a quarter with the same one a year ago."
        ]
    return ["No season shows in the quarters so far."]


def _times(ratio: float) -> str:
    return f"{half_up(ratio, 2):.2f}"
