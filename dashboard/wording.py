"""Every sentence about a number; pages and reports print these and write none of their own.

Words for verdicts and trends come from fixed lists: a trend is named only where a signal
says so, a unit only where the signals against units say so.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from dashboard.consequences import doubt_sentence, needs_care
from dashboard.figure import (
    Figure,
    Signal,
    Standing,
    base_of,
    months_after,
    quarterly,
    signals,
    standings,
)
from dashboard.phrases import (
    capital,
    change_text,
    count,
    day_text,
    days,
    figure_text,
    in_words,
    interval_text,
    listed,
    month_text,
    period_name,
    quarter_name,
    rate,
    share,
    short_month,
    signal_word,
    span_text,
    target,
    unit_of,
    value_text,
    verdict_symbol,
    verdict_word,
    withheld_words,
)
from dashboard.verdict_sentence import none_of, plural_commitments, some_of, verdict_sentence
from metrics.release import Release

__all__ = [
    "Finding",
    "about",
    "capital",
    "cases",
    "caution_of",
    "change_text",
    "checks_sentence",
    "could_flip",
    "count",
    "counts_text",
    "day_text",
    "days",
    "exceptions",
    "figure_text",
    "headline",
    "in_words",
    "interval_text",
    "listed",
    "method_note",
    "month_text",
    "period_name",
    "plural_commitments",
    "quarter_in_words",
    "quarter_name",
    "rate",
    "share",
    "short_month",
    "signal_word",
    "span_text",
    "subtitle",
    "target",
    "trust_headline",
    "unit_headline",
    "value_text",
    "verdict_sentence",
    "verdict_symbol",
    "verdict_word",
    "withheld_words",
]

# From this share of undecidable deadlines on, a reader is told even if no verdict hangs on it.
WORTH_SAYING = 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a reader should know about a commitment.

    It was missed, or its figure needs caution since what is unknown could turn the result,
    or there is a note on what is unknown though it could not.
    """

    kind: Literal["missed", "caution", "note"]
    commitment: str
    title: str
    sentence: str
    verdict: str


def quarter_in_words(release: Release, quarter: date) -> str:
    """The quarter's name, with 'so far' while it runs."""
    left = months_after(quarter, 3) - release.as_of
    return quarter_name(release, quarter) + (" so far" if left.days > 1 else "")


def subtitle(release: Release, quarter: date, level: str = "all") -> str:
    """What the page is about: whose cases, which days, how many, how fresh."""
    received = quarterly(release, quarter, level, "report_frequency", "reports")
    parts = [
        release.title_of("all" if level == "all" else "unit", level),
        span_text(quarter, months_after(quarter, 3)),
    ]
    if received.state == "ok" and received.value is not None:
        word = cases(release, received.value)
        parts.append(f"{about(release)}{count(received.value)} {word} received")
    return " · ".join([*parts, f"data to {day_text(release.as_of)}"])


def about(release: Release) -> str:
    """The word before a count that is rounded; nothing before an exact one."""
    return "about " if base_of(release) > 1 else ""


def cases(release: Release, n: float) -> str:
    """The organisation's own word for a case, for that many."""
    return release.manifest["case_word" if n == 1 else "case_word_plural"]


def headline(release: Release, quarter: date, level: str = "all") -> str:
    """The one sentence of the quarter: how many commitments were met."""
    rows = standings(release, quarter, level)
    sentence = verdict_sentence(
        [row.verdict for row in rows], quarter_in_words(release, quarter)
    )
    if level == "all":
        return sentence
    return f"{release.title_of('unit', level)}: {sentence[:1].lower()}{sentence[1:]}"


def exceptions(release: Release, quarter: date, level: str = "all") -> list[Finding]:
    """Commitments missed, worst first, then figures to use with care."""
    rows = standings(release, quarter, level)
    missed = [
        Finding("missed", row.commitment, row.title, miss_sentence(release, row), row.verdict)
        for code in ("not_met", "just_missed")
        for row in rows
        if row.verdict == code
    ]
    cautions = [
        Finding(
            "caution" if could_flip(row) else "note",
            row.commitment,
            row.title,
            caution,
            row.verdict,
        )
        for row in rows
        if (caution := caution_of(release, row))
    ]
    return missed + sorted(cautions, key=lambda finding: finding.kind)


