"""How an installation writes its dates, where the description of its system says otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

import polars as pl

from etl.dated_texts import dated_texts
from etl.dates import read_by, reads_otherwise
from etl.drafting.columns import Column, column_of
from etl.drafting.dates import dates_of
from etl.drafting.order import OPEN, Form, forms_of
from etl.drafting.words import is_called_a_date
from etl.readers.rows import TextTable
from etl.source import Export

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class OwnDates:
    """Forms of dates and language of months to declare for one export, and the evidence.

    `forms` are new ones first and then those of the description that no date fits too; "?"
    alone is a question, which stands in `why`.
    """

    export: str
    forms: tuple[str, ...]
    locale: str | None
    why: tuple[str, ...]


def own_dates(text: TextTable, export: Export) -> OwnDates | None:
    """What to declare of the dates in an export; None where they are as they are declared."""
    if text.kind != "delimited":
        return None
    odd = [
        column
        for name, cells in dated_texts(text, export)
        if name not in export.written.date_formats
        if (column := _odd(name, text.header.index(name), cells, export)) is not None
    ]
    if not odd:
        return None
    found = forms_of(odd, " ".join(text.header))
    told = tuple(f'"{name}": {form.why}' for name, form in found.items())
    asked = [form.question for form in found.values() if form.question is not None]
    if asked:
        return OwnDates(export.name, (OPEN,), None, (*told, f"QUESTION: {asked[0]}"))
    locale = next((form.locale for form in found.values() if form.locale), None)
    return OwnDates(export.name, _forms(found.values(), export), locale, told)


def _odd(name: str, place: int, cells: pl.Series, export: Export) -> Column | None:
    """The column, without what stands for no date, if most of it is not read as declared."""
    values = cells.filter(cells != "")
    dates = dates_of(values, called_a_date=is_called_a_date(name))
    if dates is None:
        return None
    read = read_by(values, export.written.date_forms(name), export.written.locale)
    unread = values.len() - read
    is_odd = unread > _HALF * values.len() or (dates.month_names and unread)
    return column_of(name, place, values) if is_odd else None


def _forms(found: Iterable[Form], export: Export) -> tuple[str, ...]:
    new = tuple(dict.fromkeys(told for form in found for told in (form.form, *form.more)))
    kept = [
        form
        for form in export.written.dates
        if not any(reads_otherwise(*pair) for one in new for pair in permutations((form, one)))
    ]
    return tuple(dict.fromkeys((*new, *kept)))
