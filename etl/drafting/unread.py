"""What of an unknown export is not read: why, and what it may be that nobody recognised."""

import polars as pl

from etl.dates import read_by
from etl.drafting.columns import Column, codes_to_show, may_be_shown, people_in
from etl.drafting.fields import likely_step
from etl.drafting.known import Known
from etl.drafting.lines import Writing, quoted
from etl.drafting.no_cases import of_another, told_apart
from etl.drafting.order import OPEN
from etl.drafting.words import code_means

_HARDLY_WITHOUT = 0.9  # of a column's rows have a date where it may be the receipt
_HARDLY, _FEWEST = 0.05, 3  # of the cases ended by their status, of others have a date of it

_WHY_NOT = {
    "person": "about a person",
    "address": "where somebody lives or can be reached",
    "narrative": "somebody's own words",
    "not_needed": "nothing is computed from it",
    "duration": "a length of time written as a date: lengths are computed anew",
    "clock": "a time of day; docs/sources.md says how to read it behind its day",
    "empty": "no row has a value",
    "around": "it is told of what is around these rows",
    "inside": "it is part of a list inside; an export of its own reads such a list",
    "at_once": "the day of the receipt in nearly every row: handed in, and no end of a case",
    "elsewhere": "another export tells what it may be, by another name",
    "backfilled": "alike in every row of its case: filled in backwards",
}
# What a reader needs who knows a column that we did not recognise.
_HOW_TO_READ = (
    "To read one after all, take it off this list. For what it says of a case write a line",
    "under columns, such as unit or outcome; for the date of a step one under events, such as",
    "escalated; docs/sources.md lists them. `case-audit source codes` then lists its codes.",
)
_ENDS = ("resolved", "closed", "cancelled")
# Rows with a word in place of a date before it is shown; less often it may be a name.
_MANY = 5
_WORDS = r"^[\p{L} ./-]{2,20}$"


def left_out(out: Writing, known: Known) -> None:
    """Write which columns are not read, why, and how one of them is read after all."""
    read = {match.column.name for match in known.read.values()}
    read |= {
        name
        for step in known.proposal.row_steps
        for name in (*step.when, step.before, step.after)
        if name is not None
    }
    read |= {column.name for column in steps_to_come(known).values()}
    read |= {match.column.clock for match in known.read.values() if match.column.clock}
    read |= {column.name for issue in known.proposal.issues for column in issue.values()}
    read |= {column.name for column in known.proposal.codes.values()}
    part = of_another(known.columns) if known.proposal.grain == "case" else None
    read |= {c.name for c in (told_apart(known.columns), part) if c is not None}
    left = [c for c in known.columns if c.name not in read]
    if not left or known.shares_rows:
        return
    out.say("Columns that are not read into the store, and why:")
    for column in left:
        out.say(f"  {quoted(column.name)}: {_reason(column, known)}")
    is_of_cases = known.proposal.grain in ("case", "allegation")
    if is_of_cases and any(column.why_not is None for column in left):
        for line in _HOW_TO_READ:
            out.say(line)
    out.add("ignored = [", *(f"    {quoted(column.name)}," for column in left), "]")


def other_changes(known: Known) -> str:
    """Of which fields a history tells changes that no step reads, with their rows."""
    steps = [step for step in known.proposal.row_steps if step.change]
    named = {name for step in steps for name in step.when}
    if len(named) != 1:
        return ""
    column = next(c for c in known.columns if c.name in named)
    told = {value for step in steps for value in step.when[column.name]}
    shown, hidden = codes_to_show(column, people_in(known.columns))
    others = [f"{quoted(v)} ({rows:,})" for v, rows in shown.items() if v not in told]
    more = [f"{hidden:,} more that may not be shown"] if hidden else []
    return f"{quoted(column.name)}: {', '.join(others + more)}" if others else ""


def _reason(column: Column, known: Known) -> str:
    if column.why_not is not None:
        return _WHY_NOT[column.why_not]
    for name, rivals in known.proposal.rivals.items():
        if column.name in rivals and name in known.read:
            taken = quoted(known.read[name].column.name)
            return f"it may be {name}, which {taken} is taken for"
    if column.dates is not None:
        return f"dates, {column.filled:,} of {column.rows:,} rows; no step of ours is called so"
    return (
        f"no field of ours is called so ({column.distinct:,} different values in"
        f" {column.filled:,} rows)"
    )


def steps_to_come(known: Known) -> dict[str, Column]:
    """Columns called exactly like a step that no case has reached yet."""
    proposal = known.proposal
    if proposal.grain not in ("case", "allegation") or "received" not in proposal.steps:
        return {}
    named = {likely_step(c.name): c for c in known.columns if c.why_not == "empty"}
    return {s: c for s, c in named.items() if s is not None and s not in proposal.steps}


