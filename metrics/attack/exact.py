"""Exact counts as columns, and what the words of releases say of them in rows.

A row is a sum of columns between two ends. Levels and quarters are held against each other, and
metrics that count the same cases: deadlines and surveys against the cases received.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from math import ceil, inf

import numpy as np
import polars as pl

from metrics.attack.arrived import LATE
from metrics.attack.closed import TIMES, Rule, View, first_looks, rules_in
from metrics.attack.closing_days import CLOSED, OPEN, Dates, Result, Time
from metrics.attack.joined import DEADLINES, RECEIVED, Link, links_in
from metrics.attack.nested import Pair, Scope, pairs_in, scopes_in
from metrics.attack.profiles import AFTER, COME, JUDGED, UNDATED
from metrics.attack.sums import DOUBT
from metrics.attack.surveyed import EARLY, STILL_OPEN, SURVEYS
from metrics.attack.system import NOT_COME, Floats
from metrics.attack.told import CELL, Told, telling
from metrics.attack.versions import Owed, owed_in
from metrics.periods import next_month

QUARTER = 3  # months
DAYS_OF_QUARTER = 90  # at least
FOLLOWING = (DEADLINES, SURVEYS)
UNKNOWN = "unknown"  # a level that nobody recorded: whether a rule is for it is not known
REST = (TIMES, "", "", -1)  # cases of which no time is known
# Results of which one rule tells how many have which results of another for the same step.
RESULTS = (
    *((name,) for name in COME), JUDGED[:2], JUDGED[1:], JUDGED, (*JUDGED[2:], *UNDATED), COME,
)  # fmt: skip

Level = tuple[str, str]
Name = tuple[str, str, str, int]  # metric, part, outcome, band
Place = tuple[Level, date, Name]
Cell = tuple[str, int]  # outcome and band
Sums = dict[int, float]
Row = tuple[Sums, float, float]
Which = Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Counts:
    """Every count with a name, and what is told of it; None where it is withheld.

    `atoms` has the column of every count that is no sum of others, `tables` those of a level,
    quarter, metric and part with their outcomes and bands. `closings` are the rules for the
    closing; `scopes` have by rule the levels of a breakdown that it is for.
    """

    levels: Sequence[Level]
    quarters: Sequence[date]
    atoms: Mapping[Place, int]
    told: Mapping[Place, int | None]
    tables: Mapping[tuple[Level, date, str, str], Sequence[tuple[str, int, int]]]
    dates: Dates
    closings: Collection[str] = ()
    scopes: Mapping[str, Scope] = field(default_factory=dict)

    @classmethod
    def of(cls, own: Sequence[Told]) -> "Counts":
        """What all these releases tell."""
        cells = pl.concat(one.cells.select(*CELL, "n") for one in telling(own))
        followed = (TIMES, RECEIVED[0], *FOLLOWING)
        cells = cells.filter(pl.col("metric").is_in(followed))
        told: dict[Place, int | None] = {}
        for metric, part, breakdown, level, month, outcome, band, n in (
            cells.group_by(CELL).agg(pl.col("n").max()).sort(CELL).iter_rows()
        ):
            told[(breakdown, level), month, (metric, part, outcome, band)] = n
        levels = sorted({place[0] for place in told})
        quarters = sorted({place[1] for place in told})
        names = {name for _, _, name in told if "+" not in name[2] and name[0] != RECEIVED[0]}
        atoms: dict[Place, int] = {}
        tables: dict[tuple[Level, date, str, str], list[tuple[str, int, int]]] = {}
        for level, quarter, name in product(levels, quarters, sorted({*names, REST})):
            metric, part, outcome, band = name
            at = atoms[level, quarter, name] = len(atoms)
            tables.setdefault((level, quarter, metric, part), []).append((outcome, band, at))
        newest = max(own, key=lambda one: one.release.as_of)
        closings = {rule.name for rule in rules_in(newest)}
        known = (_dates(own, quarters), closings, scopes_in(newest))
        return cls(levels, quarters, atoms, told, tables, *known)

    def parts(self, place: Place) -> list[int]:
        """The columns that a count is the sum of."""
        level, quarter, (metric, part, outcome, _) = place
        if place in self.atoms:
            return [self.atoms[place]]
        if metric == RECEIVED[0]:
            return self.columns(level, quarter, (TIMES, ""), lambda *_: True)
        wanted = set(outcome.strip("+").split("+"))
        return self.columns(level, quarter, (metric, part), lambda name, _: name in wanted)

    def columns(
        self,
        level: Level,
        quarter: date,
        series: tuple[str, str],
        which: Callable[[str, int], bool],
    ) -> list[int]:
        """The columns of a metric and part whose outcome and band are wanted."""
        known = self.tables.get((level, quarter, *series), ())
        return [at for outcome, band, at in known if which(outcome, band)]

    def rows(self) -> Iterator[Row]:
        """Levels add up to all, and counts to the sums that are told of them."""
        faces = {breakdown for breakdown, _ in self.levels if breakdown != "all"}
        everybody = self.levels.index(("all", "all"))
        for (level, quarter, name), at in self.atoms.items():
            if level == self.levels[everybody]:
                for face in faces:
                    own = [
                        self.atoms[other, quarter, name]
                        for other in self.levels
                        if other[0] == face
                    ]
                    yield {at: -1.0, **dict.fromkeys(own, 1.0)}, 0.0, 0.0
        for place, n in self.told.items():
            if n is not None and place not in self.atoms:
                yield dict.fromkeys(self.parts(place), 1.0), float(n), float(n)

    def bounds(self) -> tuple[Floats, Floats]:
        """What is told of each column; none is below 0 or impossible."""
        low, high = np.zeros(len(self.atoms)), np.full(len(self.atoms), inf)
        for place, at in self.atoms.items():
            n = self.told.get(place)
            if n is not None:
                low[at] = high[at] = n
            elif self.is_never(place):
                high[at] = 0
        return low, high

    def is_nobody(self, place: Place) -> bool:
        """Whether it is none by what its words mean.

        Every case has a day to be closed by, and a rule has no case of levels not its own.
        """
        metric, part, outcome, _ = place[2]
        undated = metric == DEADLINES and part in self.closings and outcome in UNDATED
        return undated or self.is_never(place) or self.is_outside(place)

    def is_outside(self, place: Place) -> bool:
        """Whether it counts cases of a level that the rule is not for."""
        (breakdown, code), _, (metric, part, *_) = place
        scope = self.scopes.get(part, {}) if metric == DEADLINES else {}
        return code not in {UNKNOWN, *scope.get(breakdown, {code})}

    def outside(self) -> Iterator[Row]:
        """That there are none of those."""
        for place, at in self.atoms.items():
            if self.is_outside(place):
                yield {at: 1.0}, 0.0, 0.0

    def is_never(self, place: Place) -> bool:
        """Whether it counts those who took longer than there was time since the receipt."""
        _, quarter, (metric, _, outcome, band) = place
        at = self.quarters.index(quarter)
        watched = self.dates.looks[at] - self.dates.firsts[at]
        return metric == TIMES and bool(outcome) and band > watched


def _dates(own: Sequence[Told], quarters: Sequence[date]) -> Dates:
    """First days of the quarters, the last ones, and the first look at each."""
    after = quarters[-1]
    for _ in range(QUARTER):
        after = next_month(after)
    firsts = [on.toordinal() for on in (*quarters, after)]
    return Dates(firsts, [first - 1 for first in firsts[1:]], first_looks(own, quarters))


@dataclass(frozen=True, slots=True)
class _Level:
    """The links at one level, as rows over its counts added up from the first quarter on."""

    known: Counts
    level: Level

    def added(self, until: int, series: tuple[str, str], which: Which, sign: float) -> Sums:
        """A series up to and with a quarter."""
        return {
            at: sign
            for quarter in self.known.quarters[: max(until + 1, 0)]
            for at in self.known.columns(self.level, quarter, series, which)
        }

    def deadline(self, link: Link, at: int, *, stands: bool, empty: bool) -> Iterator[Row]:
        """What has fallen due by the end of a quarter was received by then, or before."""
        before = at - ceil(link.lag / QUARTER)
        come = self.added(at, link.series, _has_come, -1.0)
        received = self.added(at, (TIMES, ""), _any, 1.0)
        yield {**self.added(before, (TIMES, ""), _any, 1.0), **come}, -inf, 0.0
        if empty:
            yield {**received, **come}, 0.0, inf
        if empty and stands:
            quarter = self.known.quarters[at]
            still = self.known.columns(
                self.level, quarter, link.series, lambda *cell: not _has_come(*cell)
            )
            yield {**received, **come, **dict.fromkeys(still, -1.0)}, 0.0, 0.0

    def closing(self, rule: Rule, at: int) -> Iterator[Row]:
        """Who was closed so early has met the deadline, all others have not."""
        before = at - ceil(rule.beyond / DAYS_OF_QUARTER)
        lasts = _lasts({band for *_, (_, _, _, band) in self.known.atoms if band >= 0})
        for met, early in (
            (lambda name, _: name == "met", lambda _, band: lasts[band] <= rule.within),
            (lambda name, _: name in {"met_late", "missed"}, lambda _, b: b > rule.beyond),
        ):

            def is_so(outcome: str, band: int, early: Which = early) -> bool:
                return band >= 0 and bool(outcome) and early(outcome, band)

            own = self.added(at, (DEADLINES, rule.name), met, 1.0)
            yield {**own, **self.added(before, (TIMES, ""), is_so, -1.0)}, 0.0, inf

    def beside(self, rule: Rule, at: int, *, stands: bool, empty: bool) -> Iterator[Row]:
        """What a rule for the closing and the times tell of each other, quarters in a row.

        What has come may be of cases that came late, of which no time is known.
        """
        dates = self.known.dates
        known = Dates(dates.firsts[: at + 2], dates.ends[: at + 1], dates.looks[: at + 1])
        start = max(0, at - ceil(rule.beyond / DAYS_OF_QUARTER) - 1)
        view = View(rule, known, start, at, stands, frozenset(), empty)
        bands = {band for *_, (metric, _, _, band) in self.known.atoms if metric == TIMES}
        cells = [(name, band) for name in (CLOSED, OPEN) for band in sorted(bands - {-1})]
        possible = view.possible(cells) if cells else {}
        rest = self.added(at, (TIMES, ""), _unnamed, 1.0)
        for times, results in view.ahead(possible):
            yield self._no_more(self._times(times), self._results(results, rule))
        for results, times in view.back(possible):
            yield self._no_more(self._results(results, rule), {*self._times(times), *rest})

    def _no_more(self, few: Collection[int], many: Collection[int]) -> Row:
        return {**dict.fromkeys(few, -1.0), **dict.fromkeys(many, 1.0)}, 0.0, inf

    def _times(self, times: Collection[Time]) -> set[int]:
        return self._of((TIMES, ""), {(month, (name, band)) for month, name, band in times})

    def _results(self, results: Collection[Result], rule: Rule) -> set[int]:
        series = DEADLINES, rule.name
        return self._of(series, {(month, (name, -1)) for month, name in results})

    def _of(self, series: tuple[str, str], cells: Collection[tuple[int, Cell]]) -> set[int]:
        """Columns by quarter, outcome and band, those in doubt among them."""
        quarters = {at for at, _ in cells}
        return {
            column
            for at in quarters
            for name, band, column in self.known.tables.get(
                (self.level, self.known.quarters[at], *series), ()
            )
            if (at, (re.sub(DOUBT, "", name), band)) in cells
        }

    def arrived(self, rule: Owed, at: int) -> Iterator[Row]:
        """Every case received has come to the rule, or will; the first ones once."""
        quarter = self.known.quarters[at]
        received = self.known.columns(self.level, quarter, (TIMES, ""), _any)
        every = self.known.columns(self.level, quarter, (DEADLINES, rule.rule), _any)
        row = {**dict.fromkeys(received, -1.0), **dict.fromkeys(every, 1.0)}
        yield row, 0.0, inf if at else 0.0

    def nested(self, pair: Pair, at: int, *, empty: bool) -> Iterator[Row]:
        """What two rules for the same step tell of each other up to a quarter, and in it."""
        lag = ceil(pair.latest / QUARTER)
        ahead, behind = pair.holds_at(self.level)
        for begins, names in product({0, at}, RESULTS if ahead else ()):
            after = {name for one in names for name in AFTER[one]}
            shorter = self._between(begins, at - lag, pair.shorter, names, -1.0)
            yield {**shorter, **self._between(begins, at, pair.longer, after, 1.0)}, 0.0, inf
        for begins, names in product({0, at}, RESULTS if behind else ()):
            before = {one for one, after in AFTER.items() if set(after) & set(names)}
            if begins >= lag or empty:
                longer = self._between(begins, at, pair.longer, names, -1.0)
                shorter = self._between(begins - lag, at, pair.shorter, before, 1.0)
                yield {**longer, **shorter}, 0.0, inf

    def _between(
        self, begins: int, until: int, rule: str, names: Collection[str], sign: float
    ) -> Sums:
        """Some results of a rule from one quarter up to and with another."""
        return {
            at: sign
            for quarter in self.known.quarters[max(begins, 0) : max(until + 1, 0)]
            for at in self.known.columns(
                self.level, quarter, (DEADLINES, rule), lambda name, _: name in names
            )
        }

    def on_time(self) -> Row:
        """Of the first quarter nothing was told that a case could come too late for."""
        rest = self.known.columns(self.level, self.known.quarters[0], (TIMES, ""), _unnamed)
        return dict.fromkeys(rest, 1.0), 0.0, 0.0

    def surveys(self, at: int) -> Row:
        """No more are offered than cases were closed by then."""
        asked = self.added(at, (SURVEYS, ""), _any, -1.0)
        earlier = self.added(at - 1, (TIMES, ""), _any, 1.0)
        now = self.known.columns(
            self.level, self.known.quarters[at], (TIMES, ""), lambda name, _: name != STILL_OPEN
        )
        return {**asked, **earlier, **dict.fromkeys(now, 1.0)}, 0.0, inf


def _any(_outcome: str, _band: int) -> bool:
    return True


def _unnamed(outcome: str, _band: int) -> bool:
    return not outcome


def _has_come(outcome: str, _band: int) -> bool:
    return not outcome.startswith(NOT_COME)


def _lasts(firsts: set[int]) -> dict[int, float]:
    known = sorted(firsts)
    return {first: after - 1 for first, after in zip(known, [*known[1:], inf], strict=True)}


@dataclass(frozen=True, slots=True)
class Belief:
    """What an attacker takes to be so, where all that is told leaves it possible.

    Nobody was there before the first quarter, and nobody came too late for it; rules for one
    step hold against each other; and the calendar holds rules against times and cases. Reopened
    and late cases break some of it.
    """

    starts_empty: bool
    nests: bool
    calendar: bool


def links(own: Sequence[Told], known: Counts, belief: Belief) -> Iterator[Row]:
    """What the release's own words say of its tables, level by level and quarter by quarter."""
    newest = max(own, key=lambda one: one.release.as_of)
    stood = _stood(own)
    has_surveys = not any(one.release.manifest.get(EARLY) for one in own)
    pairs = pairs_in(newest) if belief.nests else []
    yield from known.outside()
    for level, at in product(known.levels, range(len(known.quarters))):
        here, quarter = _Level(known, level), known.quarters[at]
        for link in links_in(newest):
            if link.holds_at(level):
                stands = quarter in stood
                yield from here.deadline(link, at, stands=stands, empty=belief.starts_empty)
        if belief.starts_empty and not at:
            yield here.on_time()
        for pair in pairs:
            yield from here.nested(pair, at, empty=belief.starts_empty)
        if belief.starts_empty and has_surveys:
            yield here.surveys(at)
        yield from _by_days(here, newest, at, stood, belief)


def _by_days(
    here: _Level, newest: Told, at: int, stood: Mapping[date, bool], belief: Belief
) -> Iterator[Row]:
    """What rules hold against times and cases, by days and by what has its day to come."""
    quarter = here.known.quarters[at]
    for rule in rules_in(newest):
        if rule.holds_at(here.level):
            yield from here.closing(rule, at)
            if belief.calendar:
                yield from here.beside(
                    rule, at, stands=quarter in stood, empty=belief.starts_empty
                )
    if belief.calendar and belief.starts_empty and stood.get(quarter):
        for owed in owed_in(newest):
            if owed.holds_at(here.level):
                yield from here.arrived(owed, at)


def _stood(own: Sequence[Told]) -> dict[date, bool]:
    """The quarters that a release ended with, and whether late cases had their deadlines."""
    return {
        one.months[-1]: LATE not in one.release.manifest
        for one in own
        if one.release.manifest["as_of"] == one.release.manifest["coverage_until"]
    }
