"""All that is known of one table of an unknown export, before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from etl.drafting.columns import Column
from etl.drafting.fields import Proposal
from etl.drafting.matching import Match
from etl.drafting.order import Form
from etl.drafting.vocabulary import Vocabulary
from etl.readers.layout import Layout
from etl.readers.rows import TextTable


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of one table of an unknown export.

    `headers` are rows that only repeat the header, of which nothing else here knows; `labels`
    are further lines of it, with what stands in each column.
    `also` are exports drafted from the same file, and `shares_rows` says that this is one that
    reads the same rows as another: what it leaves out is told there. `is_register` says that
    another export tells when its cases were received.
    """

    export: str
    ending: str
    text: TextTable
    layout: Layout
    columns: list[Column]
    proposal: Proposal
    forms: Mapping[str, Form]
    vocabularies: Mapping[str, Vocabulary]
    headers: int = 0
    labels: tuple[tuple[str, ...], ...] = ()
    also: tuple[str, ...] = ()
    shares_rows: bool = False
    is_register: bool = False

    @property
    def read(self) -> dict[str, Match]:
        """The columns that are read, by field or step."""
        return {**self.proposal.fields, **self.proposal.steps, **self.proposal.further}