def filled_dates(known: Known) -> list[str]:
    """Columns of dates that hardly a row is without, and that nothing else is read from."""
    read = {match.column.name for match in known.read.values()}
    dated = [c for c in known.columns if c.dates is not None and c.name not in read]
    return [c.name for c in dated if c.filled >= _HARDLY_WITHOUT * c.rows]


def ends_to_ask_for(known: Known) -> list[str]:
    """Columns of dates that some cases have and nothing is read from, where none is an end.

    Where one is, those that only cases have which ended by their status and without a date.
    """
    if known.is_register or known.proposal.grain not in ("case", "allegation"):
        return []
    steps = {*known.proposal.steps, *steps_to_come(known)}
    if any(name.startswith(("changes", "history")) for name in known.also):
        return []
    read = {match.column.name for match in known.read.values()}
    dated = [
        column
        for column in known.columns
        if column.dates is not None
        and column.why_not is None
        and column.name not in read
        # A day that stands for none, such as 31.12.9999, is the day of a case without an end.
        and 0 < column.filled - sum(column.dates.sentinels.values()) < column.rows
    ]
    if steps.intersection(_ENDS):
        dated = [] if steps.issuperset(_ENDS[:2]) else _of_undated_ends(known, dated)
    return [column.name for column in dated]


def _of_undated_ends(known: Known, dated: list[Column]) -> list[Column]:
    """The columns that tell of the cases whose status says an end and no date does."""
    status = known.proposal.fields.get("status")
    ends = [match.column for step, match in known.proposal.steps.items() if step in _ENDS]
    if status is None or not ends:
        return []
    meanings = {code: code_means("status", code) for code in status.column.values.unique()}
    ended = [code for code, told in meanings.items() if told and told.meaning in _ENDS]
    has_date = pl.DataFrame(
        {f"end {n}": column.texts.is_not_null() for n, column in enumerate(ends)}
    ).select(told=pl.any_horizontal(pl.all()))["told"]
    is_ended = status.column.texts.is_in(ended).fill_null(value=False)
    undated, others = is_ended & ~has_date, ~is_ended
    cases = int(undated.sum())
    if cases < max(_FEWEST, _HARDLY * undated.len()):
        return []
    return [
        column
        for column in dated
        if column.texts.filter(undated).count() >= _HARDLY_WITHOUT * cases
        and column.texts.filter(others).count() <= _HARDLY * int(others.sum())
    ]


def dates_asked_about(known: Known) -> list[Column]:
    """Columns of dates that a question about the receipt or the end of a case names."""
    proposal = known.proposal
    describes = proposal.grain in ("case", "allegation", "snapshot")
    starts = filled_dates(known) if describes and "received" not in proposal.steps else []
    names = {*starts, *ends_to_ask_for(known)}
    return [column for column in known.columns if column.name in names]


def kinds_to_ask_for(known: Known) -> list[str]:
    """Columns of few values, of which one may say what happened in a row of a log."""
    proposal = known.proposal
    if proposal.grain != "event" or "kind" in proposal.fields:
        return []
    read = {match.column.name for match in known.read.values()}
    return [
        column.name
        for column in known.columns
        if column.may_be_code
        and column.why_not is None
        and column.distinct > 1
        and column.name not in read
    ]


def called_received(known: Known) -> str:
    """Whether a column is called a receipt whose values are no dates that we know."""
    odd = [
        column.name
        for column in known.columns
        if column.dates is None and column.filled and likely_step(column.name) == "received"
    ]
    if not odd:
        return "None is called so"
    return f"{quoted(odd[0])} is called so, and is in no form of dates that we know: declare it"


def written_otherwise(known: Known, name: str) -> str:
    """What to say of values of a column in none of the forms that are proposed for it."""
    column = next(column for column in known.columns if column.name == name)
    form = known.forms[name]
    if column.dates is None or form.locale == OPEN:
        return ""
    count = column.dates.other
    if form.locale is not None:
        read = read_by(column.values, (form.form, *form.more), form.locale)
        count = column.filled - read
    words = "".join(
        f"; {quoted(text)} stands in {rows:,}, and belongs under sentinels if it says no date"
        for text, rows in _words_in(column).items()
    )
    return f"{count:,} values are written otherwise{words}" if count else ""


def _words_in(column: Column) -> dict[str, int]:
    """Words that often stand in a column of dates and that nobody has taken for no date."""
    known = column.dates.sentinels if column.dates is not None else {}
    short = column.values.filter(column.values.str.contains(_WORDS))
    counted = sorted(short.value_counts().iter_rows(), key=lambda pair: (-pair[1], pair[0]))
    return {
        text: rows
        for text, rows in counted
        if rows >= _MANY and text not in known and may_be_shown(text)
    }
