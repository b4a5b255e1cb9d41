"""What two rules for the same step tell beside each other: who met the first met the second.

Under a rule of 3 days and one of 7 every case has one profile: in which month either fell due,
and what became of it. Who met the shorter one has met the longer one, who missed the longer one
has missed the shorter one. All that is told of both are sums over profiles, so that linear
programming says how far each count can be narrowed. Where the published numbers are such sums
themselves, up to base - 1 cases of any profile may be added, and nothing is narrowed.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, permutations, product
from pathlib import Path

import numpy as np
import polars as pl

from metrics.attack.clocks import Clock, DaysOff, Span, clock_of
from metrics.attack.joined import DEADLINES
from metrics.attack.knowledge import Findings
from metrics.attack.profiles import COME, NOT_DUE, Ends, Profiles, Row, narrowest
from metrics.attack.sums import DOUBT
from metrics.attack.system import Floats
from metrics.attack.told import Told, levels_in, readers, telling
from metrics.attack.versions import IN_FORCE

NEVER = "9999-12-31"
BEFORE = 2  # quarters, with which new ones are attacked

Level = tuple[str, str]
Scope = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rules from the same step, of which the second never ends first.

    It falls due in the same month as the first one or up to `latest` months after it. Each is
    for the cases of its scope.
    """

    shorter: str
    longer: str
    latest: int
    shorter_for: Scope
    longer_for: Scope
    same_step: bool = True

    def holds_at(self, level: Level) -> tuple[bool, bool]:
        """Whether every case at the level under the shorter rule is under the longer too.

        And the other way round.
        """
        shorter, longer = _cut(self.shorter_for, level), _cut(self.longer_for, level)
        if shorter is None or longer is None:
            return False, False
        return _within(shorter, self.longer_for), _within(longer, self.shorter_for)


def _cut(scope: Scope, level: Level) -> Scope | None:
    """Which cases of the level are in the scope; None where none are."""
    breakdown, code = level
    if breakdown == "all":
        return scope
    if code not in scope.get(breakdown, {code}):
        return None
    return {**scope, breakdown: frozenset({code})}


def _within(one: Scope, other: Scope) -> bool:
    return all(name in one and one[name] <= codes for name, codes in other.items())


@dataclass(frozen=True, slots=True)
class _Rule:
    """A version of a rule in a release's own words, for receipts of the days in between."""

    name: str
    clock: Clock
    spans: Sequence[Span]
    scope: Scope
    since: str  # a day as 2026-03-31, "" where there is none
    until: str

    @property
    def alike(self) -> tuple[object, ...]:
        """What all versions of a rule have in common."""
        return self.scope, self.clock.start, self.clock.stop


def pairs_in(told: Told) -> list[Pair]:
    """Rules for the same step, as a release's own words have them."""
    return [pair for pair in waiting_in(told) if pair.same_step]


def waiting_in(told: Told) -> list[Pair]:
    """Rules from the same step, whatever they end with, of which the second never ends first.

    What is not due yet for the first one is not due for the second: whether a day has come
    does not hang on what was done by then.
    """
    found = []
    begins = told.release.manifest["coverage_from"]
    for some, others in permutations(_rules_in(told), 2):
        one, other = some[0], others[0]
        if _beside(some, begins) != _beside(others, begins):
            continue
        latest = _latest(some, others)
        if latest is not None:
            is_same = one.clock.stop == other.clock.stop
            found.append(Pair(one.name, other.name, latest, one.scope, other.scope, is_same))
    return found


def _beside(own: Sequence[_Rule], begins: str) -> tuple[str, ...]:
    """First step and dates, which two rules must have in common."""
    return own[0].clock.start, max(own[0].since, begins), own[-1].until


def _rules_in(told: Told) -> Iterator[list[_Rule]]:
    """Each rule in its versions, where they differ in their lengths alone and have no gap."""
    rows, off = told.release.table("rules"), DaysOff.of(told.release.manifest)
    for (name,), own in rows.group_by("rule", maintain_order=True):
        known = [_version(str(name), row, off) for row in own.iter_rows(named=True)]
        versions = sorted((each for each in known if each), key=lambda each: each.since)
        follow = all(one.until == other.since for one, other in pairwise(versions))
        alike = all(each.alike == versions[0].alike for each in versions)
        if len(versions) == len(known) and follow and alike:
            yield versions


