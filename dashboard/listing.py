"""Published figures as text for pipes and scripts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from dashboard import restatement
from dashboard.steps import Told
from etl.errors import WorkspaceError
from metrics.release import Release, open_release

# What a rate is per is not counted among cases, and is not rounded.
EXPOSED = {"per_100_people", "per_1000"}
COUNTS = ("numerator", "denominator")


def print_figures(
    path: Path,
    *,
    form: Literal["csv", "json"],
    wanted: Mapping[str, str],
    bounds: Literal["with", "without"] = "without",
) -> str:
    """The figures of a release whose columns equal what is wanted, as CSV or JSON.

    With bounds, each count has the least and the most that it may be beside it. Raises
    WorkspaceError where a name is not one that the release knows.
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
    if bounds == "with":
        figures = with_bounds(release, figures)
    figures = figures.select(
        pl.lit(release.id).alias("release"),
        pl.lit(release.audience).alias("audience"),
        pl.all(),
    )
    if form == "csv":
        return figures.write_csv()
    return json.dumps(figures.to_dicts(), indent=1, default=str) + "\n"


def with_bounds(release: Release, figures: pl.DataFrame) -> pl.DataFrame:
    """The figures with the least and the most that each of their counts may truly be.

    Null where there is no count, and of what is no count of cases.
    """
    spans = figures.select(
        "metric", "period", "period_start", "period_end", "breakdown", "level"
    ).unique()
    off = [
        release.counts_within(row[0], row[1], start=row[2], end=row[3], level=row[4:])
        for row in spans.iter_rows()
    ]
    units = release.table("definitions").select("metric", "measure", "unit_of_value")
    wide = figures.join(
        spans.with_columns(off=pl.Series(off, dtype=pl.Int64)),
        on=spans.columns,
        maintain_order="left",
    ).join(units, on=["metric", "measure"], how="left", maintain_order="left")
    is_case = {"numerator": pl.lit(value=True), "denominator": ~_exposed()}
    return wide.with_columns(
        *(
            pl.when(is_case[name])
            .then(pl.max_horizontal(pl.col(name) - pl.col("off"), pl.col(name) > 0))
            .alias(f"{name}_least")
            for name in COUNTS
        ),
        *(
            pl.when(is_case[name]).then(pl.col(name) + pl.col("off")).alias(f"{name}_most")
            for name in COUNTS
        ),
    ).drop("off", "unit_of_value")


def _exposed() -> pl.Expr:
    return pl.col("unit_of_value").is_in(list(EXPOSED))


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
