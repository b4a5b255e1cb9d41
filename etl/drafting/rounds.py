"""Steps that were taken again, each time in a column of its own: a second closing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from etl.drafting.columns import Column
from etl.drafting.fields import Proposal
from etl.drafting.known import Known
from etl.drafting.lines import Writing, place_of
from etl.drafting.matching import Match
from etl.drafting.words import WITHIN, header_words

_ENDS = ("closed", "resolved")
# How the end after a reopening is called, by the whole name or a part of it.
_AGAIN = re.compile(
    r"\b(re (closed?|closure|resolved)|re(closed?|closure|resolved)|(closed|resolved) again"
    r"|(second|2nd|final) (closed|closure|close|resolution)|(closed|closure) 2"
    r"|(wieder|erneut) (geschlossen|abgeschlossen))\b"
)
# Which time it was, and what says nothing of the step.
_TIME = re.compile(
    r"\b(first|second|third|fourth|1st|2nd|3rd|4th|[1-9]|round|date|datum|day|time|on|at|am)\b"
)
_REOPENED = re.compile(r"\bre ?open(ed|ing)?\b")
_MOST = 9  # times that a step is taken in one row


def with_rounds(columns: Sequence[Column], proposal: Proposal) -> Proposal:
    """The same with the dates of steps that a row tells a second time and later."""
    if proposal.grain not in ("case", "allegation"):
        return proposal
    steps = proposal.steps
    ends = [step for step in _ENDS if step in steps]
    plain = {_plain(match.column): step for step, match in steps.items() if step != "received"}
    taken = {match.column.name for match in (*proposal.fields.values(), *steps.values())}
    found: dict[str, list[Column]] = {}
    for column in columns:
        if column.dates is None or column.name in taken:
            continue
        step = plain.get(_plain(column))
        if step is None and "reopened" in steps and len(ends) == 1:
            step = ends[0] if _AGAIN.search(header_words(column.name)) else None
        if step is not None:
            found.setdefault(step, []).append(column)
    return replace(proposal, further=_numbered(found), rivals=_without(proposal.rivals, found))


def _plain(column: Column) -> str:
    """A column's name without which time it was."""
    words = _REOPENED.sub("reopened", header_words(column.name))
    return " ".join(_TIME.sub(" ", words).split())


def _numbered(found: Mapping[str, Sequence[Column]]) -> dict[str, Match]:
    return {
        f"{step} {number}": Match(step, column, WITHIN)
        for step, columns in found.items()
        for number, column in enumerate(columns[:_MOST], start=2)
    }


def _without(
    rivals: Mapping[str, tuple[str, ...]], found: Mapping[str, Sequence[Column]]
) -> dict[str, tuple[str, ...]]:
    """What else may be a step, without the columns that are its further dates."""
    read = {column.name for columns in found.values() for column in columns}
    return {step: tuple(n for n in names if n not in read) for step, names in rivals.items()}


def write_rounds(out: Writing, known: Known) -> None:
    """The table of further dates, where there are any."""
    further = known.proposal.further
    if not further:
        return
    out.say("Steps that a row tells again, each time in a column of its own.")
    out.add(f"[exports.{known.export}.further_events]")
    for step in dict.fromkeys(match.field for match in further.values()):
        columns = [match.column for match in further.values() if match.field == step]
        out.add(f"{step} = [{', '.join(map(place_of, columns))}]    # likely: look at it")
    out.add("")
