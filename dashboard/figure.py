"""Rows of a release with their types: figures, signals, commitments and their results."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

import polars as pl

from metrics.release import Release


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number: what it is about, its value or why there is none.

    `base` is what the counts behind it are rounded to; 1 where they are exact.
    """

    metric: str
    measure: str
    part: str
    breakdown: str
    level: str
    period: str
    period_start: date | None
    period_end: date | None
    complete: bool | None
    value: float | None
    low: float | None
    high: float | None
    numerator: int | None
    denominator: float | None
    pending: int | None
    missing: int | None
    worst: float | None
    best: float | None
    state: str
    reason: str
    base: int = 1

    @classmethod
    def of(cls, row: Mapping[str, Any], base: int = 1) -> Self:
        """Make a figure of a row of the release's figures."""
        values: dict[str, Any] = {field.name: row.get(field.name) for field in fields(cls)}
        return cls(**{**values, "base": base})


@dataclass(frozen=True, slots=True)
class Signal:
    """A value with the limits within which it would be usual; `base` as a figure has it."""

    period_start: date
    level: str
    value: float
    centre: float | None
    lower: float | None
    upper: float | None
    signal: str
    reason: str
    base: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A commitment with its result in one quarter and the figure behind it."""

    commitment: str
    title: str
    target: float
    owner: str
    verdict: str
    short_by: int | None
    previous: float | None
    change_signal: str
    assurance: str
    figure: Figure


def find_figure(release: Release, **wanted: str | date) -> Figure:
    """The one figure whose columns equal what is wanted; `no_data` where there is none."""
    found = release.figures(**wanted)
    if found.height:
        return Figure.of(found.row(0, named=True), base_of(release))
    absent = {"part": "", "state": "no_data", "reason": "There is no figure for this."}
    return Figure.of({**absent, **wanted}, base_of(release))


def at_level(level: str) -> dict[str, str]:
    """The breakdown and level of a unit, or of all units together."""
    return {"breakdown": "all" if level == "all" else "unit", "level": level}


def quarterly(
    release: Release, quarter: date, level: str, metric: str, measure: str, part: str = ""
) -> Figure:
    """A figure of one quarter for a unit or for all."""
    return find_figure(
        release,
        metric=metric,
        measure=measure,
        part=part,
        period="quarter",
        period_start=quarter,
        **at_level(level),
    )


def standings(release: Release, quarter: date, level: str = "all") -> list[Standing]:
    """Every commitment in its declared order, with its result in the quarter."""
    results = release.table("results").filter(
        (pl.col("period_start") == quarter) & (pl.col("level") == level)
    )
    found = {row["commitment"]: row for row in results.iter_rows(named=True)}
    commitments = release.table("commitments").sort("position").iter_rows(named=True)
    return [
        standing_of(release, quarter, level, row, found.get(row["commitment"], {}))
        for row in commitments
    ]


def standing_of(
    release: Release,
    quarter: date,
    level: str,
    commitment: Mapping[str, Any],
    result: Mapping[str, Any],
) -> Standing:
    """A commitment with its result; without a result it has no data."""
    return Standing(
        commitment=commitment["commitment"],
        title=commitment["title"],
        target=commitment["target"],
        owner=commitment["owner"] or "",
        verdict=result.get("verdict") or "no_data",
        short_by=result.get("short_by"),
        previous=result.get("previous"),
        change_signal=result.get("change_signal") or "",
        assurance=result.get("assurance") or "",
        figure=quarterly(
            release,
            quarter,
            level,
            commitment["metric"],
            commitment["measure"],
            commitment["part"] or "",
        ),
    )


def signals(
    release: Release, wanted: Mapping[str, str | date], *, against: str
) -> list[Signal]:
    """Signals against `history` or `units` whose columns equal what is wanted, oldest first."""
    chosen = release.table("signals").filter(pl.col("against") == against)
    for column, value in wanted.items():
        chosen = chosen.filter(pl.col(column) == value)
    chosen = chosen.filter(pl.col("value").is_not_null()).sort("period_start")
    names = [field.name for field in fields(Signal) if field.name in chosen.columns]
    base = base_of(release)
    return [Signal(**row, base=base) for row in chosen.select(names).iter_rows(named=True)]


def history(release: Release, figure: Figure, quarter: date) -> list[Signal]:
    """The 24 months of a figure up to the end of the quarter, oldest first."""
    end, start = months_after(quarter, 3), months_after(quarter, -21)
    names = ("metric", "measure", "part", "breakdown", "level")
    wanted = {name: getattr(figure, name) for name in names}
    found = signals(release, wanted, against="history")
    # A month that may not be printed may not be drawn either.
    months = release.figures(**wanted, period="month", state="ok")
    shown = set(months["period_start"])
    return [m for m in found if start <= m.period_start < end and m.period_start in shown]


def months_after(start: date, months: int) -> date:
    """First day of the month that many months after the month of `start`."""
    index = start.year * 12 + start.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def base_of(release: Release) -> int:
    """What counts are rounded to; 1 where they are exact."""
    return int(release.manifest.get("base", "1"))
