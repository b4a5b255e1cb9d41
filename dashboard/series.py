"""Published figures arranged for a chart and its table; what was not published is null."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.release import Release

# Everything a reader could take a withheld number from.
_NUMBERS = ("value", "low", "high", "numerator", "denominator", "pending", "missing")
_SHOWN = ("value", "low", "high", "numerator", "denominator", "state", "reason")
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
    """The 24 months before `until`, oldest first; columns as `over_time` gives them."""
    months = over_time(release, subject, "month")
    return months.filter(pl.col("period_start") < until).tail(_MONTHS_SHOWN)


def over_time(release: Release, subject: Subject, period: str) -> pl.DataFrame:
    """Every whole period of one length, oldest first, each with its usual range.

    Columns: period_start, period_end, value, low, high, numerator, denominator, state,
    reason, centre, lower, upper, signal.
    """
    figures = release.figures(
        metric=subject.metric,
        measure=subject.measure,
        part=subject.part,
        breakdown=subject.breakdown,
        level=subject.level,
        period=period,
    )
    signals = _signals(release, subject, period, "history").filter(
        pl.col("level") == subject.level
    )
    whole = published(figures).filter(pl.col("complete") | (pl.lit(period) == "whole"))
    return _with_limits(whole, signals, on="period_start").select(
        "period_start", "period_end", *_SHOWN, *_LIMITS, "signal"
    ).sort("period_start")  # fmt: skip


def by_level(
    release: Release, subject: Subject, breakdown: str, *, start: date, period: str = "quarter"
) -> pl.DataFrame:
    """One period's figure of every level of a breakdown, the highest first.

    Columns: level, title, value, low, high, numerator, denominator, state, reason, centre,
    lower, upper, signal. The limits are those that chance would give a level of that size.
    """
    split = Subject(subject.metric, subject.measure, subject.part, breakdown)
    rows = published(
        release.figures(
            metric=split.metric,
            measure=split.measure,
            part=split.part,
            breakdown=breakdown,
            period=period,
            period_start=start,
        )
    )
    signals = _signals(release, split, period, "units").filter(pl.col("period_start") == start)
    titles = {level: release.title_of(breakdown, level) for level in rows["level"]}
    return (
        _with_limits(rows, signals, on="level")
        .with_columns(
            pl.col("level")
            .replace_strict(titles, default=None, return_dtype=pl.String)
            .alias("title")
        )
        .select("level", "title", *_SHOWN, *_LIMITS, "signal")
        .sort("value", descending=True, nulls_last=True)
    )


def marked_events(release: Release, subject: Subject, months: pl.DataFrame) -> pl.DataFrame:
    """Dated events that concern the subject and fall inside the months shown.

    Columns: happened_on, month (the first day of its month), letter, text, owner.
    """
    events = release.table("annotations")
    if months.is_empty():
        return no_events(release)
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


def no_events(release: Release) -> pl.DataFrame:
    """No events, with the columns of `marked_events`."""
    return release.table("annotations").with_columns(
        pl.lit(None, pl.Date).alias("month"), pl.lit(None, pl.String).alias("letter")
    )[:0]


def _blank_or(column: str, wanted: str) -> pl.Expr:
    held = pl.col(column).fill_null("")
    return (held == "") | (held == wanted)


def _with_limits(rows: pl.DataFrame, signals: pl.DataFrame, *, on: str) -> pl.DataFrame:
    shown = pl.col("state") == "ok"
    return (
        rows.join(signals.select(on, *_LIMITS, "signal"), on=on, how="left")
        .with_columns(
            pl.when(shown).then(pl.col(name)).alias(name) for name in (*_LIMITS, "signal")
        )
        .with_columns(pl.col("signal").fill_null("usual"))
    )


def _signals(release: Release, subject: Subject, period: str, against: str) -> pl.DataFrame:
    return release.table("signals").filter(
        pl.col("metric") == subject.metric,
        pl.col("measure") == subject.measure,
        pl.col("part") == subject.part,
        pl.col("breakdown") == subject.breakdown,
        pl.col("period") == period,
        pl.col("against") == against,
    )
