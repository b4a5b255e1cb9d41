"""Where the process fails in one quarter: the gaps by weight, by unit, and the waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import polars as pl

from dashboard.figure import Figure
from dashboard.markup import Cell, Column, plain, table, two_lines, without_value
from dashboard.phrases import (
    SIGNAL_SYMBOLS,
    capital,
    count,
    days,
    listed,
    quarter_name,
    share,
)
from metrics.release import Release

# What happened to so many cases in a step, in the order in which gaps are declared.
_SAID = {
    "skipped": "have no record of this step",
    "out_of_order": "took a later step before this one",
    "same_person": "had both steps done by one person",
    "bounced": "left this step and came back to it",
    "repeated": "took this step more than once",
    "triage_incomplete": "were triaged without one of the acts that make a triage whole",
    "not_followed_up": "had no answer to this within its days",
    "discipline_absent": "had no conference with this discipline in time",
    "without_news": "left this person without news for too long",
    "not_served": "were referred to this partner and not served in time",
    "check_missed": "had no check for retaliation at this time",
    "no_exit_plan": "saw a service end without a plan",
    "not_reviewed": "were not looked at by a supervisor for too long",
    "milestone_missed": "did not keep a day that was announced",
    "harmed": "had this harm recorded within the days it is watched for",
    "left_to_others": "were reviewed from outside without a decision of our own",
    "no_consequence": "were found true, and nothing followed in time",
    "thin_evidence": "were decided on too few sources",
    "noted_late": "have a note that was written too late",
    "came_again": "were settled by coaching, and their subject was reported again",
    "short_handed": "are open and nobody has time for them",
}
_HEADED = {
    "skipped": "the step “{}” is skipped",
    "out_of_order": "the step “{}” is done out of order",
    "same_person": "“{}” are done by the same person",
    "bounced": "{word} come back to the step “{}”",
    "repeated": "the step “{}” is done again",
    "triage_incomplete": "the {} is not whole",
    "not_followed_up": "“{}” is not followed up in time",
    "discipline_absent": "“{}” is not at the table",
    "without_news": "the {} is left without news",
    "not_served": "people referred to the {} are not served in time",
    "check_missed": "no check for retaliation {}",
    "no_exit_plan": "a service ends without a plan",
    "not_reviewed": "no supervisor looks at {word} for too long",
    "milestone_missed": "what was announced is not kept",
    "harmed": "harm is done: {}",
    "left_to_others": "{word} are reviewed from outside and not decided by us",
    "no_consequence": "{word} are found true and nothing follows",
    "thin_evidence": "{word} are decided on too few sources",
    "noted_late": "notes are written too late",
    "came_again": "people are reported again after coaching",
    "short_handed": "open {word} are short of hands",
}
_WAITS = "days_in_step"
_MARKS = {"worse": "concern", "better": "better"}
KEY = (
    '<p class="ca-key"><span>■ more than chance explains for a unit of its size</span>'
    "<span>▲ less than chance explains</span><span>● could be chance</span></p>"
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap of a quarter: how many cases, and the unit that may be named for it."""

    metric: str
    part: str
    title: str
    cases: int
    judged: int
    changed: bool
    unit: str
    unit_cases: int | None
    unit_judged: int | None
    named_by: str
    days: int | None

    @property
    def code(self) -> str:
        """How an address names it."""
        return f"{self.metric}.{self.part}"

    @property
    def counts(self) -> str:
        """Its cases of those judged."""
        return _counts(self.cases, self.judged)


def gaps_of(release: Release, quarter: date) -> list[Gap]:
    """The gaps that were judged in the quarter, the one with most cases first."""
    titles = _titles(release)
    rows = release.table("gaps").filter(pl.col("period_start") == quarter).sort("rank")
    return [
        Gap(
            title=f"{step(row['part'])}: {titles[row['metric']].lower()}",
            **{name: row[name] for name in Gap.__dataclass_fields__ if name != "title"},
        )
        for row in rows.iter_rows(named=True)
    ]


def step(part: str) -> str:
    """A step, or two of them, in words."""
    return capital(part.replace("_", " "))


def why_nothing(release: Release) -> str:
    """Why a release tells of no gap."""
    if release.manifest["method"] != "identity":
        return (
            "Where the process fails is told to the committee, whose counts are exact. The same"
            " cases are counted by other figures of this release, and rounding them a second"
            " time would narrow what the first rounding leaves open."
        )
    return (
        "No step could be judged. Either the workspace declares no [procedure] in rules/, or no"
        " case of this quarter has come so far."
    )


