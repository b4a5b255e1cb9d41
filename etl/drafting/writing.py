"""Write one export of a draft: proposals with their evidence, and questions as "?"."""

from collections.abc import Iterable, Sequence

from etl.drafting.fields import Proposal, before_receipt
from etl.drafting.known import Known
from etl.drafting.lines import Writing, place_of, quoted
from etl.drafting.matching import Match
from etl.drafting.no_cases import of_another, told_apart
from etl.drafting.numbers import candidates, counts_rows
from etl.drafting.order import OPEN, Form, forms_of
from etl.drafting.rounds import write_rounds
from etl.drafting.unread import (
    called_received,
    dates_asked_about,
    ends_to_ask_for,
    filled_dates,
    kinds_to_ask_for,
    left_out,
    other_changes,
    steps_to_come,
    written_otherwise,
)
from etl.readers.layout import UNTOLD, Layout

_SHOWN = 4  # columns that a question names


def write_export(out: Writing, known: Known) -> None:
    """Write one export: its file, its grain, its columns, its steps and its dates."""
    _export(out, known)
    _columns(out, known)
    _steps(out, known)
    write_rounds(out, known)
    _changes(out, known)
    _issues(out, known)
    _formats(out, known)
    _no_cases(out, known)


def _export(out: Writing, known: Known) -> None:
    proposal = known.proposal
    out.add(f"[exports.{known.export}]")
    out.add(f"files = [{quoted(known.ending)}]")
    if known.text.delimiter:
        out.add(f"delimiter = {quoted(known.text.delimiter)}")
        if not known.text.encoding.startswith("utf"):
            out.say(
                "No UTF-8: look whether what stands here is spelt so. If not, it was saved in"
            )
            out.say("another: cp1250 (Central Europe), cp1251 (Cyrillic), cp1253 (Greek), ...")
        out.add(f"encoding = {quoted(known.text.encoding)}")
    _layout(out, known.layout)
    if known.also:
        out.say("What else stands in the same file is read with it.")
        out.add(f"also = [{', '.join(map(quoted, known.also))}]")
    _grain(out, proposal)
    if proposal.backfilled:
        names = ", ".join(quoted(column.name) for column in proposal.backfilled)
        out.say(f"Alike in every row of a case, the first one too, and so not read: {names}")
    says_what = "kind" in proposal.fields or kinds_to_ask_for(known)
    if proposal.grain == "event" and not says_what:
        out.ask("which step of a case is a row of this file? One of ours, such as escalated")
        out.add(f"constant_kind = {quoted(OPEN)}")
    if proposal.grain == "feedback":
        out.ask("from which to which number does the score go? Write them without quotes")
        out.add(f"scale = {quoted(OPEN)}")
    _default_form(out, known)
    _nothing(out, known)
    left_out(out, known)
    out.add("")


def _layout(out: Writing, layout: Layout) -> None:
    """What has to be declared for the table to be found."""
    for key in ("sheet", "records", "header_line", "header_rows", "footer_starts_with"):
        told = getattr(layout, key)
        if told == getattr(UNTOLD, key):
            continue
        if key == "header_line":
            out.say("A title stands above the header. Where it is not always as long, write")
            out.say('header_starts_with = "..." with the first words of the header instead.')
        out.add(f"{key} = {quoted(told) if isinstance(told, str) else told}")
    if layout.quotes != UNTOLD.quotes:
        out.say("How quotation marks stand inside its values: doubled, lines are damaged.")
        out.add(f"quotes = {quoted(layout.quotes)}")
    if layout.repeats == "number":
        out.say("A name stands twice in its header, or a column has none: they are numbered.")
        out.add('repeats = "number"', 'unnamed = "number"')


_SAYS = {
    "case": "a row is a case",
    "allegation": "a row is one allegation of a case",
    "finding": "a row is one issue of a case, and says no date",
    "event": "a row is one thing that happened to a case",
    "change": "a row is one change of a field of a case",
    "snapshot": "a row is the whole case as it was after a change, or on a day",
    "verdict": "a row is a deadline that the system keeps: compared with ours, never used",
    "feedback": "a row is a survey",
}


