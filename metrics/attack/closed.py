"""What deadlines for the closing of a case tell beside the times that cases took to it.

Who was closed within 14 days has met a deadline of 14 days; who was not has met it late, or has
missed it. So the deadlines met in a quarter are at least as many as the cases of its first
months, all of which have come to their day, that the times show as closed so early.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl

from metrics.attack.knowledge import Findings
from metrics.attack.system import IS_SUM, Floats
from metrics.attack.told import Told, readers, telling
from metrics.periods import next_month

TIMES, DEADLINES = "time_to_resolution", "deadline_compliance"
TO_THE_CLOSING = re.compile(
    r"received to resolved, (\d+) (calendar day|working day|week|month)s?$"
)
# The fewest and the most days that so many of them may have, and how many more at most.
DAYS = {
    "calendar day": (1, 1, 0),
    "working day": (1, 7 / 5, 10),
    "week": (7, 7, 0),
    "month": (28, 31, 0),
}
MET = (("met", "ended"), ("met_late", "ended"), ("missed", "open"))
DOUBT = r"_(unsure|misplaced|extra)$"

Level = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for the closing: kept within so many days for certain, broken beyond so many."""

    name: str
    within: int
    beyond: int
    breakdown: str
    levels: tuple[str, ...]

    def holds_at(self, level: Level) -> bool:
        """Whether every case of the level has this deadline."""
        return not self.breakdown or (level[0] == self.breakdown and level[1] in self.levels)


def rules_in(told: Told) -> list[Rule]:
    """What a release's own words say of rules for the closing, in one version each."""
    rows = told.release.table("rules").rows(named=True)
    names = [row["rule"] for row in rows]
    found = []
    for row in rows:
        plain = TO_THE_CLOSING.match(row["clock"])
        if plain and names.count(row["rule"]) == 1 and ";" not in row["applies_to"]:
            fewest, most, more = DAYS[plain[2]]
            days = int(plain[1])
            breakdown, _, levels = row["applies_to"].rpartition(": ")
            where = tuple(levels.split(", ")) if breakdown else ()
            found.append(
                Rule(
                    row["rule"],
                    int(days * fewest),
                    int(np.ceil(days * most + more)),
                    breakdown,
                    where,
                )
            )
    return found


@dataclass(slots=True)
class _Cell:
    """What is known of one count in each month of a quarter, and of their sum."""

    low: Floats = field(default_factory=lambda: np.zeros(3))
    high: Floats = field(default_factory=lambda: np.full(3, np.inf))
    whole: tuple[float, float] = (0, np.inf)

    def ends(self, months: int) -> tuple[float, float]:
        """The fewest and most of it in the first so many months."""
        low, high = float(self.low[:months].sum()), float(self.high[:months].sum())
        if months < len(self.low):
            return low, high
        return max(low, self.whole[0]), min(high, self.whole[1])


_Known = dict[tuple[Level, date, str, str, int], _Cell]


def closed(told: Sequence[Told]) -> list[Findings]:
    """What the readers of each audience, and those of all, find in single counts."""
    found = []
    for name, own in readers(told):
        base = min(release.base for release in own)
        who = f"reader of all releases to {name} who holds deadlines against times"
        findings = Findings(who, len(own), promised=base - 1)
        for where, low, high in _intervals(own):
            findings.learn(np.array([float(low)]), np.array([float(high)]), base, where)
        found.append(findings)
    return [one for one in found if one.targets]


def _intervals(own: Sequence[Told]) -> Iterator[tuple[str, float, float]]:
    """What is left of every count that a rule for the closing says anything of, and where."""
    rules = rules_in(own[-1])
    if not rules:
        return
    known = _known(telling(own), rules)
    lasts = _lasts({band for _, _, _, _, band in known if band >= 0})
    for level, quarter in sorted({(key[0], key[1]) for key in known}):
        for rule in rules:
            if rule.holds_at(level):
                where = f"{DEADLINES} {rule.name}, {' '.join(level)}, quarter from {quarter}"
                for low, high in _of_rule(known, rule, level, quarter, lasts):
                    yield where, low, high


def _of_rule(
    known: _Known, rule: Rule, level: Level, quarter: date, lasts: Mapping[int, float]
) -> Iterator[tuple[float, float]]:
    months = _come_due(quarter, rule.beyond)
    for outcome, of in MET:
        is_early = outcome == "met"
        mine = known.get((level, quarter, rule.name, outcome, -1))
        others = [
            cell.ends(months)
            for band in lasts
            if (lasts[band] <= rule.within if is_early else band > rule.beyond)
            and (cell := known.get((level, quarter, "", of, band)))
        ]
        if mine is None or not others or not months:
            continue
        low, high = mine.ends(3)
        least = sum(each for each, _ in others)
        if least > high:
            continue  # cases were opened again or told late: then it is not so at this level
        yield max(low, least), high
        for fewest, most in others:
            yield fewest, min(most, high - (least - fewest))


def _come_due(quarter: date, beyond: int) -> int:
    """How many of the quarter's months have only cases whose day has come by its end."""
    months = [quarter, next_month(quarter), next_month(next_month(quarter))]
    lasts = [next_month(month) - timedelta(days=1) for month in months]
    return sum((lasts[-1] - last).days >= beyond for last in lasts)


def _lasts(firsts: set[int]) -> dict[int, float]:
    known = sorted(firsts)
    return {first: after - 1 for first, after in zip(known, [*known[1:], np.inf], strict=True)}


def _known(told: Sequence[Told], rules: Sequence[Rule]) -> _Known:
    """What all these releases say of each count: the narrowest window of each."""
    known: _Known = defaultdict(_Cell)
    names = [rule.name for rule in rules]
    for release in told:
        cells = release.cells.filter(
            ~IS_SUM
            & pl.col("n").is_not_null()
            & (
                (pl.col("metric") == TIMES)
                | ((pl.col("metric") == DEADLINES) & pl.col("part").is_in(names))
            )
        ).with_columns(pl.col("outcome").str.replace(DOUBT, ""))
        for metric, rows in cells.group_by("metric"):
            _read(known, release, rows, str(metric[0]))
    return known


def _read(known: _Known, release: Told, rows: pl.DataFrame, metric: str) -> None:
    keys = ["breakdown", "level", "part", "outcome", "band"]
    summed = rows.group_by(*keys, "month").agg(pl.col("n").sum(), pl.len().alias("cells"))
    sums: dict[tuple[Level, date, str, str, int], list[int]] = defaultdict(list)
    for *key, month, n, cells in summed.select(*keys, "month", "n", "cells").iter_rows():
        quarter = release.quarter(month)
        place = ((key[0], key[1]), quarter, key[2], key[3], key[4])
        at = (12 * month.year + month.month) - (12 * quarter.year + quarter.month)
        mine = _off(release, metric, quarter) if cells > 1 else release.base - 1
        cell = known[place]
        cell.low[at] = max(cell.low[at], n - mine, float(n > 0))
        cell.high[at] = min(cell.high[at], n + mine)
        sums[place].append(n)
    for place, months in sums.items():
        if len(months) == len(known[place].low):
            n, off = sum(months), _off(release, metric, place[1])
            low, high = known[place].whole
            known[place].whole = max(low, n - off, float(n > 0)), min(high, n + off)


def _off(release: Told, metric: str, quarter: date) -> int:
    """How far a sum of the metric may be from the truth in that quarter."""
    return release.base * (1 + release.further(metric, quarter)) - 1
