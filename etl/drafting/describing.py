"""Write a draft as commented TOML: who it is, its exports, and what their codes mean."""

from collections.abc import Iterable, Sequence

from etl.drafting.known import Known
from etl.drafting.lines import Writing, quoted
from etl.drafting.order import OPEN
from etl.drafting.unread import dates_asked_about, kinds_to_ask_for
from etl.drafting.vocabulary import Vocabulary, merged
from etl.drafting.words import header_words
from etl.drafting.writing import write_export
from etl.kinds import OF_LAWS
from etl.source import FIXED, MAY_BE_SILENT

# What a system says of its own deadlines is true or false.
_THE_SAME_EVERYWHERE = ("verdict",)
# Of a case a column may be named that nobody recognised, and its codes are listed then.
_DESCRIBE = ("case", "allegation", "snapshot")
_OF_A_CASE = ("unit", "category", "channel", "severity", "status", "outcome", "anonymity")
_SELDOM = "as seen once only or shaped like a name, an address or a number"


def write(
    name: str, parts: Sequence[Known], *, zone: str | None, left_out: Sequence[str] = ()
) -> Writing:
    """Write the draft of a source called `name`, whose exports are `parts`.

    `zone` is the organisation's time zone, where it is known; `left_out` are the names of files
    that tell of no case.
    """
    out = Writing()
    for file in left_out:
        out.say(f"{file} tells of no case, only what others call by a code: do not load it.")
    _top(out, name, parts, zone)
    vocabularies = merged(told for known in parts for told in known.vocabularies.values())
    told = [told.field for told in vocabularies if told.field not in _THE_SAME_EVERYWHERE]
    describes = any(known.proposal.grain in _DESCRIBE for known in parts)
    asked = ["kind"] if any(kinds_to_ask_for(known) for known in parts) else []
    fields = dict.fromkeys((*told, *(_OF_A_CASE if describes else ()), *asked))
    if fields:
        out.say("Codes of these that are not listed below yet, `case-audit source codes` adds.")
        out.add(f"own_codes = [{', '.join(map(quoted, fields))}]")
    out.add("")
    for known in parts:
        write_export(out, known)
    for vocabulary in vocabularies:
        _codes(out, vocabulary)
    _labels(out, vocabularies)
    return out


def _top(out: Writing, name: str, parts: Sequence[Known], zone: str | None) -> None:
    for known in parts:
        if not known.shares_rows:
            rows, wide = known.text.rows.height, len(known.columns)
            told = (known.also or known.text.places) and known.text.place
            place = f" ({told})" if told else ""
            out.say(
                f"A draft, proposed from an export of {rows:,} rows and {wide} columns{place}."
            )
            unread = known.text.damaged.height + known.text.ragged.height
            if unread:
                out.say(
                    f"{unread:,} more could not be read: `source test` says which, and why."
                )
    out.say('Read it from top to bottom. Every "?" is a question that only you can answer:')
    out.say("as long as there is one, nothing is loaded with it. Correct whatever is wrong.")
    out.add(f"name = {quoted(name)}")
    title = name.replace("_", " ").capitalize()
    out.add(f"title = {quoted(title)}", "")
    _zone(out, parts, zone)


def _zone(out: Writing, parts: Sequence[Known], zone: str | None) -> None:
    read = [match.column for known in parts for match in known.read.values()]
    read += [column for known in parts for column in dates_asked_about(known)]
    dated = [column.dates for column in read if column.dates is not None]
    clocks = [dates for dates in dated if dates.with_hours and not dates.with_offset]
    # A workbook's dates at midnight are days; others are a clock's, whose zone nobody wrote.
    if not clocks and any(dates.with_hours for dates in dated):
        out.say("Every instant says its own offset, so that the zone matters to days alone.")
        out.add(f"time_zone = {quoted(zone or 'UTC')}")
    elif not clocks and zone is not None:
        out.say("Its dates have no hours; they are days of your organisation's time zone.")
        out.add(f"time_zone = {quoted(zone)}")
    elif {_zone_in(column.name) for column in read if column.dates in clocks} == {"UTC"}:
        out.say("The names of its columns of dates say UTC.")
        out.add('time_zone = "UTC"')
    else:
        own = f"; your organisation's own is {zone}" if zone is not None else ""
        out.ask(
            "which time zone's clock do its dates show? Write a name such as Europe/London, or"
            f" UTC if the system says so{own}"
        )
        out.add(f"time_zone = {quoted(OPEN)}")


def _zone_in(header: str) -> str | None:
    """The zone that a column's name says its clock shows, as `Created At (UTC)`."""
    return "UTC" if {"utc", "gmt"} & {*header_words(header).split()} else None


def _codes(out: Writing, vocabulary: Vocabulary) -> None:
    out.say(f"What the codes of {vocabulary.field} mean, with the rows that have each.")
    if vocabulary.hidden:
        out.say(f"Not written here, {_SELDOM}: {vocabulary.hidden:,}.")
        out.say("`source test` names the lines; `source codes` adds all of them here.")
    if vocabulary.asked:
        out.ask(
            f'what does each "?" under [codes.{vocabulary.field}] mean?{_choice(vocabulary)}'
        )
    out.add(f"[codes.{vocabulary.field}]")
    for code in vocabulary.codes:
        unsure = "" if code.sure or code.ours == OPEN else "; likely: look at it"
        if code.called is not None:
            unsure = f"; called {quoted(code.called)}"
        if not code.ours:
            unsure = f"; says nothing yet{unsure}"
        out.add(f"{quoted(code.written)} = {quoted(code.ours)}    # {code.rows:,}{unsure}")
    out.add("")


def _choice(vocabulary: Vocabulary) -> str:
    nothing = '; "" where it says nothing' if vocabulary.field in MAY_BE_SILENT else ""
    told = FIXED[vocabulary.field]
    if vocabulary.field == "kind":
        usual = told[: told.index(OF_LAWS[0])]
        more = f", or another of the {len(told)} that docs/sources.md lists"
        return f" One of {', '.join(usual)}{more}{nothing}"
    return f" One of {', '.join(told)}{nothing}"


def _labels(out: Writing, vocabularies: Iterable[Vocabulary]) -> None:
    labelled = [vocabulary for vocabulary in vocabularies if vocabulary.labels]
    if labelled:
        out.say("What pages and reports call them.")
    for vocabulary in labelled:
        out.add(f"[labels.{vocabulary.field}]")
        out.add(*(f"{ours} = {quoted(label)}" for ours, label in vocabulary.labels.items()), "")