def _grain(out: Writing, proposal: Proposal) -> None:
    told = f"{_SAYS[proposal.grain]}; {proposal.rows_per_case:.2f} rows for each case"
    if proposal.is_history:
        out.ask(
            "rows of one case differ in their status or their receipt, so that a row is hardly"
            " an allegation. Is it a state of the case at a time (snapshot), one thing that"
            " happened (event), or one change of a field (change)?"
        )
    unsure = proposal.is_history or proposal.numbers
    if unsure:
        told = f"{proposal.rows_per_case:.2f} rows for each case"
    grain = OPEN if unsure else proposal.grain
    out.add(f"grain = {quoted(grain)}    # {told}")
    if grain in ("case", "allegation"):
        out.say("Does every export hold every case? Then a case that is gone is noticed:")
        out.add('# delivery = "full"    # or "delta": only what has changed')


def _default_form(out: Writing, known: Known) -> None:
    if not known.forms:
        return
    first = _commonest(known)
    alike = [name for name, form in known.forms.items() if _written(form) == _written(first)]
    out.say("How dates are written, by column:")
    _tell_form(out, first, known, alike)
    out.add(f"dates = {_written(first)}")
    locales = {form.locale: form.question for form in known.forms.values() if form.locale}
    for locale, question in locales.items():
        if question is not None:
            out.ask(question)
        out.add(f"locale = {quoted(locale)}")


def _commonest(known: Known) -> Form:
    forms = [_written(form) for form in known.forms.values()]
    best = max(dict.fromkeys(forms), key=forms.count)
    return next(form for form in known.forms.values() if _written(form) == best)


def _written(form: Form) -> str:
    """A form as TOML has it: a list where some dates say a month or a year alone."""
    if not form.more or form.form == OPEN:
        return quoted(form.form)
    return f"[{', '.join(map(quoted, (form.form, *form.more)))}]"


def _tell_form(out: Writing, form: Form, known: Known, names: Iterable[str]) -> None:
    for name in names:
        out.say(f"  {quoted(name)}: {known.forms[name].why}")
        dates = next(column.dates for column in known.columns if column.name == name)
        if dates is not None and dates.also:
            out.say(f"  {quoted(name)}: the others are written as {quoted(dates.also[0])}")
        if dates is not None and dates.partial:
            told = ", ".join(map(quoted, dates.partial))
            out.say(f"  {quoted(name)}: some say a month or a year alone, as {told}")
        otherwise = written_otherwise(known, name)
        if otherwise:
            out.say(f"  {quoted(name)}: {otherwise}")
    if form.question is not None and form.locale is None:
        out.ask(form.question)


def _nothing(out: Writing, known: Known) -> None:
    asked = ends_to_ask_for(known)
    read = {c.name: c for c in known.columns if c.name in asked}
    read |= {match.column.name: match.column for match in known.read.values()}
    apart = (told_apart(known.columns), of_another(known.columns))
    read |= {column.name: column for column in apart if column is not None}
    seen: dict[str, int] = {}
    sentinels: dict[str, int] = {}
    for column in read.values():
        for value, rows in column.nothing.items():
            seen[value] = seen.get(value, 0) + rows
        for value, rows in (column.dates.sentinels if column.dates else {}).items():
            sentinels[value] = sentinels.get(value, 0) + rows
    for value, rows in seen.items():
        out.say(f"{quoted(value)} stands in {rows:,} cells and is read as nothing")
    out.add(f"nulls = [{', '.join(map(quoted, ['', *seen]))}]")
    if sentinels:
        for value, rows in sentinels.items():
            out.say(f"{quoted(value)} stands in {rows:,} cells and is read as no date: is it?")
        out.add(f"sentinels = [{', '.join(map(quoted, sentinels))}]")


