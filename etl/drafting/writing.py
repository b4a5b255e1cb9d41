"""Write a draft as commented TOML: proposals with their evidence, and questions as "?"."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from etl.drafting.columns import Column
from etl.drafting.fields import Match, Proposal, before_receipt, likely_step
from etl.drafting.order import OPEN, Form
from etl.drafting.vocabulary import Vocabulary
from etl.readers.layout import Layout
from etl.readers.rows import TextTable
from etl.source import FIXED

_WHY_NOT = {
    "person": "about a person",
    "address": "where somebody lives or can be reached",
    "narrative": "somebody's own words",
    "not_needed": "nothing is computed from it",
    "duration": "a length of time written as a date: lengths are computed anew",
    "empty": "no row has a value",
}
_SELDOM = "as seen once only or shaped like a name, an address or a number"


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of an unknown export."""

    name: str
    ending: str
    text: TextTable
    layout: Layout
    columns: list[Column]
    proposal: Proposal
    forms: Mapping[str, Form]
    zone: str | None
    vocabularies: Mapping[str, Vocabulary]

    @property
    def read(self) -> dict[str, Match]:
        """The columns that are read, by field or step."""
        return {**self.proposal.fields, **self.proposal.steps}


@dataclass(slots=True)
class Writing:
    """Lines of TOML as they are written, and the questions among them."""

    lines: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def add(self, *lines: str) -> None:
        """Write lines as they are."""
        self.lines += lines

    def say(self, text: str) -> None:
        """Write a comment; whatever is in it, it stays on its line."""
        self.lines.append(f"# {one_line(text)}")

    def ask(self, question: str) -> None:
        """Write a question above the line that it is about, numbered."""
        self.asked.append(question)
        self.say(f"QUESTION {len(self.asked)}: {question}")

    @property
    def toml(self) -> str:
        """All of it."""
        return "\n".join(self.lines).strip() + "\n"

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions in the order of the lines."""
        return tuple(self.asked)


def one_line(text: str) -> str:
    """A text without anything that could end its line."""
    return "".join(c if c.isprintable() else " " for c in text)


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write(known: Known) -> Writing:
    """Write the draft: who it is, its export, its columns and dates, its codes."""
    out = Writing()
    _top(out, known)
    _export(out, known)
    _columns(out, known)
    _steps(out, known)
    _formats(out, known)
    for vocabulary in known.vocabularies.values():
        _codes(out, vocabulary)
    _labels(out, known.vocabularies.values())
    return out


def _top(out: Writing, known: Known) -> None:
    rows, wide = known.text.rows.height, len(known.columns)
    out.say(f"A draft, proposed from an export of {rows:,} rows and {wide} columns.")
    out.say('Read it from top to bottom. Every "?" is a question that only you can answer:')
    out.say("as long as there is one, nothing is loaded with it. Correct whatever is wrong.")
    out.add(f"name = {quoted(known.name)}")
    title = known.name.replace("_", " ").capitalize()
    out.add(f"title = {quoted(title)}", "")
    _zone(out, known)


def _zone(out: Writing, known: Known) -> None:
    dated = [m.column.dates for m in known.read.values() if m.column.dates is not None]
    clocks = [dates for dates in dated if dates.with_hours and not dates.with_offset]
    # A workbook's dates at midnight are days; others are a clock's, whose zone nobody wrote.
    if not clocks and any(dates.with_hours for dates in dated):
        out.say("Every instant says its own offset, so that the zone matters to days alone.")
        out.add(f"time_zone = {quoted(known.zone or 'UTC')}")
    elif not clocks and known.zone is not None:
        out.say("Its dates have no hours; they are days of your organisation's time zone.")
        out.add(f"time_zone = {quoted(known.zone)}")
    else:
        out.ask(
            "which time zone's clock do its dates show? Write a name such as Europe/London, or"
            " UTC if the system says so"
        )
        out.add(f"time_zone = {quoted(OPEN)}")
    out.add("")


def _export(out: Writing, known: Known) -> None:
    proposal = known.proposal
    out.add(f"[exports.{_export_name(proposal)}]")
    out.add(f"files = [{quoted(known.ending)}]")
    if known.text.delimiter:
        out.add(f"delimiter = {quoted(known.text.delimiter)}")
        out.add(f"encoding = {quoted(known.text.encoding)}")
    if known.layout.repeats == "number":
        out.say("A name stands twice in its header, or a column has none: they are numbered.")
        out.add('repeats = "number"', 'unnamed = "number"')
    _grain(out, proposal)
    if proposal.grain == "event" and "kind" not in proposal.fields:
        out.ask("which step of a case is a row of this file? One of ours, such as escalated")
        out.add(f"constant_kind = {quoted(OPEN)}")
    if proposal.grain == "feedback":
        out.ask("from which to which number does the score go? Write them without quotes")
        out.add(f"scale = {quoted(OPEN)}")
    _default_form(out, known)
    _nothing(out, known)
    _left_out(out, known)
    out.add("")


def _grain(out: Writing, proposal: Proposal) -> None:
    told = f"{proposal.rows_per_case:.2f} rows for each case"
    if proposal.is_history:
        out.ask(
            "rows of one case differ in their status, so that a row is hardly an allegation. Is"
            " it a state of the case at a time (snapshot), or one thing that happened (event)?"
        )
    unsure = proposal.is_history or proposal.numbers
    grain = OPEN if unsure else proposal.grain
    out.add(f"grain = {quoted(grain)}    # {told}")


def _export_name(proposal: Proposal) -> str:
    names = {"case": "cases", "allegation": "allegations", "finding": "findings"}
    return names.get(proposal.grain, {"event": "history"}.get(proposal.grain, "surveys"))


def _default_form(out: Writing, known: Known) -> None:
    if not known.forms:
        return
    first = _commonest(known)
    alike = [name for name, form in known.forms.items() if form.form == first.form]
    out.say("How dates are written, by column:")
    _tell_form(out, first, known, alike)
    out.add(f"dates = {quoted(first.form)}")


def _commonest(known: Known) -> Form:
    forms = [form.form for form in known.forms.values()]
    best = max(dict.fromkeys(forms), key=forms.count)
    return next(form for form in known.forms.values() if form.form == best)


def _tell_form(out: Writing, form: Form, known: Known, names: Iterable[str]) -> None:
    for name in names:
        out.say(f"  {quoted(name)}: {known.forms[name].why}")
        out_of_form = _dates(known, name)
        if out_of_form:
            out.say(f"  {quoted(name)}: {out_of_form:,} values are written otherwise")
    if form.question is not None:
        out.ask(form.question)
    if form.locale is not None:
        out.add(f"locale = {quoted(form.locale)}")


def _dates(known: Known, name: str) -> int:
    column = next(column for column in known.columns if column.name == name)
    return column.dates.other if column.dates is not None else 0


def _nothing(out: Writing, known: Known) -> None:
    read = {match.column.name: match.column for match in known.read.values()}
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


def _left_out(out: Writing, known: Known) -> None:
    read = {match.column.name for match in known.read.values()}
    left = [column for column in known.columns if column.name not in read]
    if not left:
        return
    out.say("Columns that are not read into the store, and why:")
    for column in left:
        out.say(f"  {quoted(column.name)}: {_reason(column)}")
    out.add("ignored = [", *(f"    {quoted(column.name)}," for column in left), "]")


def _reason(column: Column) -> str:
    if column.why_not == "empty":
        step = likely_step(column.name)
        return _WHY_NOT["empty"] + (f"; it may be the step {step}" if step else "")
    if column.why_not is not None:
        return _WHY_NOT[column.why_not]
    if column.dates is not None:
        return f"dates, {column.filled:,} of {column.rows:,} rows; no step of ours is called so"
    return (
        f"no field of ours is called so ({column.distinct:,} different values in"
        f" {column.filled:,} rows)"
    )


def _columns(out: Writing, known: Known) -> None:
    out.add(f"[exports.{_export_name(known.proposal)}.columns]")
    if "case_id" not in known.proposal.fields:
        out.ask("which column is the case's number? No column's name or values say so")
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
    for name, match in known.proposal.fields.items():
        if name != "case_id" or not doubtful:
            _line(out, name, match, known)
    out.add("")


def _steps(out: Writing, known: Known) -> None:
    if known.proposal.grain not in ("case", "allegation"):
        return
    out.say("The date of each step. A case has ended where resolved or closed has one.")
    out.add(f"[exports.{_export_name(known.proposal)}.events]")
    steps = known.proposal.steps
    if "received" not in steps:
        out.ask("which column says when a case was received? None is called so")
        out.add(f"received = {quoted(OPEN)}")
    for step, match in steps.items():
        _line(out, step, match, known)
        first = steps.get("received")
        if first is not None and step != "received":
            _tell_order(out, known, first, match)
    out.add("")


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
    out.add(f"{name} = {quoted(column.name)}    # {sure}; {counts}")
    if rivals:
        out.say(f"  or is it {', '.join(map(quoted, rivals))}?")


def _formats(out: Writing, known: Known) -> None:
    if not known.forms:
        return
    usual = _commonest(known).form
    others = {name: form for name, form in known.forms.items() if form.form != usual}
    if not others:
        return
    out.say("Dates that are written in another form.")
    out.add(f"[exports.{_export_name(known.proposal)}.date_formats]")
    for name, form in others.items():
        _tell_form(out, form, known, [name])
        out.add(f"{quoted(name)} = {quoted(form.form)}")
    out.add("")


def _codes(out: Writing, vocabulary: Vocabulary) -> None:
    out.say(f"What the codes of {vocabulary.field} mean, with the rows that have each.")
    if vocabulary.hidden:
        out.say(f"Not written here, {_SELDOM}: {vocabulary.hidden:,}.")
        out.say("Add what is a code; `source test` names the lines.")
    if vocabulary.asked:
        out.ask(
            f'what does each "?" under [codes.{vocabulary.field}] mean?{_choice(vocabulary)}'
        )
    out.add(f"[codes.{vocabulary.field}]")
    for code in vocabulary.codes:
        unsure = "" if code.sure or code.ours == OPEN else "; likely: look at it"
        out.add(f"{quoted(code.written)} = {quoted(code.ours)}    # {code.rows:,}{unsure}")
    out.add("")


def _choice(vocabulary: Vocabulary) -> str:
    return f" One of {', '.join(FIXED[vocabulary.field])}"


def _labels(out: Writing, vocabularies: Iterable[Vocabulary]) -> None:
    labelled = [vocabulary for vocabulary in vocabularies if vocabulary.labels]
    if labelled:
        out.say("What pages and reports call them.")
    for vocabulary in labelled:
        out.add(f"[labels.{vocabulary.field}]")
        out.add(*(f"{ours} = {quoted(label)}" for ours, label in vocabulary.labels.items()), "")
