"""Day first or month first: decided once for all columns of a file that are written alike."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from etl.drafting.columns import Column
from etl.drafting.date_shapes import Order
from etl.drafting.dates import Dates, Evidence
from etl.drafting.languages import languages_of

OPEN = "?"
_NUMBERS = {
    "excel": "days since Excel's first",
    "epoch": "seconds since 1970",
    "epoch ms": "milliseconds since 1970",
}


@dataclass(frozen=True, slots=True)
class Form:
    """The form in which a column's dates are to be read, "?" where nothing decides; and why.

    `more` are the forms that some are written in, such as those of a month or a year alone.
    """

    form: str
    why: str
    question: str | None = None
    locale: str | None = None
    more: tuple[str, ...] = ()


def forms_of(columns: Iterable[Column], header: str = "") -> dict[str, Form]:
    """The form of every column of dates, by its name; `header` are the names of all columns.

    Each value alone could be read in two ways; a file is written in one. Where no value of the
    file fits one way only, or some fit the one and some the other, it is asked and not chosen.
    """
    dated = [(column, column.dates) for column in columns if column.dates is not None]
    pooled: dict[str, Evidence] = {}
    for _, dates in dated:
        if dates.evidence is not None:
            before = pooled.get(dates.family)
            pooled[dates.family] = before.plus(dates.evidence) if before else dates.evidence
    # A file is written in one language: "dez" alone may be of two.
    names = {name for _, dates in dated for name in dates.month_names}
    told = languages_of(names, header)
    forms = {column.name: _form(dates, pooled, told) for column, dates in dated}
    return {
        c.name: replace(forms[c.name], more=(*dates.also, *dates.partial)) for c, dates in dated
    }


def _form(dates: Dates, pooled: Mapping[str, Evidence], languages: Sequence[str]) -> Form:
    if dates.month_names:
        names = ", ".join(dates.month_names)
        fitting = f"; these are so in {' and '.join(languages)}" if languages else ""
        question = f"in which language are the months written? Give it as locale{fitting}"
        sure = len(languages) == 1
        return Form(
            next(iter(dates.forms.values())),
            f"months are written as {names}",
            None if sure else question,
            locale=languages[0] if sure else OPEN,
        )
    if dates.evidence is None:
        ((order, form),) = dates.forms.items()
        why = _NUMBERS.get(form, f"{order}; there is no other way to read them")
        return Form(form, f"{dates.values:,} values, {why}{_days(dates)}")
    return _decided(dates, dates.evidence, pooled[dates.family])


def _decided(dates: Dates, own: Evidence, file: Evidence) -> Form:
    orders: tuple[Order, Order] = ("day first", "month first")
    counts = (file.only_day_first, file.only_month_first)
    told = _counted(own) + _days(dates)
    if own != file and not (own.only_day_first or own.only_month_first):
        told += f"; in all columns written so: {_counted(file)}"
    if counts[0] and counts[1]:
        return _mixed(dates, own, told)
    if counts[0] or counts[1]:
        return Form(dates.forms[orders[0] if counts[0] else orders[1]], told)
    if dates.family.startswith("."):
        return Form(
            dates.forms["day first"],
            f"{told}. Nothing decides; read day first, as dates with dots are: look at them",
        )
    day, month = (dates.forms[order] for order in orders)
    return Form(
        OPEN,
        told,
        f"is the day or the month first? Write {day!r} or {month!r}; ask whoever exports it",
    )


def _mixed(dates: Dates, own: Evidence, told: str) -> Form:
    day, month = dates.forms["day first"], dates.forms["month first"]
    return Form(
        OPEN,
        told,
        "this file is written in both ways, so that no form reads it without swapping days and"
        f" months of some rows. Mend the export; or write {day!r} or {month!r} and have the"
        f" {min(own.only_day_first, own.only_month_first):,} values that do not fit rejected",
    )


def _days(dates: Dates) -> str:
    return "; each at midnight, so that they are days" if dates.at_midnight else ""


def _counted(evidence: Evidence) -> str:
    return (
        f"{evidence.only_day_first:,} of {evidence.values:,} values fit only day first,"
        f" {evidence.only_month_first:,} fit only month first"
    )
