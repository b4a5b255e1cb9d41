"""What became of corrective actions: in time or not, whether the figure changed, if it held."""

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import polars as pl

from dashboard.breakdowns import measure_title
from dashboard.charts import Axis
from dashboard.figure import base_of
from dashboard.markup import Cell, Column, badge, table, two_lines
from dashboard.phrases import (
    capital,
    count,
    day_text,
    in_words,
    listed,
    value_text,
)
from metrics.release import Release

Row = dict[str, Any]

TIMING = {
    "on_time": "done in time",
    "late": "done late",
    "overdue": "overdue",
    "open": "not due yet",
}
_TONES = {"on_time": "better", "late": "caution", "overdue": "concern", "open": "usual"}
_SYMBOLS = {"on_time": "✓", "late": "◆", "overdue": "■", "open": "–"}
EFFECTS = {
    "better": "It worked",
    "worse": "It became worse",
    "no_change": "No change can be seen",
    "too_rough": "Cannot say",
    "too_early": "Too early to say",
    "too_few": "Too few cases",
    "not_done": "Not done yet",
    "not_told": "Not told here",
}
_EFFECT_TONES = {"better": "better", "worse": "concern", "no_change": "caution"}
_EFFECT_SYMBOLS = {"better": "▲", "worse": "■", "no_change": "●"}
RECURRENCE = {
    "recurred": "It fell back within twelve months.",
    "not_recurred": "It held for twelve months.",
    "too_early": "Whether it holds for twelve months is not known yet.",
}
METHOD = (
    "Before is the year up to the day on which an action was accepted, and the months until it"
    " was done; after is the year from the month after that. A change counts only where its 99%"
    " interval leaves out no change, with months that differ by more than chance allowed for:"
    " of a hundred actions that do nothing at most three are then said to have worked."
    " Before six whole months have passed nobody says anything. That a figure changed after an"
    " action does not prove that the action changed it."
)


def rows_of(release: Release) -> list[Row]:
    """Every action that the audience is told of, the newest first."""
    return release.table("actions").sort("accepted_on", descending=True).to_dicts()


def why_nothing(release: Release) -> str:
    """Say why there are no actions, and how to write one down."""
    if base_of(release) > 1:
        return "No corrective action is told to the readers of this release."
    return (
        "No corrective action has been written down. When the committee accepts a gap and"
        " decides what to do about it, run: case-audit action add NAME."
    )


def about(release: Release) -> str:
    """What the page is about."""
    return (
        f"Gaps that were accepted, and what was decided about them, as of"
        f" {day_text(release.as_of)}."
    )


def headline(release: Release) -> str:
    """How many actions there are, and what became of them, as a panel."""
    rows = rows_of(release)
    late = any(row["timing"] == "overdue" for row in rows)
    tone = "concern" if late else "quiet"
    return (
        f'<section class="ca-panel ca-panel-{tone}">'
        f'<h2 class="ca-verdict">{escape(sentence(rows))}</h2>'
        f"<p>{escape(effect_sentence(rows))}</p></section>"
    )


def sentence(rows: list[Row]) -> str:
    """Say 'Of four actions, two were done in time, one was done late and one is overdue.'."""
    counts = {name: sum(row["timing"] == name for row in rows) for name in TIMING}
    said = [f"{in_words(n)} {_is(name, n)} {TIMING[name]}" for name, n in counts.items() if n]
    if len(rows) == 1:
        return f"One action: {TIMING[rows[0]['timing']]}."
    return f"Of {in_words(len(rows))} actions, {listed(said)}."


def effect_sentence(rows: list[Row]) -> str:
    """Say 'Of the three that are done, one worked, after one no change can be seen, ...'."""
    done = [row for row in rows if row["done_on"] is not None]
    if not done:
        return "None of them is done, so nothing can be said of what they changed."
    words = {
        "better": "{n} worked",
        "no_change": "after {n} no change can be seen",
        "worse": "after {n} it became worse",
        "too_early": "for {n} it is too early to say",
    }
    counts = {name: sum(row["effect"] == name for row in done) for name in words}
    said = [words[name].format(n=in_words(n)) for name, n in counts.items() if n]
    unknown = len(done) - sum(counts.values())
    said += [f"of {in_words(unknown)} nothing can be said"] if unknown else []
    fell_back = sum(row["recurrence"] == "recurred" for row in done)
    more = f" {capital(in_words(fell_back))} fell back within a year." if fell_back else ""
    noun = "the one that is" if len(done) == 1 else f"the {in_words(len(done))} that are"
    return f"Of {noun} done, {listed(said)}.{more}"


def listing(release: Release) -> str:
    """Each action with its owner, whether it is in time, and what it changed, as a table."""
    columns = [Column(title) for title in ("Action", "Owner", "In time?", "Did it work?")]
    body = [
        [
            two_lines(row["change"], f"{row['finding']} · {row['kind']}", size="bold"),
            two_lines(row["owner"], _days(row), size="plain"),
            _badge(TIMING, _TONES, _SYMBOLS, row["timing"]),
            _effect_cell(release, row),
        ]
        for row in rows_of(release)
    ]
    return table("Corrective actions, the newest first", columns, body)


