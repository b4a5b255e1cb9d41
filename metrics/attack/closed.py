"""What deadlines for the closing of a case tell beside the times that cases took to it.

Who was closed within 14 days has met a deadline of 14 days; who was not has met it late, or has
missed it. So the deadlines met in a quarter are at least as many as the cases of its first
months, all of which have come to their day, that the times show as closed so early.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

import numpy as np

from metrics.attack.clocks import DaysOff, clock_of
from metrics.attack.closing_days import (
    CLOSED,
    LATE,
    MET,
    MISSED,
    NOT_YET,
    OPEN,
    Dates,
    Length,
    Result,
    Time,
    may_be_older,
)
from metrics.attack.closing_days import results as results_of
from metrics.attack.knowledge import Findings
from metrics.attack.sums import DOUBT, UNKNOWN, Ground, Level, Side, Table, read_table
from metrics.attack.system import Floats
from metrics.attack.told import Told, levels_in, readers, telling
from metrics.attack.versions import owed_in
from metrics.periods import next_month

TIMES, DEADLINES = "time_to_resolution", "deadline_compliance"
SHORTEST_MONTH = 28
RESOLVED = "resolved"
RESULTS = (MET, LATE, MISSED)
Cells = Collection[tuple[str, int]]  # whether it ended, and the first day of the band
Possible = Mapping[Time, set[Result]]
TOGETHER = ((MET,), (LATE,), (MISSED,), (MET, LATE), (LATE, MISSED), RESULTS)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule from the receipt, with its lengths by the day of it.

    Of one for another step than the closing (not `closes`) it is known when its day has come.
    """

    name: str
    lengths: tuple[Length, ...]
    breakdown: str
    levels: tuple[str, ...]
    closes: bool = True

    @property
    def within(self) -> int:
        """Who took so many days has kept it for certain, whenever that was."""
        return min(each.fewest for each in self.lengths)

    @property
    def beyond(self) -> int:
        """Who took more days has broken it for certain, whenever that was."""
        return max(each.most for each in self.lengths)

    def holds_at(self, level: Level) -> bool:
        """Whether every case of the level has this deadline."""
        return not self.breakdown or (level[0] == self.breakdown and level[1] in self.levels)


def rules_in(told: Told) -> list[Rule]:
    """What a release's own words say of rules for the closing."""
    return [rule for rule in timed_in(told) if rule.closes]


def timed_in(told: Told) -> list[Rule]:
    """And of all others that run from the receipt by the calendar alone."""
    off = DaysOff.of(told.release.manifest)
    found = []
    for rule in owed_in(told):
        lengths = off.lengths(rule)
        closes = all(_is_to_closing(words) for _, words in rule.clocks)
        if lengths:
            found.append(Rule(rule.rule, lengths, rule.breakdown, rule.levels, closes))
    return found


def _is_to_closing(words: str) -> bool:
    """Whether a case that took no longer than the clock has kept it."""
    clock = clock_of(words)
    if clock is None or clock.stop != RESOLVED:
        return False
    return clock.unit != "hour" and not (clock.early or clock.is_lifted or clock.is_endless)


def closed(told: Sequence[Told], quarters: Collection[date] | None = None) -> list[Findings]:
    """What the readers of each audience, and those of all, find in single counts.

    Only what is told of these quarters for the first time is held against each other, where any
    are named.
    """
    found = []
    for name, own in readers(told):
        base = min(release.base for release in own)
        who = f"reader of all releases to {name} who holds deadlines against times"
        findings = Findings(who, len(own), promised=base - 1)
        for where, low, high in _intervals(own, quarters):
            findings.learn(low, high, base, where)
        found.append(findings)
    return [one for one in found if one.targets]


def _intervals(
    own: Sequence[Told], quarters: Collection[date] | None
) -> Iterator[tuple[str, Floats, Floats]]:
    """What is left of every count that a rule for the closing says anything of, and where."""
    rules = timed_in(own[-1])
    if not rules:
        return
    told = telling(own)
    months = sorted({month for one in told for month in one.months})
    levels = levels_in(told)
    ground = Ground(levels, months, [told[0].quarter(month) for month in months])
    bands = sorted({band for one in told for band in _bands(one)})
    cells = [(name, band) for name in (CLOSED, OPEN) for band in bands]
    half, every = len(bands), tuple(range(len(cells)))
    times = read_table(told, ground, (TIMES, ""), cells, [every[:half], every[half:], every])
    for rule in rules if bands else ():
        results = _results(told, ground, rule)
        at = [place for place, level in enumerate(levels) if rule.holds_at(level)]
        for quarter in sorted(set(ground.quarters)):
            if quarters is None or quarter in quarters:
                where = f"{DEADLINES} {rule.name}, quarter from {quarter}"
                view = View.of(own, ground, quarter, rule)
                for low, high in view.ends(times, results):
                    known = [place for place in at if np.isfinite(high[place])]
                    yield where, low[known], high[known]


