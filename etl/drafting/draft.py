"""From an unknown export to the draft of a source; what only a person can answer is asked."""

from dataclasses import dataclass
from pathlib import Path

from etl.drafting.columns import Column, columns_of, people_in
from etl.drafting.fields import propose
from etl.drafting.order import forms_of
from etl.drafting.vocabulary import vocabulary
from etl.drafting.words import name_for
from etl.drafting.writing import Known, write
from etl.errors import ExportError
from etl.readers.layout import UNTOLD, Layout
from etl.readers.rows import TextTable
from etl.reading import read_export
from etl.source import CODED


@dataclass(frozen=True, slots=True)
class Draft:
    """A source's description as TOML, and the questions that stand in it as "?"."""

    name: str
    toml: str
    questions: tuple[str, ...]


def draft(path: Path, *, name: str | None = None, zone: str | None = None) -> Draft:
    """Propose a description of the case system that wrote the export at `path`.

    `zone` is the organisation's time zone, which will do for dates without hours. What is
    written are names of columns, codes, counts and forms of dates: no name of a person, no
    free text and no case's number. Raises ExportError where the file cannot be read.
    """
    text, layout = _read(path)
    if text.rows.is_empty():
        raise ExportError.at(
            path, "there is no row to learn from", remedy="export some cases first", line=1
        )
    told = Path(path.name.lower().removesuffix(".gz"))
    ending = told.suffix.lstrip(".") if told.suffix not in ("", ".zip") else "csv"
    called = name or name_for(path.name.partition(".")[0], other="source")
    return draft_of(text, name=called, ending=ending, zone=zone, layout=layout)


def _read(path: Path) -> tuple[TextTable, Layout]:
    """The export, and what had to be declared to read it: names that stand twice or nowhere."""
    try:
        return read_export(path), UNTOLD
    except ExportError as error:
        layout = Layout(repeats="number", unnamed="number")
        try:
            return read_export(path, layout), layout
        except ExportError:
            raise error from None


def draft_of(
    text: TextTable,
    *,
    name: str,
    ending: str,
    zone: str | None = None,
    layout: Layout = UNTOLD,
) -> Draft:
    """The same of an export that has been read, from a file with this ending and layout."""
    columns = columns_of(text)
    written = write(_known(name, ending, text, columns, zone, layout))
    return Draft(name=name, toml=written.toml, questions=written.questions)


def _known(
    name: str,
    ending: str,
    text: TextTable,
    columns: list[Column],
    zone: str | None,
    layout: Layout,
) -> Known:
    proposal = propose(columns)
    matches = (*proposal.fields.values(), *proposal.steps.values())
    read = {match.column.name for match in matches}
    people = people_in(columns)
    return Known(
        name=name,
        ending=ending,
        text=text,
        layout=layout,
        columns=columns,
        proposal=proposal,
        forms=forms_of([column for column in columns if column.name in read]),
        zone=zone,
        vocabularies={
            field: vocabulary(field, match.column, people)
            for field, match in proposal.fields.items()
            if field in CODED
        },
    )
