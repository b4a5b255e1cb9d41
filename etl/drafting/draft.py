"""From unknown exports to the draft of a source; what only a person can answer is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from etl.drafting.alike import united
from etl.drafting.answers import answers_in
from etl.drafting.clocks import with_clocks
from etl.drafting.columns import Column, columns_of, people_in
from etl.drafting.describing import write
from etl.drafting.ends import without_ends_at_once
from etl.drafting.fields import ORDER, Proposal, propose
from etl.drafting.issues import codes_of_issues, with_issues
from etl.drafting.known import Known
from etl.drafting.lists import of_parts, with_labels, with_list
from etl.drafting.logs import cases_of, states_of_log
from etl.drafting.lookups import lookups
from etl.drafting.matching import Match
from etl.drafting.named_numbers import with_names
from etl.drafting.no_cases import without_headers, without_labels
from etl.drafting.numbers import names_cases, other_numbers
from etl.drafting.order import Form, forms_of
from etl.drafting.parts import Part, holds_no_row, parts_of
from etl.drafting.registers import with_registers
from etl.drafting.rounds import with_rounds
from etl.drafting.scales import levels_in
from etl.drafting.vocabulary import Vocabulary, of_verdicts, vocabulary
from etl.drafting.words import EXACT, name_for
from etl.errors import ExportError
from etl.readers.layout import UNTOLD, Layout
from etl.readers.rows import TextTable
from etl.source import CODED

# Grains whose rows describe cases, and those that need a case described elsewhere.
_DESCRIBE = ("case", "allegation", "snapshot")
_HISTORIES = ("event", "change")
_NAMES = {
    "case": "cases", "allegation": "allegations", "finding": "findings", "event": "history",
    "change": "changes", "snapshot": "updates", "verdict": "deadlines", "feedback": "surveys",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A source's description as TOML, and the questions that stand in it as "?".

    `left_out` are the names of files that tell of no case.
    """

    name: str
    toml: str
    questions: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def draft(*paths: Path, name: str | None = None, zone: str | None = None) -> Draft:
    """Propose a description of the case system that wrote the exports at `paths`.

    `zone` is the organisation's time zone, which will do for dates without hours. What is
    written are names of columns, codes, counts and forms of dates: no name of a person, no
    free text and no case's number. Raises ExportError where a file cannot be read.
    """
    called = name or name_for(paths[0].name.partition(".")[0], other="source")
    return _drafted(called, [_told(path) for path in paths], zone)


def _told(path: Path) -> list[Part]:
    parts = parts_of(path)
    if holds_no_row(parts[0]):
        raise ExportError.at(
            path, "there is no row to learn from", remedy="export some cases first", line=1
        )
    return [part for part in parts if not part.text.rows.is_empty()]


def draft_of(
    text: TextTable,
    *,
    name: str,
    ending: str,
    zone: str | None = None,
    layout: Layout = UNTOLD,
) -> Draft:
    """The same of an export that has been read, from a file with this ending and layout."""
    return _drafted(name, [[Part(Path(f"export.{ending}"), text, layout)]], zone)


def _drafted(name: str, files: Sequence[Sequence[Part]], zone: str | None) -> Draft:
    exports = united(files)
    files = [parts for parts, _ in exports]
    told = [list(_of_file(parts)) for parts in files]
    beside = lookups(told) if len(files) > 1 else frozenset()
    left_out = [path for place in sorted(beside) for path in exports[place][1]]
    kept = [place for place in range(len(files)) if place not in beside]
    together = _together([files[place] for place in kept], [told[place] for place in kept])
    known = with_registers(_apart(together))
    if len(files) == 1 and not any(told.proposal.grain in _DESCRIBE for told in known):
        known = _with_cases(known)
    written = write(name, with_names(known), zone=zone, left_out=left_out)
    return Draft(name, written.toml, written.questions, tuple(left_out))


def _together(
    files: Sequence[Sequence[Part]], told: Sequence[list[Known]]
) -> list[list[Known]]:
    """What is known of each file; whose numbers are no other's may name those of another."""
    numbers = [_numbers(file) for file in told]
    found = []
    for place, (parts, file) in enumerate(zip(files, told, strict=True)):
        others = frozenset().union(*numbers[:place], *numbers[place + 1 :])
        is_apart = others and not numbers[place] & others
        found.append(list(_of_file(parts, others)) if is_apart else file)
    return _told_once(_by_other_numbers(files, found))


