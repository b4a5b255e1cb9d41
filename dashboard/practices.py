"""Which practices of the programme the data cannot speak of: a finding of its own."""

import polars as pl

from dashboard.grids import grid
from dashboard.phrases import listed
from metrics.release import Release


def sentence(release: Release) -> str:
    """How many practices cannot be assessed, and which."""
    rows = release.table("practices")
    absent = rows.filter(pl.col("state") == "not_assessable").sort("number")
    if absent.is_empty():
        return "Something is recorded of every practice."
    names = listed([name.lower() for name in absent["name"]])
    return (
        f"{absent.height} of {rows.height} practices of an ethics programme cannot be assessed,"
        f" because nothing that shows them is recorded: {names}. Nobody can say whether they"
        " are kept."
    )


OR_ACTIONS = (
    "Training, a changed policy or a changed workflow that was decided after a gap can be"
    " written down as a corrective action instead; the page Actions then follows it."
)


def to_record(release: Release) -> str:
    """What to record so that each practice can be assessed, as a table; or nothing."""
    rows = release.table("practices").filter(pl.col("state") != "assessable").sort("number")
    if rows.is_empty():
        return ""
    body = [
        (row["name"], row["question"], ", ".join(row["missing"]).replace("_", " "))
        for row in rows.iter_rows(named=True)
    ]
    return grid("What to record", ("Practice", "Question", "To record"), body)
