"""What was done to protect the people in a release, in words, and how exact its counts are."""

from datetime import date

from dashboard.figure import base_of
from dashboard.grids import grid
from dashboard.phrases import period_name
from metrics.release import Release

BOUNDS = "How far a count may be from the truth"


def in_brief(release: Release) -> str:
    """How counts are protected, without when their totals are how far off."""
    held = release.manifest
    return held.get("method_in_brief", held["method_sentence"]).strip()


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
        looser = (
            " In some quarters totals are further off than single counts:"
            f" “{BOUNDS}” says in which, and by how much."
        )
    return f"Counts are rounded to multiples of {base}, so they are approximate.{looser}"


def bounds(release: Release) -> str:
    """How far at most the truth is from each metric's counts, by quarter and year."""
    named = (
        release.table("definitions")
        .select("metric", "metric_title")
        .unique(maintain_order=True)
    )
    told = release.figures(breakdown="all")
    titles = {
        metric: title for metric, title in named.iter_rows() if metric in set(told["metric"])
    }
    rows = []
    for period in ("quarter", "year"):
        spans = told.filter(period=period).select("period_start", "period_end").unique()
        rows += [
            (
                _whose(release, period, start, end),
                *(
                    f"{release.counts_within(metric, period, start=start, end=end):,}"
                    for metric in titles
                ),
            )
            for start, end in spans.sort("period_start", descending=True).iter_rows()
        ]
    return grid(f"{BOUNDS}, at most", ("Counts of", *titles.values()), rows)


def _whose(release: Release, period: str, start: date, end: date) -> str:
    name = period_name(release, period, start, end)
    return f"{name} and its months" if period == "quarter" else name
