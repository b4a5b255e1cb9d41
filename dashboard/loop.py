"""The feedback loop: what was raised, found and changed because of it, and what is still open.

For those who report and those who take reports: it is made of the public release alone.
"""

from dataclasses import dataclass, replace
from datetime import date
from html import escape

import polars as pl

from dashboard.actions import Row, rows_of
from dashboard.figure import Figure, quarterly, standings
from dashboard.headlines import are_all
from dashboard.phrases import (
    capital,
    count,
    day_text,
    figure_text,
    in_words,
    listed,
    month_text,
    quarter_name,
    share,
    target,
)
from dashboard.wording import about
from metrics.release import Release

PUBLIC = "public"
NOT_HERE = (
    "This page is for everybody, so it is made of the public release alone, and this server"
    " shows none. To make one: case-audit publish --audience public; to show it: case-audit"
    " serve --audience public."
)
FOR_WHOM = "For everybody who raises or takes {case_word_plural}"
_LARGEST = 3  # categories that are named
_KEPT = {
    "met": "kept",
    "met_narrowly": "kept, as far as rounded numbers tell",
    "just_missed": "missed, as far as rounded numbers tell",
    "not_met": "missed",
}
_NOT_SAID = {
    "too_few": "too few",
    "withheld": "withheld to protect people",
    "cannot_say": "too much is unknown",
    "not_assessable": "what it takes is not recorded",
    "no_data": "nothing to judge",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the loop: its heading and its sentences."""

    title: str
    sentences: tuple[str, ...]


def loop(release: Release, quarter: date) -> list[Part]:
    """The four parts for one quarter; each has at least one sentence."""
    return [
        Part("What was raised", _raised(release, quarter)),
        Part("What was found", _found(release, quarter)),
        Part("What changed because of it", _changed(release)),
        Part("What is still open", _open(release, quarter)),
    ]


def why_not(release: Release) -> str:
    """Say why a release cannot be shown to everybody; empty where it can."""
    if release.audience != PUBLIC or release.manifest["method"] == "identity":
        return (
            "the sheet is for everybody, so it is made of the public release alone; make one"
            " with: case-audit publish --audience public"
        )
    if are_all(release):
        return "the sheet needs shares and times, and this release has headline numbers alone"
    return ""


def sections(release: Release, quarter: date) -> str:
    """The four parts as HTML."""
    return "".join(
        f'<section class="ca-loop"><h2>{escape(part.title)}</h2><ul>'
        + "".join(f"<li>{escape(sentence)}</li>" for sentence in part.sentences)
        + "</ul></section>"
        for part in loop(release, quarter)
    )


def thanks(release: Release) -> str:
    """The last words of the sheet: that it mattered, what is not told, and whom to ask."""
    word, plural = (release.manifest[f"case_word{end}"] for end in ("", "_plural"))
    return (
        f"Every {word} counts, in these numbers or, where it came late, in the next. What"
        f" became of single {plural} is not told here, and numbers are rounded, to protect the"
        f" people in them. Questions: {release.manifest['policy_owner']}."
    )


def _raised(release: Release, quarter: date) -> tuple[str, ...]:
    """How many came in, and what most of them were about."""
    plural, when = release.manifest["case_word_plural"], quarter_name(release, quarter)
    whole = quarterly(release, quarter, "all", "report_frequency", "reports")
    if whole.value is None or not whole.numerator:
        return (f"How many {plural} were raised in {when} cannot be told.",)
    first = f"{capital(about(release))}{count(whole.value)} {plural} were raised in {when}."
    rows = release.figures(
        metric="report_frequency",
        measure="reports",
        breakdown="category",
        period="quarter",
        period_start=quarter,
    ).filter((pl.col("state") == "ok") & (pl.col("value") > 0))
    most = rows.sort("value", descending=True, maintain_order=True).head(_LARGEST)
    named = [
        f"{release.title_of('category', row['level'])} ({about(release)}{count(row['value'])})"
        for row in most.iter_rows(named=True)
    ]
    return (first, f"Most of them were about: {listed(named)}.") if named else (first,)


def _found(release: Release, quarter: date) -> tuple[str, ...]:
    """Which promises about handling were kept, and what the committee found."""
    rows = standings(release, quarter)
    said = [
        f"{row.title}: {_KEPT[row.verdict]}, {about(release)}"
        f"{_value(row.figure, row.target)} against the {target(row.target)} that we promise."
        for row in rows
        if row.verdict in _KEPT
    ]
    open_still = [
        f"{row.title} ({_NOT_SAID[row.verdict]})" for row in rows if row.verdict in _NOT_SAID
    ]
    if not said:
        said = [f"Too little is known of {quarter_name(release, quarter)} to say."]
    if open_still:
        said.append(f"Whether it was kept is not said of: {listed(open_still)}.")
    findings = dict.fromkeys(row["finding"] for row in rows_of(release))
    return (*said, *(f"The committee looked into this: {_lower(each)}." for each in findings))


def _changed(release: Release) -> tuple[str, ...]:
    """What was done, when, and what came of it."""
    done = [row for row in rows_of(release) if row["done_on"] is not None]
    if not done:
        return ("No change that can be told of has been finished yet.",)
    return tuple(
        f"{row['change']} (since {month_text(row['done_on'])}). {_since(row)}" for row in done
    )


def _since(row: Row) -> str:
    """What a change came to, for people who do not read intervals."""
    if row["effect"] == "better":
        back = " It has fallen back since." if row["recurrence"] == "recurred" else ""
        return f"It worked: {_pair(row)}.{back}"
    if row["effect"] == "too_early":
        return "It is too early to say whether it helped."
    if row["effect"] in {"no_change", "worse"}:
        return f"It has not helped so far: {_pair(row)}. We will try something else."
    if row["effect"] == "too_rough" and row["before"] is not None:
        return (
            f"{capital(_pair(row))}. The numbers here are rounded, and rounding alone could"
            " make that difference: this sheet cannot say whether it helped."
        )
    return "Too few people are concerned to say here whether it helped."


def _pair(row: Row) -> str:
    if row["after_of"] is None or row["measure"] == "rate":
        return "the figure before and after"
    return f"about {share(row['before'])} before, about {share(row['after'])} since"


def _open(release: Release, quarter: date) -> tuple[str, ...]:
    """Changes that are not finished, and cases that are not resolved."""
    plural, when = release.manifest["case_word_plural"], quarter_name(release, quarter)
    said = []
    figure = _still_open(release, quarter)
    if figure is not None:
        said.append(
            f"Of the {plural} raised in {when}, about {_value(figure)} were still open"
            f" after {figure.measure.removeprefix('open_')} days."
        )
    else:
        said.append(f"How many {plural} raised in {when} are still open cannot be told yet.")
    for row in rows_of(release):
        if row["done_on"] is None:
            late = ", now late" if row["timing"] == "overdue" else ""
            due = day_text(row["due_on"])
            said.append(f"{row['change']}: promised by {due}{late} ({row['owner']}).")
    early = sum(row["effect"] == "too_early" for row in rows_of(release))
    if early:
        verb = "helps" if early == 1 else "help"
        said.append(
            f"Whether {in_words(early)} of the changes above {verb} is looked at again in the"
            " next audit."
        )
    return tuple(said)


def _still_open(release: Release, quarter: date) -> Figure | None:
    """The share still open after as many days as can be told."""
    for measure in ("open_90", "open_60", "open_30"):
        figure = quarterly(release, quarter, "all", "time_to_resolution", measure)
        if figure.state == "ok" and figure.value is not None:
            return figure
    return None


def _value(figure: Figure, beside: float | None = None) -> str:
    """A value after the word 'about', which is not said twice."""
    return figure_text(replace(figure, base=1), beside=beside)


def _lower(sentence: str) -> str:
    """A finding inside a sentence, without its full stop."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