def _by_other_numbers(
    files: Sequence[Sequence[Part]], told: list[list[Known]]
) -> list[list[Known]]:
    """The same where a file speaks of another's cases by a second number that they have."""
    found = list(told)
    for place, file in enumerate(told):
        number = file[0].proposal.fields.get("case_id")
        if number is None or file[0].proposal.grain != "case":
            continue
        for column in other_numbers(file[0].columns, number.column):
            values = frozenset(column.values)
            for other, parts in enumerate(files):
                if other == place or _numbers(found[other]) & _numbers(file):
                    continue
                if names_cases(found[other][0].columns, values):
                    found[other] = list(_of_file(parts, values))
                    found[place] = [_with_alias(file[0], column), *file[1:]]
    return found


def _with_alias(known: Known, column: Column) -> Known:
    fields = {**known.proposal.fields, "alias": Match("alias", column, EXACT)}
    ordered = {name: fields[name] for name in ORDER if name in fields}
    return replace(known, proposal=replace(known.proposal, fields=ordered))


def _numbers(file: Sequence[Known]) -> frozenset[str]:
    named = [known.proposal.fields.get("case_id") for known in file]
    return frozenset().union(*(match.column.values for match in named if match is not None))


def _told_once(files: list[list[Known]]) -> list[list[Known]]:
    """Without what says nothing that another export does not: numbers alone, days alone."""
    is_described = any(_describes(known) for file in files for known in file)
    return [_kept(file, is_described=is_described) for file in files]


def _describes(known: Known) -> bool:
    return known.proposal.grain in _DESCRIBE and "received" in known.proposal.steps


def _kept(file: list[Known], *, is_described: bool) -> list[Known]:
    said = [known for known in file if not (is_described and _only_numbers(known))]
    if not said or len(said) == len(file):
        return file
    return [replace(said[0], also=tuple(known.export for known in said[1:])), *said[1:]]


def _only_numbers(known: Known) -> bool:
    told = known.proposal
    return told.grain in _DESCRIBE and not told.steps and told.fields.keys() == {"case_id"}


def _told_inside(known: Known, file: Sequence[Known]) -> bool:
    """Whether rows only date the changes inside them, which are an export of their own."""
    inside = f"{known.text.place}."
    fields = known.proposal.fields
    only_dates = fields.keys() == {"case_id", "occurred"} or "inside" in {
        fields[name].column.why_not for name in ("before", "after") if name in fields
    }
    return only_dates and any(
        other.proposal.grain == "change" and other.text.place.startswith(inside)
        for other in file
    )


def _apart(files: Sequence[Sequence[Known]]) -> list[Known]:
    """The exports of all files, of which no two have one name."""
    told = _named_apart([known for file in files for known in file])
    names = iter([known.export for known in told])
    listed = []
    for file in files:
        now = {known.export: next(names) for known in file}
        listed += [
            replace(known, export=now[known.export], also=tuple(now[n] for n in known.also))
            for known in file
        ]
    return listed


def _of_file(parts: Sequence[Part], numbers: frozenset[str] = frozenset()) -> Iterator[Known]:
    """What is known of each table of a file that has anything to say of cases."""
    first = _known(parts[0], numbers=numbers)
    named = first.proposal.fields.get("case_id")
    number = named.column.name if named is not None else ""
    # Rows beside the cases, as a board's cards and its actions, name them by their numbers.
    own = frozenset(named.column.values) if named is not None else numbers
    others = [
        _known(p, number=f"{p.around}{number}") if p.around else _known(p, numbers=own)
        for p in parts[1:]
    ]
    told = [
        also
        for known in (first, *others)
        for answered in _with_answers(known)
        for also in _with_levels(answered)
    ]
    said = [told[0], *(other for other in told[1:] if _says_something(other))]
    kept = _named_apart([known for known in said if not _told_inside(known, said)])
    yield replace(kept[0], also=tuple(known.export for known in kept[1:]))
    yield from kept[1:]


def _with_answers(known: Known) -> list[Known]:
    """The same, with an export of answers where its rows are a conversation, or that alone."""
    number = known.proposal.fields.get("case_id")
    proposal = answers_in(known.columns, number) if number is not None else None
    if proposal is None or known.proposal.grain == "case":
        return [known]
    answers = _read_again(known, "answers", proposal)
    read = {match.column.name for match in known.read.values()}
    by = {name for step in proposal.row_steps for name in step.when}
    # A log of which nothing says what happened is told by its answers alone.
    is_log = known.proposal.grain in ("change", "snapshot") or "kind" in known.proposal.fields
    is_more = is_log and not read & by
    return [known, answers] if is_more else [replace(answers, shares_rows=False)]


