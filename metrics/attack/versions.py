"""A rule in all its versions, by a release's own words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from metrics.attack.told import Told

AGAIN = "then again each time"  # how the words of a clock tell that a case has several
IN_FORCE = r"(?:from (\d{4}-\d\d-\d\d))? ?(?:until (\d{4}-\d\d-\d\d))?"


@dataclass(frozen=True, slots=True)
class Owed:
    """A rule that every case has once, of these levels of a breakdown or of all.

    `clocks` has the words of each version, with the day from which it is in force; they follow
    each other without a gap.
    """

    rule: str
    breakdown: str
    levels: tuple[str, ...]
    clocks: tuple[tuple[date, str], ...]

    def holds_at(self, level: tuple[str, str]) -> bool:
        """Whether every case received at the level has this deadline."""
        named = level[0] == self.breakdown and level[1] in self.levels
        return not self.breakdown or named


def owed_in(told: Told) -> Iterator[Owed]:
    """The rules of which one or another version is for every case that was received."""
    rules = told.release.table("rules").with_columns(
        pl.col("in_force").str.extract(IN_FORCE, 1).fill_null("").alias("since"),
        pl.col("in_force").str.extract(IN_FORCE, 2).fill_null("").alias("until"),
    )
    first = told.release.manifest["coverage_from"]
    for (name,), rows in rules.sort("since").group_by("rule", maintain_order=True):
        applies, since, until = (
            rows[key].to_list() for key in ("applies_to", "since", "until")
        )
        follows_on = since[0] <= first and until[:-1] == since[1:] and not until[-1]
        is_once = not rows["clock"].str.contains(AGAIN).any()
        if is_once and follows_on and len(set(applies)) == 1 and ";" not in applies[0]:
            breakdown, _, levels = applies[0].rpartition(": ")
            where = tuple(levels.split(", ")) if breakdown else ()
            days = (date.fromisoformat(day) if day else date.min for day in since)
            clocks = tuple(zip(days, rows["clock"], strict=True))
            yield Owed(str(name), breakdown, where, clocks)
