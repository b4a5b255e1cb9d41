"""What a reader has chosen, kept in the address so that a link shows the same figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Chosen:
    """A code that can be shown, and what to tell a reader whose link asked for another."""

    code: str
    notice: str | None = None


def quarter_code(start: date, *, fiscal_year_start_month: int = 1) -> str:
    """Stable code of the quarter that begins on `start`, such as 2026Q3.

    A fiscal year is named after the calendar year in which it begins.
    """
    months = (start.month - fiscal_year_start_month) % 12
    year = start.year if start.month >= fiscal_year_start_month else start.year - 1
    return f"{year}Q{months // 3 + 1}"


def period_code(period: str, start: date, *, fiscal_year_start_month: int = 1) -> str:
    """Stable code of a month (2026-07), a quarter (2026Q3) or a year (2026)."""
    if period == "month":
        return f"{start.year}-{start.month:02d}"
    quarter = quarter_code(start, fiscal_year_start_month=fiscal_year_start_month)
    return quarter if period == "quarter" else quarter[:4]


def choose(
    asked: Mapping[str, str],
    name: str,
    *,
    among: Sequence[str],
    otherwise: str,
    words: str,
) -> Chosen:
    """Take the code that a link asks for under `name`, if it is one that can be shown.

    `words` says in the notice what kind of thing was asked for.
    """
    code = asked.get(name)
    if code is None or code in among:
        return Chosen(code if code is not None else otherwise)
    return Chosen(otherwise, f"These figures have no such {words} as the link asks for.")
