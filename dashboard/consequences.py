"""What the checks mean for a figure: may it be used, how wrong could it be, who mends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.figure import Figure, Standing, base_of
from dashboard.phrases import capital, count, day_text, in_words, unit_of, value_text
from metrics.release import Release

NAMES = ("metric", "measure", "part", "breakdown", "level", "period", "period_start")


@dataclass(frozen=True, slots=True)
class Consequence:
    """Whether a figure may be used, and the values between which it could lie.

    `use` is fit, caution or not_fit, and '' where there is nothing to use.
    """

    use: str
    low: float | None
    high: float | None
    affected: int
    absent: int
    checks: tuple[str, ...]
    reason: str

    @property
    def is_wide(self) -> bool:
        """Whether rows in doubt leave the figure more than one value."""
        return self.low is not None and self.high is not None and self.low < self.high


NONE = Consequence("", None, None, 0, 0, (), "")


def consequence_of(release: Release, figure: Figure) -> Consequence:
    """What the checks mean for one figure."""
    found = release.table("consequences")
    for name in NAMES:
        found = found.filter(pl.col(name) == getattr(figure, name))
    if not found.height:
        return NONE
    row = found.row(0, named=True)
    return Consequence(
        use=row["use"],
        low=row["low"],
        high=row["high"],
        affected=row["affected"],
        absent=row["absent"],
        checks=tuple(row["checks"]),
        reason=row["reason"],
    )


def needs_care(release: Release, row: Standing) -> bool:
    """Whether the checks forbid to use a commitment's figure without a caution."""
    return consequence_of(release, row.figure).use in {"caution", "not_fit"}


def doubt_sentence(release: Release, row: Standing) -> str:
    """How many rows are in doubt and what they could make of the result; empty if none."""
    found = consequence_of(release, row.figure)
    if found.use == "not_fit" and row.figure.value is None:
        return f"{found.reason} No number is shown."
    if not found.is_wide or found.low is None or found.high is None:
        return ""
    unit = unit_of(row.figure)
    bounds = f"{value_text(found.low, unit)} and {value_text(found.high, unit)}"
    return f"{_rows_in_doubt(release, found)} Whatever they are, it lies between {bounds}."


def _rows_in_doubt(release: Release, found: Consequence) -> str:
    n = found.affected + found.absent
    if n == 0:
        return "Some of what lies behind it is in doubt."
    exact = base_of(release) == 1
    many = in_words(n) if exact else f"about {count(n)}"
    return f"{capital(many)} {'row' if n == 1 else 'rows'} behind it {_are(n)} in doubt."


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def mending_sentence(release: Release, names: tuple[str, ...]) -> str:
    """Since when the gravest of these checks fails and who mends it; empty if unknown."""
    verdicts = release.table("verdicts").filter(
        pl.col("name").is_in(list(names)) & pl.col("outcome").is_in(["failed", "known"])
    )
    if not verdicts.height:
        return ""
    row = verdicts.sort("severity", maintain_order=True).row(0, named=True)
    seen = incident_of(release, row)
    since = ""
    if seen and seen["first_seen"]:
        since = f"Seen since the data of {day_text(seen['first_seen'])}. "
    return f"{since}Owner: {row['owner']}." if row["owner"] else since.strip()


def incident_of(release: Release, verdict: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The open incident that a failed check belongs to, where one is on record."""
    found = release.table("incidents").filter(
        (pl.col("cause") == verdict["cause"]) & (pl.col("status") == "open")
    )
    return found.row(0, named=True) if found.height else None