def _version(name: str, row: Mapping[str, str], off: DaysOff) -> _Rule | None:
    clock, dates = clock_of(row["clock"]), re.match(IN_FORCE, row["in_force"])
    if clock is None or dates is None or clock.unit == "hour":
        return None
    if clock.early or clock.longer or clock.is_lifted or clock.is_endless:
        return None
    spans = off.spans(clock)
    since, until = (day or "" for day in dates.groups())
    return _Rule(name, clock, spans, _scope(row["applies_to"]), since, until) if spans else None


def scopes_in(told: Told) -> dict[str, Scope]:
    """By rule the levels of each breakdown that all its versions name, in any of them."""
    found: dict[str, Scope] = {}
    for row in told.release.table("rules").iter_rows(named=True):
        own, name = _scope(row["applies_to"]), row["rule"]
        before = found.get(name, own)
        found[name] = {each: before[each] | own[each] for each in own if each in before}
    return found


def _scope(words: str) -> Scope:
    parts = [part.partition(": ") for part in words.split("; ") if ": " in part]
    return {breakdown: frozenset(codes.split(", ")) for breakdown, _, codes in parts}


def _latest(some: Sequence[_Rule], others: Sequence[_Rule]) -> int | None:
    """Up to how many months later the second ends, by versions that a case may have of both."""
    apart = [
        _apart(one, other)
        for one, other in product(some, others)
        if one.since < (other.until or NEVER) and other.since < (one.until or NEVER)
    ]
    known = [each for each in apart if each is not None]
    return max(known) if len(known) == len(apart) else None


def _apart(one: _Rule, other: _Rule) -> int | None:
    """Up to how many months later the second rule ends; None where it may end first."""
    if one.clock.late != other.clock.late:
        return None
    found = []
    for (_, ended), (ends, _) in zip(one.spans, other.spans, strict=True):
        if (ends < ended).any():
            return None
        months = ends.astype("datetime64[M]") - ended.astype("datetime64[M]")
        found.append(int(months.astype(np.int64).max()))
    return max(found)


def nested(
    told: Sequence[Told],
    before: Collection[Path] = (),
    quarters: Collection[date] | None = None,
) -> list[Findings]:
    """What the readers of each audience, and those of all, find in two rules for one step.

    What releases of `before` give away by themselves is told already, and left out. Where only
    these `quarters` are new, they are attacked with the two before them.
    """
    found = []
    since = _since(told, quarters) if quarters else date.min
    for name, own in readers(told):
        base = min(release.base for release in own)
        who = (
            f"reader of all releases to {name} who holds rules for the same step against each"
            " other"
        )
        findings = Findings(who, len(own), promised=base - 1)
        known: set[tuple[str, Row]] | None = None
        for where, ends in _intervals(own, base, since):
            low, high = ends.low, ends.high
            broken = (high - low < base - 1) | ((low >= 1) & (high < base))
            if broken.any() and known is None:
                earlier = [one for one in own if one.release.path in before]
                known = _given_away(earlier, base, since)
            is_new = [(where, row) not in (known or ()) for row in ends.rows]
            kept = ~broken | np.array(is_new, dtype=bool)
            findings.learn(low[kept], high[kept], base, where)
            findings.programs += ends.programs
        found.append(findings)
    return [one for one in found if one.targets]


def _since(told: Sequence[Told], quarters: Collection[date]) -> date:
    months = {month for one in told for month in one.months}
    before = sorted({told[0].quarter(month) for month in months} - set(quarters))
    return min([min(quarters), *[on for on in before if on < min(quarters)][-BEFORE:]])


def _given_away(own: Sequence[Told], base: int, since: date) -> set[tuple[str, Row]]:
    """The counts of which releases leave less than is promised."""
    return {
        (where, row)
        for where, ends in (_intervals(own, base, since) if own else ())
        for row, low, high in zip(ends.rows, ends.low, ends.high, strict=True)
        if high - low < base - 1 or (low >= 1 and high < base)
    }


def _intervals(
    own: Sequence[Told], base: int, since: date = date.min
) -> Iterator[tuple[str, Ends]]:
    """What is left of the counts of each pair of rules, level by level."""
    told = telling(own)
    for pair in pairs_in(own[-1]):
        known = _Known.of(own, told, pair, since)
        for level, found in known.ends(base):
            yield f"{DEADLINES} {pair.shorter} and {pair.longer}, {' '.join(level)}", found