def _bands(release: Told) -> set[int]:
    return {band for band in release.of(TIMES)["band"].unique() if band >= 0}


def _results(told: Sequence[Told], ground: Ground, rule: Rule) -> Table:
    """The counts of a rule's results."""
    known = {name for one in told for name in one.of(DEADLINES, rule.name)["outcome"].unique()}
    plain = {re.sub(DOUBT, "", name) for name in known}
    names = [*RESULTS, NOT_YET, *sorted(plain - {*RESULTS, NOT_YET})]
    judged = tuple(range(len(RESULTS)))
    come = tuple(at for at, name in enumerate(names) if name != NOT_YET)
    sums = [judged, come, tuple(range(len(names)))]
    cells = [(name, -1) for name in names]
    return read_table(told, ground, (DEADLINES, rule.name), cells, sums)


@dataclass(frozen=True, slots=True)
class View:
    """What is known at the end of a quarter, of the months from `start` on.

    The quarter begins with the `first` one. `stands` where a release ended with it, and told
    what was not due yet. In the `late` months cases may be counted of before, of which no time
    is told; none are older than the first month of all where it begins `empty`.
    """

    rule: Rule
    dates: Dates
    start: int
    first: int
    stands: bool
    late: frozenset[int]
    empty: bool = False

    @classmethod
    def of(cls, own: Sequence[Told], ground: Ground, quarter: date, rule: Rule) -> "View":
        """As these releases have it."""
        last = max(at for at, on in enumerate(ground.quarters) if on == quarter)
        first = ground.quarters.index(quarter)
        months = ground.months[: last + 1]
        firsts = [month.toordinal() for month in (*months, next_month(months[-1]))]
        ends = [firsts[ground.of(at)[-1] + 1] - 1 for at in range(last + 1)]
        looks = first_looks(own, months)
        stands = any(
            one.release.manifest["as_of"] == one.release.manifest["coverage_until"]
            and one.months[-1] == months[-1]
            for one in own
        )
        # Of another step only who is open now says more than the totals.
        before = ceil(rule.beyond / SHORTEST_MONTH) + 1 if rule.closes else 0
        start = max(0, first - before)
        late = frozenset(ground.of(at)[0] for at in range(last + 1) if ground.of(at)[0])
        return cls(rule, Dates(firsts, ends, looks), start, first, stands, late)

    def ends(self, times: Table, results: Table) -> Iterator[tuple[Floats, Floats]]:
        """By level what each link leaves of the counts that it is between."""
        come = [name for name, _ in results.cells if name != NOT_YET]
        ahead = self.possible(times.cells, come)
        for few, many in self.ahead(ahead):
            yield from _left(_side(times, few), _side(results, many))
        for of, took in self.back(ahead) if self.rule.closes else ():
            yield from _left(_side(results, of), _side(times, took))

    def possible(self, cells: Cells, come: Collection[str] = ()) -> Possible:
        """Every time, month by month, and the results that its cases may have.

        Any of those that have `come` where the rule is not for the closing.
        """
        lasts = _lasts({band for _, band in cells})
        found: dict[Time, set[Result]] = {}
        for month in range(self.start, len(self.dates.ends)):
            first, after = self.dates.firsts[month : month + 2]
            lengths = [
                each for each in self.rule.lengths if each.first < after and each.last >= first
            ]
            for name, band in cells:
                time = month, name, band
                known = set(results_of(time, lasts, lengths, self.dates))
                found[time] = known if self.rule.closes else set(_any_of(known, come))
        return found

    def ahead(self, possible: Possible) -> Iterator[tuple[set[Time], set[Result]]]:
        """Times of months in a row, and the results that their cases must be among."""
        lasts = _lasts({band for *_, band in possible})
        for few, many in self._links(possible, _kinds(lasts, self.rule)):
            if self.stands or all(name != NOT_YET for _, name in many):
                yield few, many

    def back(self, possible: Possible) -> Iterator[tuple[set[Result], set[Time]]]:
        """Results of months in a row, and the times that their cases must have taken."""
        back: dict[Result, set[Time]] = defaultdict(set)
        for time, results in possible.items():
            for result in results:
                back[result].add(time)
        known = {
            result: of
            for result, of in back.items()
            if not self._may_be_older(result[0])
            and result[0] not in self.late
            and result[1] != NOT_YET
        }
        yield from self._links(known, [{(name,) for name in each} for each in TOGETHER])

    def _may_be_older(self, at: int) -> bool:
        """Whether what fell due in a month may be of cases from before."""
        if self.empty and not self.start:
            return False
        return may_be_older(at, self.start, self.rule.lengths, self.dates)

    def _links(
        self, neighbours: Mapping[Any, set[Any]], kinds: Iterable[Collection[Any]]
    ) -> Iterator[tuple[set[Any], set[Any]]]:
        """Counts of one kind in months in a row, and those that their cases must be in."""
        last = len(self.dates.ends)
        for kind in kinds:
            for start in range(self.start, last):
                for stop in range(start + 1, last + 1):
                    few = {
                        cell
                        for cell, of in neighbours.items()
                        if start <= cell[0] < stop and cell[1:] in kind and of
                    }
                    many = {each for cell in few for each in neighbours[cell]}
                    if few and all(cell[0] >= self.first for cell in few | many):
                        yield few, many


