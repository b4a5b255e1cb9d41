"""In which form a column writes its dates, and what proves it: whole columns, never a value."""

import calendar
import re
from dataclasses import dataclass, field, replace

import polars as pl

from etl.dates import read_forms, reads_otherwise
from etl.drafting.date_shapes import WEEKDAY, Order, month_first_forms, shapes, year_first_forms
from etl.drafting.languages import languages_of
from etl.drafting.words import never_days
from etl.source import has_hours

_ENOUGH = 0.8  # of a column's values must be dates for it to be a column of dates
# What numbers are in a column that is called a date, from when to when they are believed.
_NUMBERED: dict[str, tuple[int, int]] = {
    "excel": (20_000, 60_000),  # 1954 to 2064
    "epoch": (946_684_800, 3_471_292_800),  # 2000 to 2079
    "epoch ms": (946_684_800_000, 3_471_292_800_000),
}
_NEVER = "0"  # an instant that numbers begin with, as it stands in systems without blanks
# Months and years that stand where nobody knows the day.
_PARTIAL = {
    "%Y-%m": r"^(19|20)\d\d-\d\d$", "%m/%Y": r"^\d\d/(19|20)\d\d$",
    "%m.%Y": r"^\d\d\.(19|20)\d\d$", "%Y": r"^(19|20)\d\d$",
}  # fmt: skip
_IN_ENGLISH = (*calendar.month_name[1:], *calendar.month_abbr[1:])
# Days as a database writes them: as many as this at midnight are no accident.
_MIDNIGHTS = 10
_FROM, _UNTIL = 1930, 2079  # years in which a case is believed to have happened
_FEWEST = 2  # values that make another form, and no slip of the hand
_OF_WORDS = (month_first_forms, year_first_forms)
_FEW = 200  # values, among which one "never" is enough


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many values fit each order, and which fit one alone."""

    values: int
    fit_day_first: int
    fit_month_first: int
    only_day_first: int
    only_month_first: int

    def plus(self, other: "Evidence") -> "Evidence":
        """The evidence of two columns of one file together."""
        return Evidence(*(a + b for a, b in zip(self.all(), other.all(), strict=True)))

    def all(self) -> tuple[int, int, int, int, int]:
        """Its counts in order."""
        return (
            self.values,
            self.fit_day_first,
            self.fit_month_first,
            self.only_day_first,
            self.only_month_first,
        )


@dataclass(frozen=True, slots=True)
class Dates:
    """A column of dates: its forms by order, how many values each fits, what decides.

    `forms` has one entry for dates that can be read in one way alone; `family` says which
    columns are written alike. `also` are forms that the rest is written in, where it is sure
    which, `partial` those of months or years alone, and `other` counts what is in none.
    """

    forms: dict[Order, str]
    family: str
    values: int
    other: int
    evidence: Evidence | None
    sentinels: dict[str, int] = field(default_factory=dict)
    month_names: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def with_hours(self) -> bool:
        """Whether it holds instants rather than days."""
        return any(has_hours(form) for form in (*self.forms.values(), *self.also))

    @property
    def at_midnight(self) -> bool:
        """Whether its days are written as their midnights."""
        return not self.with_hours and any("00" in form for form in self.forms.values())

    @property
    def with_offset(self) -> bool:
        """Whether each instant says its own offset from UTC."""
        told = (re.search("%#?z|^epoch", form) for form in self.also if has_hours(form))
        return all(told) and any(re.search("%#?z|^epoch", form) for form in self.forms.values())


def _of_numbers(values: pl.Series) -> Dates | None:
    """Days of Excel's or instants since 1970, where all values are such numbers."""
    told = values.filter(values != _NEVER)
    number = told.cast(pl.Float64, strict=False)
    for form, (first, last) in _NUMBERED.items():
        if not told.is_empty() and number.is_between(first, last).fill_null(value=False).all():
            never = values.len() - told.len()
            return Dates(
                forms={"year first": form},
                family=form,
                values=values.len(),
                other=0,
                evidence=None,
                sentinels={_NEVER: never} if never else {},
            )
    return None


def parsed(values: pl.Series, form: str) -> pl.Series:
    """Days that the values name in `form`; null where one does not fit."""
    return read_forms(values, form)


def dates_of(
    values: pl.Series, *, called_a_date: bool = False, midnights: int = _MIDNIGHTS
) -> Dates | None:
    """The dates of a column (texts without blanks); None where it is no column of dates.

    Numbers are Excel's days or instants since 1970 where the column is called a date, and
    never else; there alone a month or a year may stand for a day. So many `midnights`, and no
    other time of day, make days of its instants.
    """
    if values.is_empty():
        return None
    if not called_a_date:
        return _with_rest(values, _of_texts(values, midnights))
    months = {form: values.str.contains(shape) for form, shape in _PARTIAL.items()}
    forms = tuple(form for form, fits in months.items() if fits.any())
    whole = values.filter(~pl.DataFrame(months).select(pl.any_horizontal(pl.all())).to_series())
    if whole.is_empty():
        return None
    told = _of_numbers(whole) or _with_rest(
        whole, _of_texts(whole, midnights, called_a_date=True)
    )
    return (
        replace(told, partial=forms, values=told.values + values.len() - whole.len())
        if told
        else None
    )