def _with_levels(known: Known) -> list[Known]:
    """The same, with an export of the levels that its rows name beside their changes."""
    proposal = levels_in(known.columns, known.proposal)
    return [known] if proposal is None else [known, _read_again(known, "levels", proposal)]


def _read_again(known: Known, export: str, proposal: Proposal) -> Known:
    """What is known of the same rows where they are read for something else as well."""
    return replace(
        known,
        export=export,
        proposal=proposal,
        forms=_forms(known.columns, proposal),
        vocabularies=_vocabularies(proposal, people_in(known.columns)),
        also=(),
        shares_rows=True,
    )


def _says_something(known: Known) -> bool:
    """Whether it names its cases, and says anything else of them that we can read."""
    proposal = known.proposal
    return "case_id" in proposal.fields and len(proposal.fields) + len(proposal.steps) > 1


def _known(part: Part, *, number: str = "", numbers: frozenset[str] = frozenset()) -> Known:
    text, headers = without_headers(part.text)
    text, labels = without_labels(text)
    columns = of_parts(
        [_placed(column, part, number) for column in with_clocks(columns_of(text))]
    )
    proposal = _proposal(columns, part, number, numbers)
    told = without_ends_at_once(columns, proposal, _forms(columns, proposal))
    if told != columns:
        # Another column may be the end.
        columns, proposal = told, _proposal(told, part, number, numbers)
    forms = _forms(columns, proposal)
    path = Path(part.path.name.lower().removesuffix(".gz"))
    return Known(
        export=_NAMES[proposal.grain],
        ending=path.suffix.lstrip(".") if path.suffix not in ("", ".zip") else "csv",
        text=text,
        headers=headers,
        labels=labels,
        layout=part.layout,
        columns=columns,
        proposal=proposal,
        forms=forms,
        vocabularies=_vocabularies(proposal, people_in(columns)),
    )


def _proposal(
    columns: Sequence[Column], part: Part, number: str, numbers: frozenset[str]
) -> Proposal:
    is_log = part.text.kind == "event log"
    told = (
        states_of_log(columns)
        if is_log
        else propose(columns, inner_number=number, known=numbers)
    )
    told = with_rounds(columns, told)
    return with_labels(columns, with_list(with_issues(columns, told)))


def _placed(column: Column, part: Part, number: str) -> Column:
    """The same, not to be read if it belongs around these rows or to a list inside them."""
    elsewhere = part.belongs_elsewhere(column.name)
    if elsewhere is None or column.name == number:
        return column
    return replace(column, why_not=elsewhere)


def _forms(columns: Sequence[Column], proposal: Proposal) -> Mapping[str, Form]:
    steps = (*proposal.steps.values(), *proposal.further.values())
    matches = (*proposal.fields.values(), *steps)
    read = {match.column.name for match in matches}
    header = " ".join(column.name for column in columns)
    return forms_of([column for column in columns if column.name in read], header)


def _vocabularies(proposal: Proposal, people: frozenset[str]) -> dict[str, Vocabulary]:
    if proposal.verdicts is not None:
        column = proposal.verdicts.verdict
        means = {code: proposal.verdicts.means(code) for code in column.values.unique()}
        told = {"verdict": of_verdicts(column, means)}
    else:
        told = {}
    coded = {n: m.column for n, m in proposal.fields.items() if n in CODED and n not in told}
    return told | {
        name: vocabulary(name, column, people)
        for name, column in (coded | proposal.codes | codes_of_issues(proposal)).items()
    }


def _with_cases(known: list[Known]) -> list[Known]:
    """With an export that reads the cases out of their own history, where it stands alone."""
    for place, told in enumerate(known):
        if told.proposal.grain in _HISTORIES:
            cases = _read_again(told, "cases", cases_of(told.columns, told.proposal))
            history = replace(told, also=(*told.also, "cases"))
            return [*known[:place], history, *known[place + 1 :], cases]
    return known


def _named_apart(known: Sequence[Known]) -> list[Known]:
    """Each with a name of its own: what comes again is numbered."""
    seen: dict[str, int] = {}
    told = []
    for one in known:
        seen[one.export] = seen.get(one.export, 0) + 1
        again = seen[one.export] > 1
        told.append(replace(one, export=f"{one.export}_{seen[one.export]}") if again else one)
    return told
