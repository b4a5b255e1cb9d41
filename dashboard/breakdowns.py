"""One measure of a quarter for every level of a breakdown, as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import polars as pl

from dashboard.figure import Figure, base_of, find_figure, quarterly
from dashboard.markup import Cell, Column, figure_cell, plain, table, unit_signal_cell
from dashboard.phrases import count, withheld_words
from dashboard.wording import cases, counts_text, interval_text, quarter_in_words
from metrics.release import Release

# What the numerator and the denominator of a measure count, by metric or by measure.
COUNTED = {
    "time_to_resolution": ("Resolved", "Received"),
    "satisfaction": ("Satisfied", "Answered"),
    "response_rate": ("Answered", "Asked"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a breakdown: its name, its figure and how it compares with the others."""

    title: str
    figure: Figure
    compared: str


def breakdown(
    release: Release, metric: str, measure: str, part: str, quarter: date, by: str
) -> str:
    """Every level in the declared order, never ranked: the rank of a small unit is noise."""
    levels = levels_of(release, metric, measure, part, quarter, by)
    columns = columns_of(release, metric, measure, by)
    name = measure_title(release, metric, measure, part)
    caption = f"{name}, by {by}, {quarter_in_words(release, quarter)}"
    goal = goal_of(release, metric, measure, part)
    rows = [level_row(level, by, goal) for level in levels]
    base = base_of(release)
    notes = [f"Counts are rounded to multiples of {base}."] if base > 1 else []
    notes += why_withheld([level.figure for level in levels])
    note = f'<p class="ca-note">{escape(" ".join(notes))}</p>' if notes else ""
    return table(caption, columns, rows) + note


def why_withheld(figures: Sequence[Figure]) -> list[str]:
    """Why figures in a table are withheld, each reason once."""
    reasons = dict.fromkeys(f.reason for f in figures if f.state == "withheld")
    return [withheld_words(reason, "[c]: withheld") for reason in reasons]


def levels_of(
    release: Release, metric: str, measure: str, part: str, quarter: date, by: str
) -> list[Level]:
    """All together first, then each declared level, whether or not it has a figure."""
    declared = release.table("levels").filter(pl.col("breakdown") == by).sort("position")
    wanted: dict[str, str | date] = {
        "metric": metric,
        "measure": measure,
        "part": part,
        "period_start": quarter,
    }
    compared = {
        row["level"]: row["signal"]
        for row in release.table("signals")
        .filter(pl.col("against") == "units", breakdown=by, **wanted)
        .iter_rows(named=True)
    }
    whole = release.title_of("all", "all") if by == "unit" else f"All {cases(release, 2)}"
    names = [("all", "all", whole)]
    names += [(by, row["level"], row["title"]) for row in declared.iter_rows(named=True)]
    return [
        Level(
            title,
            find_figure(release, **wanted, breakdown=kind, level=level, period="quarter"),
            compared.get(level, ""),
        )
        for kind, level, title in names
    ]


def columns_of(release: Release, metric: str, measure: str, by: str) -> list[Column]:
    """Headings that name what was counted."""
    counted = COUNTED.get(measure) or COUNTED.get(metric) or ("On time", "Due")
    if metric == "report_frequency":
        counted = (cases(release, 2).capitalize(), "People")
    columns = [
        Column(by.capitalize()),
        Column(counted[1], "number"),
        Column(counted[0], "number"),
        Column(measure_word(release, metric, measure), "number"),
        Column("95% interval", "number"),
    ]
    return [*columns, Column("Against all units together")] if by == "unit" else columns


def goal_of(release: Release, metric: str, measure: str, part: str) -> float | None:
    """The target of the commitment a measure belongs to, if it has one."""
    found = release.table("commitments").filter(
        (pl.col("metric") == metric)
        & (pl.col("measure") == measure)
        & (pl.col("part").fill_null("") == part)
    )
    return float(found["target"][0]) if found.height else None


def level_row(level: Level, by: str, goal: float | None) -> list[Cell]:
    """One level; its counts are shown only where its figure is."""
    figure = level.figure
    shown = figure.state in {"ok", "not_reached"}
    interval = interval_text(figure)
    cells = [
        plain(level.title),
        count_cell(figure.denominator, figure, shown),
        count_cell(figure.numerator, figure, shown),
        figure_cell(figure, beside=goal),
        plain(interval or "–"),
    ]
    if by == "unit":
        whole = figure.breakdown == "all"
        cells.append(plain("–") if whole or not shown else unit_signal_cell(level.compared))
    return cells


def count_cell(n: float | None, figure: Figure, shown: object) -> Cell:
    """A count, or nothing where showing it would undo what the figure withholds."""
    if shown and n is not None:
        return plain(count(n))
    if figure.state == "withheld":
        return Cell('<span class="ca-none">[c]</span>', withheld=True)
    return plain("–")


def measure_title(release: Release, metric: str, measure: str, part: str) -> str:
    """What is broken down: the commitment or rule if it is one, else the measure."""
    for name, key in (("commitments", "part"), ("rules", "rule")):
        rows = release.table(name)
        if part and part in rows[key]:
            return str(rows.filter(pl.col(key) == part)["title"][0])
    return measure_word(release, metric, measure)


def measure_word(release: Release, metric: str, measure: str) -> str:
    """The measure's own title."""
    found = release.table("definitions").filter(
        (pl.col("metric") == metric) & (pl.col("measure") == measure)
    )
    return str(found["title"][0]) if found.height else measure.replace("_", " ").capitalize()


def by_unit(release: Release, quarter: date, measures: Sequence[tuple[str, str, str]]) -> str:
    """Several measures, each given as metric, measure and heading, for every unit."""
    declared = release.table("levels").filter(pl.col("breakdown") == "unit").sort("position")
    levels = [("all", release.title_of("all", "all"))]
    levels += [(row["level"], row["title"]) for row in declared.iter_rows(named=True)]
    figures = {
        level: [quarterly(release, quarter, level, *names[:2]) for names in measures]
        for level, _ in levels
    }
    columns = [Column("Unit"), *(Column(heading, "number") for *_, heading in measures)]
    rows = [
        [plain(title), *(figure_cell(f, counts_text(release, f)) for f in figures[level])]
        for level, title in levels
    ]
    caption = f"Four measures by unit, {quarter_in_words(release, quarter)}"
    notes = why_withheld([figure for row in figures.values() for figure in row])
    note = f'<p class="ca-note">{escape(" ".join(notes))}</p>' if notes else ""
    return table(caption, columns, rows) + note