def effect_words(release: Release, row: Row) -> str:
    """The effect in a sentence: 'It worked: 74% before, 95% after. It held ...'."""
    said = EFFECTS[row["effect"]]
    if row["effect"] in {"better", "worse", "no_change"}:
        said = f"{said}: {_side(release, row, 'before')} before, "
        said += f"{_side(release, row, 'after')} after."
        return f"{said} {RECURRENCE.get(row['recurrence'], '')}".strip()
    return f"{said}. {row['reason']}"


def subject(release: Release, row: Row) -> str:
    """The figure that the action should move, and whose."""
    title = measure_title(release, row["metric"], row["measure"], row["part"])
    if row["breakdown"] == "all":
        return title
    return f"{title}, {release.title_of(row['breakdown'], row['level'])}"


def axis_of(release: Release, row: Row) -> Axis:
    """How the figure of an action is written."""
    goals = release.table("commitments").filter(
        (pl.col("metric") == row["metric"])
        & (pl.col("measure") == row["measure"])
        & (pl.col("part") == row["part"])
    )
    target = goals["target"][0] if goals.height else None
    unit, title = _unit(release, row), subject(release, row)
    return Axis(unit, title, target, row["metric"], base_of(release))


def months(release: Release, action: str) -> pl.DataFrame:
    """The months of an action's figure, as a chart and a table of months take them.

    The usual range begins anew in the month after the action was done.
    """
    rows = release.table("action_months").filter(pl.col("action") == action).sort("month")
    return rows.select(
        pl.col("month").alias("period_start"),
        pl.col("month").dt.offset_by("1mo").alias("period_end"),
        "value",
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in ("low", "high")),
        pl.col("count").alias("numerator"),
        pl.col("of").alias("denominator"),
        pl.lit("ok").alias("state"),
        pl.lit("").alias("reason"),
        "centre",
        "lower",
        "upper",
        "signal",
    )


def event(row: Row) -> pl.DataFrame:
    """The day on which the action was done, as a chart marks an event."""
    done: date = row["done_on"]
    return pl.DataFrame(
        {
            "happened_on": [done],
            "month": [done.replace(day=1)],
            "letter": ["A"],
            "text": [f"{row['change']}; limits begin anew in the month after"],
            "owner": [row["owner"]],
            "part": [""],
            "level": [""],
        }
    )


def _effect_cell(release: Release, row: Row) -> Cell:
    words = EFFECTS[row["effect"]]
    mark = badge(
        _EFFECT_SYMBOLS.get(row["effect"], "–"),
        words,
        _EFFECT_TONES.get(row["effect"], "usual"),
    )
    below = effect_words(release, row).removeprefix(words).lstrip(":. ")
    below = f"{subject(release, row)}: {below}" if row["effect"] in _EFFECT_TONES else below
    return Cell(f'{mark}<span class="ca-small">{escape(below)}{_interval(row)}</span>')


def _interval(row: Row) -> str:
    """The interval of the change, for analysts."""
    if row["change_low"] is None or row["effect"] not in _EFFECT_TONES:
        return ""
    low, high = row["change_low"], row["change_high"]
    if row["measure"] in {"rate", "per_1000_engagements"}:
        return f" Times {low:.2f} to {high:.2f} (99% interval)."
    return f" Change: {_points(low)} to {_points(high)} points (99% interval)."


def _points(share: float) -> str:
    points = round(100 * share)
    return f"{'−' if points < 0 else '+' if points else ''}{abs(points)}"


def _side(release: Release, row: Row, side: str) -> str:
    value, k, n = (row[name] for name in (side, f"{side}_count", f"{side}_of"))
    unit, base = _unit(release, row), base_of(release)
    said = value_text(value, unit, base=base)
    if unit != "share":
        return said
    about = "about " if base > 1 else ""
    return f"{said} ({about}{count(k)} of {count(n)})"


def _unit(release: Release, row: Mapping[str, Any]) -> str:
    found = release.table("definitions").filter(
        (pl.col("metric") == row["metric"]) & (pl.col("measure") == row["measure"])
    )
    return str(found["unit_of_value"][0]) if found.height else "share"


def _days(row: Row) -> str:
    due = f"due on {day_text(row['due_on'])}"
    return f"done on {day_text(row['done_on'])}, {due}" if row["done_on"] else due


def _badge(
    words: Mapping[str, str], tones: Mapping[str, str], symbols: Mapping[str, str], code: str
) -> Cell:
    return Cell(badge(symbols[code], capital(words[code]), tones[code]))


def _is(timing: str, n: int) -> str:
    if timing in {"overdue", "open"}:
        return "is" if n == 1 else "are"
    return "was" if n == 1 else "were"