def headline(release: Release, quarter: date, found: list[Gap]) -> str:
    """The one step that failed most, with a unit only where chance does not explain it."""
    name = quarter_name(release, quarter)
    there = [gap for gap in found if gap.cases]
    if not there:
        judged = len(found)
        return _panel(
            "better",
            f"No gap was found in the {release.manifest['case_word_plural']} of {name}.",
            [f"{judged} kinds of gap were judged, step by step."],
        )
    first = there[0]
    said = [_sentence(release, first), _whose(release, first)]
    if len(there) > 1:
        said.append(f"Then: {listed([f'{gap.title} ({gap.counts})' for gap in there[1:3]])}.")
    if slowest := _slowest(there):
        said.append(slowest)
    return _panel("concern", f"The largest gap in {name}: {_in_words(release, first)}.", said)


def _in_words(release: Release, gap: Gap) -> str:
    where = f", {release.title_of('unit', gap.unit)}" if gap.unit else ""
    word = release.manifest["case_word_plural"]
    return _HEADED[gap.metric].format(step(gap.part).lower(), word=word) + where


def _sentence(release: Release, gap: Gap) -> str:
    word = release.manifest["case_word_plural"]
    return f"{gap.counts} {word} that could be judged {_SAID[gap.metric]}."


def _whose(release: Release, gap: Gap) -> str:
    if gap.unit and gap.unit_cases is not None and gap.unit_judged is not None:
        by = (
            "more than chance explains for its size"
            if gap.named_by == "funnel"
            else "more than in its own past, while the others stayed as they were"
        )
        title = release.title_of("unit", gap.unit)
        return f"{title}: {_counts(gap.unit_cases, gap.unit_judged)}, {by}."
    if gap.changed:
        return "It is more than in the quarters before; no single unit stands out."
    return "No single unit stands out, and the quarters before do not make it unusual."


def cohort(release: Release, gap: Gap) -> str:
    """Who is counted in a gap, and when."""
    told = release.table("definitions").filter(pl.col("metric") == gap.metric)
    return str(told["cohort"][0])


def ranked(release: Release, found: list[Gap]) -> str:
    """Every gap with a case, the one with most cases first."""
    columns = [
        Column("Gap"),
        Column("Cases", "number"),
        Column("Days in all", "number"),
        Column("Compared with the quarters before"),
        Column("Unit that stands out"),
    ]
    rows = [
        [
            two_lines(gap.title, _SAID[gap.metric], size="bold"),
            two_lines(count(gap.cases), f"of {count(gap.judged)}", size="big"),
            plain(_delay(gap)),
            _marked("worse" if gap.changed else "usual", "more than usual", "as usual"),
            plain(release.title_of("unit", gap.unit) if gap.unit else "none"),
        ]
        for gap in found
        if gap.cases
    ]
    return table("Gaps by the number of cases", columns, rows) if rows else ""


def _delay(gap: Gap) -> str:
    """How many days all cases of a gap took together, where it has a length."""
    return count(gap.days) if gap.days is not None else "\N{EN DASH}"


def _slowest(there: list[Gap]) -> str:
    """The gap in which most days went by; nothing where none has a length."""
    timed = [gap for gap in there if gap.days]
    if not timed:
        return ""
    most = max(timed, key=lambda gap: gap.days or 0)
    return f"Most days went by in: {most.title} ({count(most.days or 0)} days in all)."


def unjudged(release: Release, quarter: date) -> str:
    """What cannot be judged because the exports do not record it: a finding of its own."""
    titles = _titles(release)
    figures = release.figures(
        breakdown="all", period="quarter", period_start=quarter, state="not_assessable"
    ).filter(pl.col("metric").is_in(list(_SAID)))
    said = [
        f"{titles[metric].lower()} ({step(part).lower()})"
        for metric, part in figures.select("metric", "part").unique(maintain_order=True).rows()
    ]
    if not said:
        return ""
    return (
        f"Not assessable, because the exports do not record what is needed: {listed(said)}."
        " That is a gap too: nobody can show that the rule is kept."
    )


def by_unit(release: Release, quarter: date, metric: str) -> str:
    """One kind of gap: units down, steps across, marked by what chance explains."""
    figures = release.figures(
        metric=metric, measure="share", breakdown="unit", period="quarter", period_start=quarter
    )
    shown = {(row["level"], row["part"]): row for row in figures.iter_rows(named=True)}
    signals = {
        (row["level"], row["part"]): row["signal"]
        for row in release.table("signals")
        .filter(
            (pl.col("metric") == metric)
            & (pl.col("against") == "units")
            & (pl.col("period_start") == quarter)
        )
        .iter_rows(named=True)
    }
    parts = list(figures["part"].unique(maintain_order=True))
    units = [
        unit
        for unit in figures["level"].unique(maintain_order=True)
        if any(shown[unit, part]["state"] == "ok" for part in parts)
    ]
    rows = [
        [
            two_lines(release.title_of("unit", unit), "", size="bold"),
            *(_share_cell(shown[unit, part], signals.get((unit, part))) for part in parts),
        ]
        for unit in units
    ]
    columns = [Column("Unit"), *(Column(step(part), "number") for part in parts)]
    title = _titles(release)[metric]
    return table(f"{title}, by unit and step", columns, rows) if rows else ""