def _no_cases(out: Writing, known: Known) -> None:
    column, number = told_apart(known.columns), known.proposal.fields.get("case_id")
    told = []
    if column is not None and not known.shares_rows:
        out.say(
            f"In {column.filled:,} of {column.rows:,} rows something stands in"
            f" {quoted(column.name)}: these are counted and left out. Are they no cases?"
        )
        told.append(f'{quoted(column.name)} = "present"')
    part = of_another(known.columns)
    if part is not None and known.proposal.grain == "case" and not known.shares_rows:
        out.ask(
            f"are the {part.filled:,} rows in which something stands in {quoted(part.name)}"
            ' parts of a case and no cases? If so, write "present"; if they are cases, take'
            " this line away"
        )
        told.append(f"{quoted(part.name)} = {quoted(OPEN)}")
    if known.headers and number is not None:
        out.say(f"Rows that only repeat the header, {known.headers:,} here, are left out.")
        told.append(f"{quoted(number.column.name)} = [{quoted(number.column.name)}]")
    if known.labels:
        out.say(f"Further lines of the header, {len(known.labels)} here, are left out.")
        column = number.column if number is not None else known.columns[0]
        says = [quoted(row[column.place]) for row in known.labels]
        told.append(f"{quoted(column.name)} = [{', '.join(says)}]")
    if told:
        out.add(f"[exports.{known.export}.leave_out]", *told, "")


def _columns(out: Writing, known: Known) -> None:
    out.add(f"[exports.{known.export}.columns]")
    _number(out, known)
    doubtful = known.proposal.numbers
    for name, match in known.proposal.fields.items():
        if name != "case_id" or not doubtful:
            _line(out, name, match, known)
    for name, place in known.proposal.places.items():
        if name not in known.proposal.fields:
            told = quoted(known.proposal.codes[name].name)
            out.ask(
                f"{told} lists a few values for each case: are they its {name}? If so, write"
                f" {place} without quotes; if not, take this line away"
            )
            out.add(f"{name} = {quoted(OPEN)}")
    _kind(out, known)
    if any(step.change for step in known.proposal.row_steps):
        out.say("`before` and `after` are read where one of the steps below speaks of them.")
    out.add("")


def _number(out: Writing, known: Known) -> None:
    if "case_id" not in known.proposal.fields:
        told = _named_so([c.name for c in candidates(known.columns)])
        out.ask(f"which column is the case's number? No column's name or values say so{told}")
        out.add(f"case_id = {quoted(OPEN)}")
    doubtful = known.proposal.numbers
    if doubtful:
        told = ", ".join(
            f"{quoted(column.name)} ({column.rows / column.distinct:.2f} rows each)"
            for column in doubtful
        )
        out.ask(
            f"which is the number of a case, {told}? With several rows for each, grain is"
            " allegation or finding"
        )
        out.add(f"case_id = {quoted(OPEN)}")


def _kind(out: Writing, known: Known) -> None:
    kinds = kinds_to_ask_for(known)
    if kinds:
        out.ask(
            f"which column says what happened in a row? None is called so{_named_so(kinds)}."
            " Then list its codes with `case-audit source codes`"
        )
        out.add(f"kind = {quoted(OPEN)}")


def _changes(out: Writing, known: Known) -> None:
    """What a change means: of a field of a state, or as a row of a history tells it."""
    proposal = known.proposal
    if proposal.changes:
        out.say("What it means when a field differs from the row of the case before it.")
        out.add(f"[exports.{known.export}.changes]")
        out.add(*(f"{name} = {quoted(means)}" for name, means in proposal.changes.items()), "")
    for step in proposal.row_steps:
        if step.kind == "acknowledged":
            out.say(
                "One of ours wrote it and the reporter can read it: the first is the answer."
            )
        out.add(f"[[exports.{known.export}.steps]]")
        if step.when:
            told = (
                f"{quoted(name)} = [{', '.join(map(quoted, values))}]"
                for name, values in step.when.items()
            )
            out.add(f"when = {{ {', '.join(told)} }}")
        out.add(*(f"{key} = {quoted(value)}" for key, value in step.told.items()), "")
    if unread := other_changes(known):
        out.say(f"No step reads the other rows of {unread}")
        out.add("")


def _issues(out: Writing, known: Known) -> None:
    if known.proposal.issues:
        out.say(
            "The issues of a case, side by side; a case comes to what its gravest one does."
        )
    for issue in known.proposal.issues:
        out.add(f"[[exports.{known.export}.findings]]")
        out.add(*(f"{name} = {quoted(column.name)}" for name, column in issue.items()), "")


