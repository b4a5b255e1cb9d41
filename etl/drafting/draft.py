"""From an unknown export to the draft of a source; what only a person can answer is asked."""

from dataclasses import dataclass
from pathlib import Path

from etl.drafting.columns import Column, columns_of, people_in
from etl.drafting.fields import Proposal, propose
from etl.drafting.order import forms_of
from etl.drafting.vocabulary import vocabulary
from etl.drafting.words import name_for
from etl.drafting.writing import Known, write
from etl.errors import ExportError
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
    text = read_export(path)
    if text.rows.is_empty():
        raise ExportError.at(
            path, "there is no row to learn from", remedy="export some cases first", line=1
        )
    columns = columns_of(text)
    proposal = propose(columns)
    called = name or name_for(path.name.partition(".")[0], other="source")
    written = write(_known(called, path, text, columns, proposal, zone))
    return Draft(name=called, toml=written.toml, questions=written.questions)


def _known(
    called: str,
    path: Path,
    text: TextTable,
    columns: list[Column],
    proposal: Proposal,
    zone: str | None,
) -> Known:
    read = {
        match.column.name for match in (*proposal.fields.values(), *proposal.steps.values())
    }
    people = people_in(columns)
    return Known(
        name=called,
        ending=path.suffix.lstrip(".").lower() or "csv",
        text=text,
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
