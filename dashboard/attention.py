"""What a reader of the audit should look into: which charts it shows, and in what order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.figure import Standing, months_after, standings
from dashboard.phrases import quarter_name, unit_of
from dashboard.series import Subject
from metrics.release import Release

# From the most to the least urgent; a verdict that is not named here needs no attention.
_VERDICTS = ("not_met", "cannot_say", "just_missed")
_UNUSUAL = ("worse", "better", "higher", "lower")


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that needs attention: a commitment, or a measure that left its usual range."""

    subject: Subject
    title: str
    unit: str
    target: float | None = None
    standing: Standing | None = None
    signal: str = ""
    month: date | None = None


def matters(
    release: Release, quarter: date, level: str = "all", *, at_most: int = 4
) -> list[Matter]:
    """The most urgent findings of a quarter for a unit or for all, most urgent first."""
    kept = _commitments(release, quarter, level)
    promised = {(found.subject.metric, found.subject.measure) for found in kept}
    others = [
        found
        for found in _measures(release, quarter, level)
        if (found.subject.metric, found.subject.measure) not in promised
    ]
    return [*kept, *others][:at_most]


def nothing(release: Release, quarter: date, level: str = "all") -> str:
    """Say why a quarter has no matters: all is well, or too little is known."""
    name = quarter_name(release, quarter)
    verdicts = {standing.verdict for standing in standings(release, quarter, level)}
    if verdicts & {"met", "met_narrowly"}:
        return (
            f"Nothing in {name} calls for a closer look: no commitment that could be judged"
            " was missed, and no measure left its usual range."
        )
    who = release.title_of("all" if level == "all" else "unit", level)
    return f"{who}: too little is known of {name} to say what needs attention."


def _commitments(release: Release, quarter: date, level: str) -> list[Matter]:
    found = []
    for standing in standings(release, quarter, level):
        missed = standing.verdict in _VERDICTS
        if not missed and standing.change_signal != "worse":
            continue
        urgency = _VERDICTS.index(standing.verdict) if missed else len(_VERDICTS)
        figure = standing.figure
        subject = Subject(
            figure.metric, figure.measure, figure.part, figure.breakdown, figure.level
        )
        matter = Matter(
            subject=subject,
            title=standing.title,
            unit=unit_of(figure),
            target=standing.target,
            standing=standing,
            signal=standing.change_signal,
        )
        found.append((urgency, matter))
    return [matter for _, matter in sorted(found, key=lambda pair: pair[0])]


def _measures(release: Release, quarter: date, level: str) -> Iterator[Matter]:
    """Measures without a target of which a month of the quarter left its usual range."""
    unusual = release.table("signals").filter(
        pl.col("against") == "history",
        pl.col("level") == level,
        pl.col("breakdown") == ("all" if level == "all" else "unit"),
        pl.col("part") == "",
        pl.col("period_start").is_between(quarter, months_after(quarter, 2)),
        pl.col("signal").is_in(_UNUSUAL),
    )
    promised = set(release.table("commitments").select("metric", "measure").iter_rows())
    for definition in release.table("definitions").iter_rows(named=True):
        key = (definition["metric"], definition["measure"])
        rows = unusual.filter(pl.col("metric") == key[0], pl.col("measure") == key[1])
        if rows.is_empty() or key in promised:
            continue
        row = rows.row(-1, named=True)
        yield Matter(
            subject=Subject(*key, "", row["breakdown"], level),
            title=definition["title"],
            unit=definition["unit_of_value"],
            signal=row["signal"],
            month=row["period_start"],
        )
