"""Working days as a table: one join instead of arithmetic per case."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import holidays
import polars as pl

from etl.errors import WorkspaceError

CALENDARS = Path(__file__).parent / "rules" / "calendars"
WEEKEND = (6, 7)  # Saturday, Sunday, as ISO counts them

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KEYS = ("title", "basis", "verified", "holidays", "weekend", "also")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are no working days: a list of public holidays, a weekend, further days.

    `code` is a country or part of it as the python-holidays project writes it, or 'none';
    `also` are further days of every year, month and day, with their names.
    """

    name: str
    code: str
    weekend: tuple[int, ...] = WEEKEND
    also: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def definition(self) -> str:
        """All that makes the calendar but the version of the list: the same text, same days."""
        also = ", ".join(
            f"{month:02}-{day:02} {name}" for (month, day), name in self.also.items()
        )
        weekend = ", ".join(_WEEKDAYS[number - 1] for number in self.weekend)
        return f"{self.code}; weekend: {weekend or 'none'}; also: {also or 'none'}"

    def holidays(self, *, first: int, last: int) -> dict[date, str]:
        """Holidays in the years first to last. Raises WorkspaceError for an unknown code."""
        further = {
            date(year, month, day): name
            for year in range(first, last + 1)
            for (month, day), name in self.also.items()
        }
        return {**further, **public_holidays(self.code, first=first, last=last)}


def list_version() -> str:
    """Where the public holidays come from, for the record."""
    return f"holidays {version('holidays')}"


def calendar(name: str, *folders: Path) -> Calendar:
    """The calendar that a file NAME.toml of the folders describes, or a country's code.

    A later folder's file wins. Raises WorkspaceError naming the file and the remedy.
    """
    paths = [folder / f"{name}.toml" for folder in (CALENDARS, *folders)]
    told = [path for path in paths if path.is_file()]
    return _described(told[-1]) if told else Calendar(name, name)


def _described(path: Path) -> Calendar:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path.name}: not valid TOML: {error}") from error
    for key in told:
        if key not in _KEYS:
            raise WorkspaceError(f"{path.name}: {key!r} is not known; use {', '.join(_KEYS)}")
    weekend = told.get("weekend", ["saturday", "sunday"])
    if not isinstance(weekend, list) or not {*weekend} <= {*_WEEKDAYS} or len(weekend) > 6:
        raise WorkspaceError(f'{path.name}: weekend is written as ["saturday", "sunday"]')
    return Calendar(
        name=path.stem,
        code=str(told.get("holidays", "none")),
        weekend=tuple(_WEEKDAYS.index(day) + 1 for day in weekend),
        also=_also(path.name, told.get("also", {})),
    )


def _also(file: str, told: Any) -> dict[tuple[int, int], str]:
    try:
        # 2023 has no 29 February: no holiday of every year can stand there.
        days = {date.fromisoformat(f"2023-{key}"): str(name) for key, name in told.items()}
    except (AttributeError, ValueError) as error:
        raise WorkspaceError(
            f'{file}: also is a table of days of the year, such as "12-27" = "Bridge day"'
        ) from error
    return {(day.month, day.day): name for day, name in days.items()}


def public_holidays(calendar: str, *, first: int, last: int) -> dict[date, str]:
    """Public holidays of a country or part of it ('GB-ENG') in the years first to last.

    The list is the one of the python-holidays project. Raises WorkspaceError for an unknown
    calendar. 'none' is a calendar without holidays.
    """
    if calendar == "none":
        return {}
    country, _, part = calendar.partition("-")
    try:
        found = holidays.country_holidays(
            country, subdiv=part or None, years=range(first, last + 1), language="en_US"
        )
    except NotImplementedError as error:
        shipped = ", ".join(path.stem for path in sorted(CALENDARS.glob("*.toml")))
        raise WorkspaceError(
            f"case-audit.toml: calendar {calendar!r} is not known; use a country's code such as"
            f" 'GB-ENG', 'IE' or 'DE-BE', one of {shipped}, or 'none'"
        ) from error
    # A plain dictionary: the library's own makes up further years when it is asked for them.
    return dict(found.items())


def days(
    first: date,
    last: date,
    holidays_of: Mapping[date, str],
    *,
    weekend: Iterable[int] = WEEKEND,
) -> pl.DataFrame:
    """One row per calendar day from `first` to `last`: day, is_working, working_index, holiday.

    `working_index` counts the working days up to and including the day, so a day that is not
    one has the index of the working day before it: n working days after a receipt on a
    weekend end on the n-th working day after it. `next_working_day` is the day itself if it
    is one, else the first after it; null where the span ends before it.
    """
    idle = tuple(weekend)
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    working = [day.isoweekday() not in idle and day not in holidays_of for day in span]
    return pl.DataFrame(
        {"day": span, "is_working": working, "holiday": [holidays_of.get(d) for d in span]},
        schema={"day": pl.Date, "is_working": pl.Boolean, "holiday": pl.String},
    ).with_columns(
        pl.col("is_working").cast(pl.Int64).cum_sum().alias("working_index"),
        pl.when("is_working").then("day").fill_null(strategy="backward")
        .alias("next_working_day"),
    )  # fmt: skip
