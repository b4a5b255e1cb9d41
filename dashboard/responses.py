"""Who answered, in words: a minority, or people whose cases ended in one way."""

import polars as pl

from dashboard.phrases import quarter_name, share
from dashboard.series import Subject
from metrics.release import Release

DIFFERS = 0.05


def sentences(release: Release, subject: Subject) -> list[str]:
    """What non-response may hide in the newest quarter; none for other measures and parts."""
    found = release.table("responses").filter(
        pl.col("metric") == subject.metric, pl.col("period") == "quarter"
    )
    if found.is_empty() or subject.breakdown != "all" or subject.measure != "top_two":
        return []
    row = found.sort("period_start").row(-1, named=True)
    name = quarter_name(release, row["period_start"])
    said = [f"{name}: {share(row['response_rate'])} of those asked answered."]
    if row["p_value"] is not None and row["p_value"] < DIFFERS:
        said.append("Who answers depends on how the case ended, by more than chance explains.")
    if row["state"] == "not_assessable":
        said.append(row["reason"])
    if row["state"] == "ok":
        said.append(
            f"Had all answered like those with the same outcome, {share(row['weighed'])} would"
            f" be satisfied (95% interval {share(row['low'])} to {share(row['high'])}), beside"
            f" {share(row['raw'])} of those who did."
        )
    return said
