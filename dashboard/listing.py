"""Published figures as text for pipes and scripts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from dashboard import restatement
from dashboard.steps import Told
from etl.errors import WorkspaceError
from metrics.release import open_release


def print_figures(
    path: Path, *, form: Literal["csv", "json"], wanted: Mapping[str, str]
) -> str:
    """The figures of a release whose columns equal what is wanted, as CSV or JSON.

    Raises WorkspaceError where a name is not one that the release knows.
    """
    release = open_release(path)
    figures = release.table("figures")
    for column, value in wanted.items():
        known = figures[column].unique(maintain_order=True).to_list()
        if value not in known:
            raise WorkspaceError(
                f"the release has no {column} {value!r}; it has {', '.join(known)}"
            )
        figures = figures.filter(pl.col(column) == value)
    figures = figures.select(
        pl.lit(release.id).alias("release"),
        pl.lit(release.audience).alias("audience"),
        pl.all(),
    )
    if form == "csv":
        return figures.write_csv()
    return json.dumps(figures.to_dicts(), indent=1, default=str) + "\n"


def told_otherwise(path: Path) -> Told:
    """What a release says otherwise of the past than the one before it, and why."""
    release = open_release(path)
    rows = release.table("restatements").to_dicts()
    return Told(
        lines=tuple(restatement.lines(release)),
        data={
            "release": release.id,
            "compared_with": release.manifest["restated_from"],
            "figures": rows,
        },
    )