def miss_sentence(release: Release, row: Standing) -> str:
    """Say '68% against a target of 80%. 23 more on time would have met it. Owner: Ethics.'."""
    value = figure_text(row.figure, beside=row.target)
    parts = [f"{value} against a target of {target(row.target)}.", short_sentence(release, row)]
    if row.owner:
        parts.append(f"Owner: {row.owner}.")
    return " ".join(part for part in parts if part)


def short_sentence(release: Release, row: Standing) -> str:
    """How many more would have met the target, no more exactly than counts are known."""
    if not row.short_by:
        return ""
    base = base_of(release)
    if base > 1 and row.short_by < base:
        return "The gap is smaller than the rounding of these counts."
    k = row.short_by if base == 1 else base * round(row.short_by / base)
    more = capital(in_words(k)) if base == 1 else f"About {count(k)}"
    return f"{more} more {wanted(row.figure, k)} would have met it."


def wanted(figure: Figure, k: int) -> str:
    """What there should have been more of."""
    if figure.metric == "satisfaction":
        return "satisfied answer" if k == 1 else "satisfied answers"
    return "on time"


def caution_of(release: Release, row: Standing) -> str:
    """What unknown dates or silent reporters could do to a result; empty if too little."""
    figure = row.figure
    if row.verdict == "cannot_say" and not figure.missing:
        said = doubt_sentence(release, row)
        return said or "A failed data check could change this result: see the data checks."
    if not figure.missing or figure.worst is None or figure.best is None:
        return ""
    if figure.value is None or figure.denominator is None:
        return ""
    judged = figure.denominator + figure.missing
    if not could_flip(row) and figure.missing < WORTH_SAYING * judged:
        return ""
    if figure.metric == "satisfaction":
        return silence_sentence(figure)
    return unknown_sentence(release, figure, row.target)


def could_flip(row: Standing) -> bool:
    """Whether what is unknown could turn a result met into one missed, or the reverse."""
    worst, best = row.figure.worst, row.figure.best
    if row.verdict == "cannot_say":
        return True
    return worst is not None and best is not None and worst < row.target <= best


def silence_sentence(figure: Figure) -> str:
    """How far the opinion of those who did not answer could move a result."""
    answered = (figure.denominator or 0) / ((figure.denominator or 0) + (figure.missing or 0))
    return (
        f"{share(answered)} of those asked answered. Had everybody answered, the result"
        f" could be anywhere from {share(figure.worst or 0)} to {share(figure.best or 0)}."
    )


def unknown_sentence(release: Release, figure: Figure, goal: float) -> str:
    """How many deadlines cannot be judged, and what that could hide."""
    n = figure.missing or 0
    value, worst, best = figure.value or 0, figure.worst or 0, figure.best or 0
    if n == 1:
        first = "One deadline cannot be judged because a date it needs is missing."
    else:
        many = in_words(n) if base_of(release) == 1 else f"about {count(n)}"
        first = (
            f"{capital(many)} deadlines cannot be judged because a date they need is missing."
        )
    first += channel_sentence(release, figure)
    which = "it had" if n == 1 else "all of them had"
    if value >= goal:
        side = "still on target" if worst >= goal else f"below the target of {target(goal)}"
        result = share(worst, beside=goal)
        return f"{first} If {which} been late, the result would be {result}, {side}."
    side = "which meets the target" if best >= goal else "still below target"
    result = share(best, beside=goal)
    return f"{first} If {which} been on time, the result would be {result}, {side}."


def channel_sentence(release: Release, figure: Figure) -> str:
    """' Most of them came by web form.' where one channel has more than half of the unknown."""
    if figure.level != "all" or figure.period_start is None:
        return ""
    by_channel = release.figures(
        metric=figure.metric,
        measure=figure.measure,
        part=figure.part,
        breakdown="channel",
        period=figure.period,
        period_start=figure.period_start,
    ).sort("missing", descending=True)
    if not by_channel.height or 2 * by_channel["missing"][0] <= (figure.missing or 0):
        return ""
    channel = release.title_of("channel", by_channel["level"][0])
    return f" Most of them came by this channel: {channel}."


def unit_headline(release: Release, quarter: date, row: Standing) -> str:
    """The commitment, and the units whose figures cannot be chance; or that none stands out."""
    names = ("metric", "measure", "part")
    wanted = {name: getattr(row.figure, name) for name in names}
    found = signals(
        release, {**wanted, "breakdown": "unit", "period_start": quarter}, against="units"
    )
    if not found:
        return f"{row.title}: too few {cases(release, 2)} to compare units"
    for signal in ("worse", "better"):
        unusual = [s for s in found if s.signal == signal]
        if unusual:
            return f"{row.title}: {outstanding(release, row, unusual)}"
    return f"{row.title}: no single unit stands out"