def _any_of(results: Collection[Result], come: Collection[str]) -> Iterator[Result]:
    """The same months, of which it is not known with what result."""
    for at, name in results:
        yield from ((at, one) for one in (come if name != NOT_YET else [name]))


def _kinds(lasts: Mapping[int, float], rule: Rule) -> Iterator[Collection[tuple[str, int]]]:
    """Times that are certainly in time, those that are certainly too late, and all.

    Who is open for less than the rule is still to come to it. Of a rule for another step than
    the closing it is the open ones alone.
    """
    in_time = {frozenset(b for b in lasts if lasts[b] <= each.fewest) for each in rule.lengths}
    too_late = {frozenset(band for band in lasts if band > each.most) for each in rule.lengths}
    still = {frozenset(b for b in lasts if lasts[b] < each.fewest) for each in rule.lengths}
    come = {frozenset(band for band in lasts if band >= each.most) for each in rule.lengths}
    for bands in sorted(too_late | still | come, key=sorted):
        yield {(OPEN, band) for band in bands}
    if not rule.closes:
        return
    for bands in sorted(in_time | too_late, key=sorted):
        yield {(CLOSED, band) for band in bands}
    yield {(CLOSED, band) for band in lasts}
    yield {(OPEN, band) for band in lasts}
    yield {(name, band) for name in (CLOSED, OPEN) for band in lasts}


def first_looks(own: Sequence[Told], months: Sequence[date]) -> list[int]:
    """The as-of day of the release that first told each month, or the quarter from it on."""
    lasts = [(one.months[-1], date.fromisoformat(one.release.manifest["as_of"])) for one in own]
    return [min(on.toordinal() for last, on in lasts if last >= month) for month in months]


def _side(table: Table, cells: Iterable[tuple[Any, ...]]) -> Side:
    places = {cell: at for at, cell in enumerate(table.cells)}
    months: dict[int, set[int]] = defaultdict(set)
    for month, *cell in cells:
        months[month].add(places[cell[0], cell[1] if len(cell) > 1 else -1])
    return Side(table, {month: tuple(sorted(months[month])) for month in sorted(months)})


def _left(few: Side, many: Side) -> Iterator[tuple[Floats, Floats]]:
    """What is left by level of each count of both sides, the second of which is no less.

    Elsewhere cases were opened again or told late, so that it is not so.
    """
    (least, most), (lowest, highest) = few.whole(), many.whole()
    of_few, of_many = few.counts(), many.counts()
    others = np.sum([low for low, _ in of_few], axis=0)
    further = np.sum([high for _, high in of_many], axis=0)
    ends = [
        (low, np.minimum(high, highest - np.maximum(others - low, least - high)))
        for low, high in of_few
    ]
    ends += [
        (np.maximum(low, least - np.minimum(further - high, highest - low)), high)
        for low, high in of_many
    ]
    ends += [(least, np.minimum(most, highest))] if few.is_told else []
    ends += [(np.maximum(lowest, least), highest)] if many.is_told else []
    for low, high in ends:
        nothing = (least > highest) | (high > UNKNOWN / 2)
        yield np.where(nothing, 0, low), np.where(nothing, np.inf, high)


def _lasts(firsts: set[int]) -> dict[int, float]:
    known = sorted(firsts)
    return {first: after - 1 for first, after in zip(known, [*known[1:], np.inf], strict=True)}