@dataclass(frozen=True, slots=True)
class _Known:
    """All that releases tell of two rules.

    `tables` has of each release, and by rule, its counts (level, month, outcome); `stood` the
    months with which releases ended that told what was still to come.
    """

    pair: Pair
    levels: list[Level]
    months: list[date]
    stood: list[int]
    told: Sequence[Told]
    tables: list[list[tuple[Floats, set[str]]]]

    @classmethod
    def of(cls, own: Sequence[Told], told: Sequence[Told], pair: Pair, since: date) -> "_Known":
        """Read from the files, from that month on."""
        every = {month for one in told for month in one.months}
        months = sorted(month for month in every if month >= since)
        levels = levels_in(told)
        stood = {
            months.index(one.months[-1])
            for one in own
            if one.release.manifest["as_of"] == one.release.manifest["coverage_until"]
            and one.months[-1] in months
        }
        tables = [
            [_table(one, rule, levels, months) for rule in (pair.shorter, pair.longer)]
            for one in told
        ]
        return cls(pair, levels, months, sorted(stood), told, tables)

    def ends(self, base: int) -> Iterator[tuple[Level, Ends]]:
        """By level, of every count and sum at it."""
        starts = [self.told[0].quarter(month) for month in self.months]
        holding = [self.pair.holds_at(level) for level in self.levels]
        for both in sorted({each for each in holding if any(each)}):
            profiles = Profiles.of(self.pair.latest, both, starts, self.stood)
            low, high, points = self._windows(profiles.rows)
            for at, level in enumerate(self.levels):
                if holding[at] == both:
                    point = None if np.isnan(points[at]).any() else points[at]
                    found = narrowest(profiles, low[at], high[at], point, base)
                    if found is not None:
                        yield level, found

    def _windows(self, rows: Sequence[Row]) -> tuple[Floats, Floats, Floats]:
        """What is known of every row (level, row), and the numbers of the finest base."""
        shape = (len(self.levels), len(rows))
        low, high, points = np.zeros(shape), np.full(shape, np.inf), np.full(shape, np.nan)
        finest = min(one.base for one in self.told)
        for one, tables in zip(self.told, self.tables, strict=True):
            n = np.stack(
                [
                    tables[r.rule][0][:, r.months][:, :, r.outcomes].sum(axis=(1, 2))
                    for r in rows
                ],
                axis=1,
            )
            off = np.array([self._off(one, tables, row) for row in rows])
            low = np.fmax(low, np.fmax(n - off, np.where(n > 0, 1, 0)))
            high = np.fmin(high, n + off)
            if one.base == finest:
                points = np.where(np.isnan(n), points, n)
        return low, high, points

    def _off(self, one: Told, tables: Sequence[tuple[Floats, set[str]]], row: Row) -> int:
        """How far the number may be from the truth."""
        _, in_doubt = tables[row.rule]
        names = {(*COME, NOT_DUE)[at] for at in row.outcomes}
        is_cell = len(row.months) == len(row.outcomes) == 1 and not names & in_doubt
        by = one.further(DEADLINES, self.months[row.months[0]])
        return one.base * (1 + (0 if is_cell else by.over(len(row.months)))) - 1


def _table(
    release: Told, rule: str, levels: Sequence[Level], months: Sequence[date]
) -> tuple[Floats, set[str]]:
    """A rule's counts (level, month, outcome), NaN where nothing is said of a month.

    And the outcomes of which those in doubt are told apart.
    """
    names = [*COME, NOT_DUE]
    plain = pl.col("outcome").str.replace(DOUBT, "")
    rows = release.of(DEADLINES, rule).with_columns(plain=plain)
    rows = rows.filter(pl.col("plain").is_in(names) & pl.col("month").is_in(list(months)))
    rows = rows.filter(pl.col("n").is_not_null())  # what is withheld is not said
    table = np.full((len(levels), len(months), len(names)), np.nan)
    kept = rows.select("breakdown", "level", "month", "plain", "n")
    for breakdown, level, month, outcome, n in kept.iter_rows():
        if (breakdown, level) in levels:
            place = levels.index((breakdown, level)), months.index(month)
            if np.isnan(table[place]).all():
                table[place] = 0  # outcomes that the release has no cell of
            table[*place, names.index(outcome)] += n
    doubted = rows.filter(pl.col("outcome") != pl.col("plain"))["plain"].unique()
    return table, set(doubted)
