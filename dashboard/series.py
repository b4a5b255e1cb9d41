"""Published figures arranged for a chart and its table; what was not published is null."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.release import Release

# Everything a reader could take a withheld number from.
_NUMBERS = ("value", "low", "high", "numerator", "denominator", "pending", "missing")
_LIMITS = ("centre", "lower", "upper")
_MONTHS_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Subject:
    """One measure of one metric for one level: what a chart is about."""

    metric: str
    measure: str
    part: str = ""
    breakdown: str = "all"
    level: str = "all"


def published(figures: pl.DataFrame) -> pl.DataFrame:
    """Null every number of a figure whose state is not ok, whatever the release holds."""
    shown = pl.col("state") == "ok"
    return figures.with_columns(
        pl.when(shown).then(pl.col(name)).alias(name) for name in _NUMBERS
    )


def monthly(release: Release, subject: Subject, *, until: date) -> pl.DataFrame:
    """The 24 months before `until`, oldest first, each with its usual range.

    Columns: period_start, value, numerator, denominator, state, reason, centre, lower,
    upper, signal.
    """
    figures = published(_of(release, subject, period="month")).filter(
        pl.col("period_start") < until, pl.col("complete")
    )
    signals = _signals(release, subject, period="month", against="history")
    return (
        figures.select(
            "period_start", "value", "numerator", "denominator", "state", "reason"
        )
        .join(signals, on="period_start", how="left", maintain_order="left")
        .sort("period_start")
        .tail(_MONTHS_SHOWN)
        .with_columns(
            pl.when(pl.col("state") == "ok").then(pl.col(name)).alias(name)
            for name in (*_LIMITS, "signal")
        )
        .with_columns(pl.col("signal").fill_null("usual"))
    )


def by_unit(release: Release, subject: Subject, *, quarter: date) -> pl.DataFrame:
    """One quarter's figure of every unit, best known first, with its limits.

    Columns: level, title, value, low, high, numerator, denominator, state, reason, centre,
    lower, upper, signal.
    """
    return by_level(release, subject, "unit", quarter=quarter)


def by_level(
    release: Release, subject: Subject, breakdown: str, *, quarter: date, period: str = "quarter"
) -> pl.DataFrame:
    """One period's figure of every level of a breakdown; columns as in `by_unit`."""
    whole = Subject(subject.metric, subject.measure, subject.part, breakdown)
    rows = published(
        release.figures(
            metric=whole.metric,
            measure=whole.measure,
            part=whole.part,
            breakdown=breakdown,
            period=period,
            period_start=quarter,
        )
    )
    limits = release.table("signals").filter(
        pl.col("metric") == whole.metric,
        pl.col("measure") == whole.measure,
        pl.col("part") == whole.part,
        pl.col("breakdown") == breakdown,
        pl.col("period") == period,
        pl.col("period_start") == quarter,
        pl.col("against") == "units",
    )
    titles = {level: release.title_of(breakdown, level) for level in rows["level"]}
    return (
        rows.with_columns(pl.col("level").replace_strict(titles, default=None).alias("title"))
        .join(limits.select("level", *_LIMITS, "signal"), on="level", how="left")
        .with_columns(
            pl.when(pl.col("state") == "ok").then(pl.col(name)).alias(name)
            for name in (*_LIMITS, "signal")
        )
        .with_columns(pl.col("signal").fill_null("usual"))
        .select(
            "level", "title", "value", "low", "high", "numerator", "denominator", "state",
            "reason", *_LIMITS, "signal",
        )
        .sort("value", descending=True, nulls_last=True)
    )  # fmt: skip


def marked_events(release: Release, subject: Subject, months: pl.DataFrame) -> pl.DataFrame:
    """Dated events that concern the subject and fall inside the months shown.

    Columns: happened_on, month (the first day of its month), letter, text, owner.
    """
    events = release.table("annotations")
    if months.is_empty() or events.is_empty():
        return events.clear().with_columns(
            pl.lit(None, pl.Date).alias("month"), pl.lit(None, pl.String).alias("letter")
        )
    first, last = months["period_start"][0], months["period_start"][-1]
    found = (
        events.with_columns(pl.col("happened_on").dt.truncate("1mo").alias("month"))
        .filter(
            pl.col("month").is_between(first, last),
            _blank_or("part", subject.part),
            _blank_or("level", subject.level) | (subject.breakdown == "all"),
        )
        .sort("happened_on")
    )
    letters = [chr(ord("A") + number % 26) for number in range(found.height)]
    return found.with_columns(pl.Series("letter", letters, dtype=pl.String))


def _blank_or(column: str, wanted: str) -> pl.Expr:
    held = pl.col(column).fill_null("")
    return (held == "") | (held == wanted)


def _of(release: Release, subject: Subject, *, period: str) -> pl.DataFrame:
    return release.figures(
        metric=subject.metric,
        measure=subject.measure,
        part=subject.part,
        breakdown=subject.breakdown,
        level=subject.level,
        period=period,
    )


def _signals(release: Release, subject: Subject, *, period: str, against: str) -> pl.DataFrame:
    return (
        release.table("signals")
        .filter(
            pl.col("metric") == subject.metric,
            pl.col("measure") == subject.measure,
            pl.col("part") == subject.part,
            pl.col("breakdown") == subject.breakdown,
            pl.col("level") == subject.level,
            pl.col("period") == period,
            pl.col("against") == against,
        )
        .select("period_start", *_LIMITS, "signal")
    )