def outstanding(release: Release, row: Standing, unusual: list[Signal]) -> str:
    """Say 'Field operations stands out at 38%' or 'Sales (61%) and Legal (52%) stand out'."""
    unit = unit_of(row.figure)
    better = unusual[0].signal == "better"
    if len(unusual) == 1:
        name = release.title_of("unit", unusual[0].level)
        value = value_text(unusual[0].value, unit, base=unusual[0].base)
        return f"{name} stands out{' as better,' if better else ''} at {value}"
    names = [
        f"{release.title_of('unit', s.level)} ({value_text(s.value, unit, base=s.base)})"
        for s in unusual
    ]
    return f"{listed(names)} stand out{' as better' if better else ''}"


def counts_text(release: Release, figure: Figure) -> str:
    """The counts behind a figure: '189 of 197', 'about 190 of 200'."""
    if figure.state not in {"ok", "not_reached"}:
        return ""
    if figure.numerator is None or figure.denominator is None:
        return ""
    k, n = f"{about(release)}{count(figure.numerator)}", count(figure.denominator)
    if figure.numerator == 0 and base_of(release) > 1:
        k = "few or no" if figure.metric == "report_frequency" else "few or none"
    if figure.metric == "report_frequency":
        per = "client engagements" if figure.measure == "per_1000_engagements" else "people"
        return f"{k} {cases(release, figure.numerator)}, {n} {per}"
    if figure.metric == "time_to_resolution":
        return f"{k} of {n} resolved"
    return f"{k} of {n}"


def trust_headline(release: Release, quarter: date) -> str:
    """Say 'Five of six commitments are safe to report. Use “Acknowledge” with caution.'."""
    rows = standings(release, quarter)
    doubtful = [row.title for row in rows if could_flip(row) or needs_care(release, row)]
    shown = [row for row in rows if row.figure.value is not None or row.title in doubtful]
    n, safe, unshown = len(rows), len(shown) - len(doubtful), len(rows) - len(shown)
    if not n:
        return "No commitment has been declared."
    if not shown:
        return f"{none_of(n)} has a figure to report."
    rest = f"; {in_words(unshown)} {'has' if unshown == 1 else 'have'} no figure"
    rest = f"{rest if unshown else ''}."
    names = listed([f"“{title}”" for title in doubtful])
    if not safe:
        return f"{none_of(n)} is safe to report without a caution{rest} Use {names} with care."
    caution = f" Use {names} with caution." if doubtful else ""
    safely = f"{'is' if safe == 1 else 'are'} safe to report"
    return f"{capital(some_of(safe, n))} {safely}{rest}{caution}"


def checks_sentence(release: Release) -> str:
    """How many data checks were run and what they came to."""
    verdicts = release.table("verdicts")
    total = verdicts.height
    failed = verdicts.filter(pl.col("outcome") == "failed").height
    empty = verdicts.filter(pl.col("outcome") == "empty").height
    untold = verdicts.filter(pl.col("outcome") == "untold").height
    if not total:
        return "No data check was run."
    if untold:
        return (
            f"{capital(in_words(failed)) if failed else 'None'} of {in_words(total)} checks"
            " found something wrong in many cases. Faults of few cases, and what other checks"
            " found, are told only where counts are exact."
        )
    if not failed + empty:
        if total == 1:
            return "The one data check passed."
        return f"All {in_words(total)} data checks passed."
    passed = capital(in_words(total - failed - empty))
    parts = [f"{passed} of {in_words(total)} data checks passed"]
    if failed:
        parts.append(f"{in_words(failed)} found something wrong")
    if empty:
        parts.append(f"{in_words(empty)} had nothing to examine")
    return f"{listed(parts)}."


def method_note(release: Release) -> str:
    """How verdicts are reached, said once."""
    plural = release.manifest["case_word_plural"]
    return (
        f"A deadline counts in the quarter in which it fell due, so overdue open {plural} count"
        " as late and deadlines still to come are left out. Met: above target by more than"
        " chance. Met, narrowly, and just missed: the gap is smaller than chance alone could"
        " produce. Not met: below target by more than chance. The quarter is a full count, so"
        " the 95% interval (Wilson) describes chance in the process, not sampling. Better or"
        " worse than usual: a rule for control charts found the change beyond the"
        " month-to-month variation of the past."
    )