def _steps(out: Writing, known: Known) -> None:
    is_state = known.proposal.grain == "snapshot" and bool(known.proposal.steps)
    if known.proposal.grain not in ("case", "allegation") and not is_state:
        return
    if is_state:
        out.say("Its receipt; the other steps follow from how its rows differ.")
    else:
        out.say("The date of each step. A case has ended where resolved or closed has one.")
    out.add(f"[exports.{known.export}.events]")
    steps = known.proposal.steps
    if "received" not in steps:
        _receipt(out, known)
    for step, match in steps.items():
        _line(out, step, match, known)
        first = steps.get("received")
        if first is not None and step != "received":
            _tell_order(out, known, first, match)
    for step, column in steps_to_come(known).items():
        out.add(f"{step} = {quoted(column.name)}    # likely, by its name; no row has a value")
    _ends(out, known)
    out.add("")


def _receipt(out: Writing, known: Known) -> None:
    if known.is_register:
        out.say("When its cases were received is told by another export.")
        return
    told = f"{called_received(known)}{_named_so(filled_dates(known))}"
    out.ask(f"which column says when a case was received? {told}")
    out.add(f"received = {quoted(OPEN)}")
    _tell_asked(out, known)


def _ends(out: Writing, known: Known) -> None:
    ends = ends_to_ask_for(known)
    if ends:
        end = "resolved" if "closed" in known.proposal.steps else "closed"
        out.ask(
            f"which column says when a case was {end}? None is called so{_named_so(ends)}. If"
            " none does, take this line away: then a case is open unless a status, a history"
            " or another date says otherwise"
        )
        out.add(f"{end} = {quoted(OPEN)}")
        if "received" in known.proposal.steps:
            _tell_asked(out, known)


def _tell_asked(out: Writing, known: Known) -> None:
    """How the dates that a question names are written, where not as the others are."""
    usual = _written(_commonest(known)) if known.forms else quoted("%Y-%m-%d")
    forms = forms_of(dates_asked_about(known), " ".join(known.text.header))
    told = {name: _written(form) for name, form in forms.items() if form.form != OPEN}
    for name, form in [pair for pair in told.items() if pair[1] != usual]:
        out.say(
            f"  if it is {quoted(name)}, write under [exports.{known.export}.date_formats]:"
        )
        out.say(f"  {quoted(name)} = {form}")


def _named_so(names: Sequence[str]) -> str:
    """The few columns that an answer may be, at the end of its question."""
    few = names[:_SHOWN]
    return f"; it may be {' or '.join(map(quoted, few))}" if few else ""


def _tell_order(out: Writing, known: Known, first: Match, match: Match) -> None:
    forms = {name: form.form for name, form in known.forms.items()}
    if OPEN in (forms[first.column.name], forms[match.column.name]):
        return
    before, both = before_receipt(first, match, forms)
    if before:
        out.say(f"  in {before:,} of {both:,} rows it lies before the receipt")


def _line(out: Writing, name: str, match: Match, known: Known) -> None:
    column = match.column
    rivals = known.proposal.rivals.get(name, ())
    sure = "sure, by its name" if match.sure else "likely: look at it"
    counts = f"{column.filled:,} of {column.rows:,} rows"
    told = known.proposal.places.get(name, place_of(column))
    out.add(f"{name} = {told}    # {sure}; {counts}")
    if rivals:
        out.say(f"  or is it {', '.join(map(quoted, rivals))}?")
    if name == "case_id" and counts_rows(column):
        out.say("  it counts the rows of this file: has a case the same in the next one?")


def _formats(out: Writing, known: Known) -> None:
    if not known.forms:
        return
    usual = _written(_commonest(known))
    others = {name: form for name, form in known.forms.items() if _written(form) != usual}
    if not others:
        return
    out.say("Dates that are written in another form.")
    out.add(f"[exports.{known.export}.date_formats]")
    for name, form in others.items():
        _tell_form(out, form, known, [name])
        out.add(f"{quoted(name)} = {_written(form)}")
    out.add("")