def _with_rest(values: pl.Series, told: Dates | None) -> Dates | None:
    """The same with the form of the other values, if all of them share one that is sure."""
    if told is None or told.other < _FEWEST or told.month_names:
        return told
    fits = [parsed(values, form).is_not_null().alias(form) for form in told.forms.values()]
    is_rest = ~pl.DataFrame(fits).select(pl.any_horizontal(pl.all())).to_series()
    rest = _of_texts(values.filter(is_rest), values.len())
    form = _sure(rest) if rest is not None else None
    if (
        rest is None
        or form is None
        or any(_is_twofold((one, form)) for one in told.forms.values())
    ):
        return told
    return replace(told, other=rest.other, also=(form,))


def _sure(dates: Dates) -> str | None:
    """The form of values that nobody has to be asked about."""
    if dates.month_names:
        return None
    if dates.evidence is None:
        return next(iter(dates.forms.values()))
    day, month = dates.evidence.only_day_first, dates.evidence.only_month_first
    if (day and month) or not (day or month or dates.family.startswith(".")):
        return None
    return dates.forms["month first" if month else "day first"]


def _is_twofold(pair: tuple[str, str]) -> bool:
    """Whether some text would be another day by the other form."""
    return reads_otherwise(*pair) or reads_otherwise(*pair[::-1])


def _of_texts(
    values: pl.Series, midnights: int, *, called_a_date: bool = False
) -> Dates | None:
    for pattern, forms in shapes(midnights=midnights, called_a_date=called_a_date):
        parts = values.to_frame("text").select(
            pl.col("text"), pl.col("text").str.extract_groups(pattern).alias("p")
        )
        parts = parts.unnest("p").filter(pl.col("a").is_not_null())
        if parts.height < _ENOUGH * values.len():
            continue
        shape = _commonest_shape(parts)
        told = forms(shape)
        found = _fitted(values, told, shape["s"][0] or "") if told else None
        # A word before or between numbers may be anything that no language calls a month.
        is_sure = found is not None and (found.values or forms not in _OF_WORDS)
        if found is not None and (is_sure or languages_of(found.month_names)):
            return found
    return None


def _commonest_shape(parts: pl.DataFrame) -> pl.DataFrame:
    """The rows of the way of writing that most values share."""
    shaped = parts.with_columns(
        pl.struct(
            pl.col("s"),
            pl.col("t"),
            pl.col("a").str.len_chars() == 4,
            pl.col("c").str.len_chars() == 4,
            pl.col("join").fill_null(""),
            pl.col("time").is_not_null().alias("timed"),
            pl.col("sec").is_not_null(),
            *(
                pl.col(name).is_not_null()
                for name in ("half", "frac", "zone", "ahead", "name")
                if name in parts.columns
            ),
        ).alias("shape")
    )
    first = shaped["shape"].value_counts(sort=True)["shape"][0]
    return shaped.filter(pl.col("shape") == pl.lit(first, dtype=shaped["shape"].dtype))


def _fitted(values: pl.Series, forms: dict[Order, str], separator: str) -> Dates | None:
    fits = {order: parsed(values, form) for order, form in forms.items()}
    known = {order: days for order, days in fits.items() if days.is_not_null().any()}
    any_fit = pl.DataFrame([d.is_not_null().alias(o) for o, d in fits.items()]).select(
        pl.any_horizontal(pl.all())
    )
    fitting = int(any_fit.to_series().sum())
    names = _month_names(values, forms)
    if not known and not names:
        return None
    evidence = None
    if len(forms) > 1:
        day, month = fits["day first"].is_not_null(), fits["month first"].is_not_null()
        counts = (day | month, day, month, day & ~month, month & ~day)
        evidence = Evidence(*(int(flags.sum()) for flags in counts))
    return Dates(
        forms=forms,
        family=f"{separator}{'2' if '%y' in next(iter(forms.values())) else '4'}",
        values=fitting,
        other=values.len() - fitting,
        evidence=evidence,
        sentinels=_sentinels(values, list(known.values())),
        month_names=names,
    )


def _month_names(values: pl.Series, forms: dict[Order, str]) -> tuple[str, ...]:
    """Month names that are not English, and stop the values from being read.

    A month that English calls so too stands in a date that there never was.
    """
    (form, *_) = forms.values()
    if "%b" not in form.lower():
        return ()
    unread = values.filter(parsed(values, form).is_null())
    bare = unread.str.replace(f"^{WEEKDAY}", "").str.replace_all(r"\bde\b|(\d)er\b", "${1}")
    names = bare.str.extract(r"(\p{L}{3,12})").drop_nulls().unique().sort()
    names = names.filter(~names.str.to_titlecase().is_in(_IN_ENGLISH))
    return tuple(names.head(12).to_list()) if unread.len() else ()


def _sentinels(values: pl.Series, readings: list[pl.Series]) -> dict[str, int]:
    """Written days that stand for "never", with how often they are written."""
    days = [reading.alias(f"day {n}") for n, reading in enumerate(readings)]
    if not days:
        return {}
    found = pl.DataFrame([values.alias("text"), *days]).filter(
        pl.any_horizontal(_is_never(pl.col(day.name)).fill_null(value=False) for day in days)
    )
    # A day that comes once may be a slip of the hand; a system's "never" comes again.
    often = found["text"].value_counts(sort=True)
    kept = often.filter((pl.col("count") > 1) | (values.len() < _FEW)).head(10)
    return dict(zip(kept["text"].to_list(), kept["count"].to_list(), strict=True))


def _is_never(day: pl.Expr) -> pl.Expr:
    known = day.dt.to_string("%Y-%m-%d").is_in(list(never_days()))
    return known | (day.dt.year() < _FROM) | (day.dt.year() > _UNTIL)