def waits(release: Release, quarter: date) -> str:
    """Days from each step to the next, cases that still wait included."""
    figures = release.figures(
        metric=_WAITS, breakdown="all", period="quarter", period_start=quarter
    )
    by_part: dict[str, dict[str, dict[str, object]]] = {}
    for row in figures.iter_rows(named=True):
        by_part.setdefault(row["part"], {})[row["measure"]] = row
    weights = _case_days(release, quarter)
    total = sum(weights.values())
    columns = [
        Column("From one step to the next"),
        Column("Half within", "number"),
        Column("Middle half", "number"),
        Column("Nine in ten within", "number"),
        Column("Limit"),
        Column("Still waiting", "number"),
        Column("Share of all waiting", "number"),
    ]
    rows = [
        [
            two_lines(step(part), "", size="bold"),
            _days_cell(told["median"]),
            plain(_middle(told)),
            _days_cell(told["p90"]),
            plain(_limit(release, part)),
            plain(count(_number(told["median"], "pending"))),
            plain(share(weights.get(part, 0) / total) if total else "no data"),
        ]
        for part, told in by_part.items()
    ]
    return table("Days in each step", columns, rows) if rows else ""


def _case_days(release: Release, quarter: date) -> dict[str, int]:
    """Days that all cases of the quarter together spent in each wait, ended or not."""
    spans = release.figures(metric=_WAITS, period="quarter", period_start=quarter)
    until = spans["period_end"][0] if spans.height else quarter
    rows = (
        release.table("cubes")
        .filter(
            (pl.col("metric") == _WAITS)
            & (pl.col("breakdown") == "all")
            & pl.col("month").is_between(quarter, until, closed="left")
            & (pl.col("band") >= 0)
        )
        .group_by("part")
        .agg((pl.col("n") * pl.col("band").cast(pl.Int64)).sum().alias("days"))
    )
    return dict(rows.iter_rows())


def _limit(release: Release, part: str) -> str:
    """The length of the deadline that covers just this wait, or none."""
    start = part.replace("_to_", " to ", 1)
    clocks = [
        clock.removeprefix(f"{start}, ")
        for clock in release.table("rules")["clock"]
        if clock.startswith(f"{start}, ")
    ]
    return clocks[0] if clocks else "none"


def _middle(told: Mapping[str, Mapping[str, object]]) -> str:
    ends = [told[name]["value"] for name in ("q25", "q75")]
    if not all(isinstance(end, float) for end in ends):
        return "not reached yet"
    low, high = (f"{end:g}" for end in ends)
    return f"{low} to {high} days"


def _days_cell(row: Mapping[str, object]) -> Cell:
    value = row["value"]
    if isinstance(value, float):
        return plain(days(value))
    return plain({"not_reached": "not reached yet"}.get(str(row["state"]), "no data"))


def _number(row: Mapping[str, object], name: str) -> int:
    value = row[name]
    return value if isinstance(value, int) else 0


def _share_cell(row: Mapping[str, Any], signal: str | None) -> Cell:
    if row["state"] != "ok":
        return without_value(Figure.of(row))
    cases, judged = _number(row, "numerator"), int(float(str(row["denominator"])))
    symbol = SIGNAL_SYMBOLS.get(signal or "usual", "●")
    words = escape(f"{symbol} {share(cases / judged)}")
    small = f'<span class="ca-small">{_counts(cases, judged)}</span>'
    tone = _MARKS.get(signal or "")
    badge = f'<span class="ca-badge ca-{tone}">{words}</span>' if tone else words
    return Cell(f"{badge}{small}")


def _marked(signal: str, unusual: str, usual: str) -> Cell:
    if signal == "usual":
        return plain(f"{SIGNAL_SYMBOLS['usual']} {usual}")
    symbol = SIGNAL_SYMBOLS[signal]
    return Cell(f'<span class="ca-badge ca-concern">{escape(f"{symbol} {unusual}")}</span>')


def _counts(cases: int, judged: int) -> str:
    return f"{count(cases)} of {count(judged)}"


def _titles(release: Release) -> dict[str, str]:
    told = release.table("definitions").select("metric", "metric_title").unique()
    return dict(told.iter_rows())


def _panel(tone: str, title: str, said: list[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in said if sentence)
    return (
        f'<section class="ca-panel ca-panel-{tone}"><h2 class="ca-verdict">{escape(title)}</h2>'
        f"<ul>{items}</ul></section>"
    )
