"""Filters of the page of all figures: each offers only what has been published."""

from dataclasses import dataclass
from datetime import date

import polars as pl
from streamlit.delta_generator import DeltaGenerator

from dashboard import frame, links, wording
from dashboard.series import Subject
from metrics.release import Release

_BREAKDOWNS = {"all": "All together"}
_PERIODS = {
    "month": "Months",
    "quarter": "Quarters",
    "year": "Years",
    "whole": "The whole time",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that has published figures, with its words."""

    subject: Subject
    title: str
    unit: str
    definition: str
    cohort: str


def measure(row: DeltaGenerator, release: Release) -> Measure:
    """Draw the filter of measures and return the one chosen."""
    found = {
        ".".join(part for part in key if part): key
        for key in release.table("figures")
        .select("metric", "measure", "part")
        .unique(maintain_order=True)
        .iter_rows()
    }
    described = {code: _described(release, Subject(*key)) for code, key in found.items()}
    titles = {code: each.title for code, each in described.items()}
    code = frame.pick(row, "figure", "Figure", titles, otherwise=next(iter(titles)))
    return described[code]


def breakdown(row: DeltaGenerator, release: Release, subject: Subject) -> str:
    """Draw the filter of breakdowns and return the one chosen."""
    held = list(_figures(release, subject)["breakdown"].unique(maintain_order=True))
    titles = {name: _BREAKDOWNS.get(name, f"By {name}") for name in held}
    return frame.pick(row, "by", "Breakdown", titles, otherwise=held[0])


def period(row: DeltaGenerator, release: Release, subject: Subject, by: str) -> str:
    """Draw the filter of period lengths and return the one chosen."""
    held = set(_figures(release, subject).filter(pl.col("breakdown") == by)["period"])
    titles = {name: words for name, words in _PERIODS.items() if name in held}
    first = "quarter" if "quarter" in titles else next(iter(titles))
    return frame.pick(row, "each", "Period", titles, otherwise=first)


def start(row: DeltaGenerator, release: Release, subject: Subject, by: str, each: str) -> date:
    """Draw the filter of periods of that length, newest first, and return its first day."""
    spans = (
        _figures(release, subject)
        .filter(pl.col("breakdown") == by, pl.col("period") == each)
        .select("period_start", "period_end", "complete")
        .unique()
        .sort("period_start", descending=True)
    )
    if each == "whole":
        return date.fromisoformat(str(spans["period_start"][0]))
    month = int(release.manifest["fiscal_year_start_month"])
    codes: dict[str, tuple[date, date]] = {
        links.period_code(each, first, fiscal_year_start_month=month): (first, last)
        for first, last, _ in spans.iter_rows()
    }
    titles = {code: wording.period_name(release, each, *ends) for code, ends in codes.items()}
    whole = spans.filter("complete")["period_start"].max()
    newest = next((code for code, ends in codes.items() if ends[0] == whole), next(iter(codes)))
    return codes[frame.pick(row, each, each.capitalize(), titles, otherwise=newest)][0]


def target(release: Release, subject: Subject) -> float | None:
    """The target of the commitment that a measure belongs to; None where it has none."""
    found = release.table("commitments").filter(
        pl.col("metric") == subject.metric,
        pl.col("measure") == subject.measure,
        pl.col("part").fill_null("") == subject.part,
    )
    return float(found["target"][0]) if found.height else None


def _figures(release: Release, subject: Subject) -> pl.DataFrame:
    return release.figures(metric=subject.metric, measure=subject.measure, part=subject.part)


def _described(release: Release, subject: Subject) -> Measure:
    rows = release.table("definitions").filter(
        pl.col("metric") == subject.metric, pl.col("measure") == subject.measure
    )
    held = rows.row(0, named=True) if rows.height else {}
    title = held.get("title") or wording.capital(subject.measure.replace("_", " "))
    prefix = _prefix(release, subject, held)
    return Measure(
        subject=subject,
        title=title if prefix == title else f"{prefix}: {title[:1].lower()}{title[1:]}",
        unit=held.get("unit_of_value") or "share",
        definition=held.get("definition") or "",
        cohort=held.get("cohort") or "",
    )


def _prefix(release: Release, subject: Subject, held: dict[str, str]) -> str:
    if subject.part:
        rules = release.table("rules").filter(pl.col("rule") == subject.part)
        if rules.height:
            return str(rules["title"][0])
        return wording.capital(subject.part.replace("_", " "))
    return held.get("metric_title") or wording.capital(subject.metric.replace("_", " "))
