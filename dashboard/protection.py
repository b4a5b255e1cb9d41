"""What was done to protect the people in a release, in words, and how exact its counts are."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.figure import base_of, months_after
from dashboard.grids import grid
from dashboard.phrases import period_name
from metrics.release import Release

BOUNDS = "How far a count may be from the truth"
_LOOSER = " In some quarters totals are further off than single counts."


def in_brief(release: Release) -> str:
    """How counts are protected, without when their totals are how far off."""
    held = release.manifest
    return held.get("method_in_brief", held["method_sentence"]).strip()


def where_alone(release: Release) -> str:
    """The same where nothing else says that totals may be further off than single counts."""
    return f"{in_brief(release)}{_LOOSER if release.manifest.get('loose') else ''}"


def audience_sentence(release: Release) -> str:
    """Who the release is for and what was done to protect the people in it."""
    return f"Made for the {release.audience.replace('_', ' ')}. {in_brief(release)}".strip()


def base_sentence(release: Release) -> str:
    """What rounding does to counts, and where it says by how much; empty if they are exact."""
    base = base_of(release)
    if base == 1:
        return ""
    looser = ""
    if release.manifest.get("loose"):
        looser = f"{_LOOSER[:-1]}: “{BOUNDS}” says in which, and by how much."
    return f"Counts are rounded to multiples of {base}, so they are approximate.{looser}"


@dataclass(frozen=True, slots=True)
class Bound:
    """How far at most the truth is from the counts of a metric in a quarter or a year.

    Sums of a quarter's months may be further off than those of the quarter, or nearer.
    """

    metric: str
    title: str
    period: str
    start: date
    end: date
    within: int
    within_months: int | None

    @property
    def is_alike(self) -> bool:
        """Whether counts of its months are as near as its own."""
        return self.within_months in {None, self.within}


def bounds_of(release: Release) -> list[Bound]:
    """The bounds of all counts, metric by metric, those of quarters first, the newest first."""
    told = release.figures(breakdown="all")
    named = release.table("definitions").select("metric", "metric_title")
    spans = (
        told.filter(pl.col("period").is_in(["quarter", "year"]))
        .select("period", "period_start", "period_end")
        .unique()
        .sort("period", "period_start", descending=[False, True])
    )
    metrics = set(told["metric"])
    return [
        Bound(
            *(metric, title, period, start, end),
            release.counts_within(metric, period, start=start, end=end),
            release.counts_within(metric, "month", start=start, end=months_after(start, 1))
            if period == "quarter"
            else None,
        )
        for metric, title in named.unique(maintain_order=True).iter_rows()
        if metric in metrics
        for period, start, end in spans.iter_rows()
    ]


def bounds(release: Release) -> str:
    """The same as a table: a row for each quarter and year, a column for each metric.

    Months have a row of their own where any of them is not as near as the quarter.
    """
    found = bounds_of(release)
    titles = dict.fromkeys(each.title for each in found)
    apart = {(each.period, each.start) for each in found if not each.is_alike}
    rows: dict[str, list[str]] = {}
    for each in found:
        is_apart = (each.period, each.start) in apart
        for name, within in told_of(release, each, apart=is_apart):
            rows.setdefault(name, []).append(f"{within:,}")
    body = [(name, *within) for name, within in rows.items()]
    return grid(f"{BOUNDS}, at most", ("Counts of", *titles), body)


def told_of(release: Release, bound: Bound, *, apart: bool) -> list[tuple[str, int]]:
    """Of which counts a bound is, and how far: of 'Q3 2026 and its months', of '2026'.

    Its months are told `apart` as 'Months of Q3 2026'.
    """
    name = period_name(release, bound.period, bound.start, bound.end)
    if bound.within_months is None:
        return [(name, bound.within)]
    if not apart:
        return [(f"{name} and its months", bound.within)]
    return [(name, bound.within), (f"Months of {name}", bound.within_months)]
