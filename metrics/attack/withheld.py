"""What exact counts of several metrics tell together of those that are withheld.

A deadline that every case has falls due once for each case received: who has exact receipts and
exact deadlines knows how many are not due yet, although that count is withheld. So all tables
of all quarters are one system here, with the links between them; linear programming finds how
far each withheld count can be narrowed.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from math import ceil, inf
from typing import Any

import highspy
import numpy as np
import polars as pl
from scipy import sparse

from metrics.attack.bounds import TOLERANCE, ContradictionError, best_table, ends_of, silent
from metrics.attack.closed import TIMES, Rule, rules_in
from metrics.attack.joined import DEADLINES, RECEIVED, Link, links_in
from metrics.attack.knowledge import Findings
from metrics.attack.nested import Pair, pairs_in
from metrics.attack.profiles import AFTER, COME, JUDGED, UNDATED
from metrics.attack.surveyed import EARLY, STILL_OPEN, SURVEYS
from metrics.attack.system import NOT_COME, Floats
from metrics.attack.told import CELL, Told, telling

QUARTER = 3  # months
DAYS_OF_QUARTER = 90  # at least
FOLLOWING = (DEADLINES, SURVEYS)
REST = (TIMES, "", "", -1)  # cases of which no time is known
# Results of which one rule tells how many have which results of another for the same step.
RESULTS = (
    *((name,) for name in COME), JUDGED[:2], JUDGED[1:], JUDGED, (*JUDGED[2:], *UNDATED), COME,
)  # fmt: skip
ENOUGH = 1e6  # beyond any count that is withheld for being small: keeps every program finite
TOO_FEW = 50  # of so many counts one must gain by a table that is sought for all of them

Level = tuple[str, str]
Name = tuple[str, str, str, int]  # metric, part, outcome, band
Place = tuple[Level, date, Name]
Sums = dict[int, float]
Row = tuple[Sums, float, float]
Which = Callable[[str, int], bool]


def withheld(told: Sequence[Told]) -> list[Findings]:
    """What the readers of exact counts find in those that are withheld from them."""
    own = [release for release in told if release.method == "suppression"]
    if not own:
        return []
    threshold = min(release.threshold for release in own)
    found = Findings(
        "reader of all exact counts who knows how metrics are linked",
        len(own),
        promised=threshold - 1,
    )
    known = _Counts.of(own)
    # Where it cannot be so, cases were there before the first quarter, or links do not hold.
    for starts_empty, nests in product((True, False), (True, False)):
        links = _links(own, known, starts_empty=starts_empty, nests=nests)
        search = _Search(known, list(links))
        if search.is_possible:
            _judge(found, search, threshold)
            break
    return [found] if found.targets else []


def _judge(found: Findings, search: "_Search", threshold: int) -> None:
    for where, low, high in search.narrowest(threshold):
        if low >= threshold:
            continue  # withheld for the sake of others
        found.targets += 1
        found.exact += int(low == high)
        found.proven_small += int(low >= 1 and high < threshold)
        found.proven_present += int(low >= 1)
        found.narrower_than_promised += int(high - low < threshold - 1)
        if found.narrowest is None or high - low < found.narrowest:
            found.narrowest = int(min(high - low, np.iinfo(np.int32).max))
            found.worst = where
    found.programs = search.programs


@dataclass(frozen=True, slots=True)
class _Counts:
    """Every count with a name, and what is told of it; None where it is withheld.

    `atoms` has the column of every count that is no sum of others, `tables` those of a level,
    quarter, metric and part with their outcomes and bands.
    """

    levels: Sequence[Level]
    quarters: Sequence[date]
    atoms: Mapping[Place, int]
    told: Mapping[Place, int | None]
    tables: Mapping[tuple[Level, date, str, str], Sequence[tuple[str, int, int]]]

    @classmethod
    def of(cls, own: Sequence[Told]) -> "_Counts":
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
        return cls(levels, quarters, atoms, told, tables)

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
        """What is told of each column; none is below 0."""
        low, high = np.zeros(len(self.atoms)), np.full(len(self.atoms), inf)
        for place, at in self.atoms.items():
            n = self.told.get(place)
            if n is not None:
                low[at] = high[at] = n
        return low, high


@dataclass(frozen=True, slots=True)
class _Level:
    """The links at one level, as rows over its counts added up from the first quarter on."""

    known: _Counts
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


def _has_come(outcome: str, _band: int) -> bool:
    return not outcome.startswith(NOT_COME)


def _lasts(firsts: set[int]) -> dict[int, float]:
    known = sorted(firsts)
    return {first: after - 1 for first, after in zip(known, [*known[1:], inf], strict=True)}


def _links(
    own: Sequence[Told], known: _Counts, *, starts_empty: bool, nests: bool
) -> Iterator[Row]:
    """What the release's own words say of its tables, level by level and quarter by quarter."""
    newest = max(own, key=lambda one: one.release.as_of)
    stood = {
        max(one.cells["month"])
        for one in own
        if one.release.manifest["as_of"] == one.release.manifest["coverage_until"]
    }
    pairs = pairs_in(newest) if nests else []
    asked = starts_empty and not any(one.release.manifest.get(EARLY) for one in own)
    for level, at in product(known.levels, range(len(known.quarters))):
        here, stands = _Level(known, level), known.quarters[at] in stood
        for link in links_in(newest):
            if link.holds_at(level):
                yield from here.deadline(link, at, stands=stands, empty=starts_empty)
        for rule in rules_in(newest):
            if rule.holds_at(level):
                yield from here.closing(rule, at)
        for pair in pairs:
            yield from here.nested(pair, at, empty=starts_empty)
        if asked:
            yield here.surveys(at)


class _Search:
    """All equations in the hands of the simplex method."""

    def __init__(self, known: _Counts, links: Sequence[Row]) -> None:
        self.known, self.programs = known, 0
        rows = [*known.rows(), *(row for row in links if row[0])]
        low, high = known.bounds()
        enough = max(ENOUGH, 2 * float(low.sum()))
        # Primal simplex without presolve: a changed objective leaves the last answer feasible.
        warm: dict[str, str | int] = {
            "presolve": "off", "solver": "simplex", "simplex_strategy": 4
        }  # fmt: skip
        self.solver = silent(_model(rows, low, np.minimum(high, enough)), warm)
        try:
            self._ask(np.zeros(len(low)))
            self.is_possible = True
        except ContradictionError:
            self.is_possible = False

    def _ask(self, cost: Floats) -> Floats:
        self.programs += 1
        self.solver.changeColsCost(cost.size, np.arange(cost.size, dtype=np.int32), cost)
        try:
            table = best_table(self.solver)
        except ContradictionError:
            # From the last answer the simplex method may lose its way: from the start again.
            self.solver.clearSolver()
            table = best_table(self.solver)
        if table is None:  # every count has an end
            raise ContradictionError
        return table

    def _targets(self, hidden: Sequence[Place]) -> sparse.csr_array:
        """One row for each withheld count: the columns that it is the sum of."""
        parts = [self.known.parts(place) for place in hidden]
        row = np.repeat(np.arange(len(parts)), [len(columns) for columns in parts])
        column = np.array([at for columns in parts for at in columns], dtype=np.int64)
        shape = (len(hidden), len(self.known.atoms))
        return sparse.csr_array((np.ones(len(column)), (row, column)), shape=shape)

    def narrowest(self, threshold: int) -> Iterator[tuple[str, float, float]]:
        """Each withheld count with its interval, or as much of it as is promised."""
        hidden = [place for place, n in self.known.told.items() if n is None]
        seen = _Seen.of(self._targets(hidden))
        self._together(seen, threshold)
        for at, place in enumerate(hidden):
            for sign in (-1.0, 1.0):
                if seen.is_narrow(threshold, at):
                    seen.learn(self._ask(sign * seen.targets[[at]].toarray().ravel()))
            low, high = seen.low[at] - TOLERANCE, seen.high[at] + TOLERANCE
            where = f"{' '.join(place[2][:2])}, quarter from {place[1]}"
            yield where, float(np.ceil(low)), float(np.floor(high))

    def _together(self, seen: "_Seen", threshold: int) -> None:
        """Seek tables for all counts at once, as long as each gives enough of them room."""
        draw = np.random.default_rng(len(seen.low))
        for sign in (-1.0, 1.0):
            seen.learn(self._ask(sign * (seen.targets.T @ draw.random(len(seen.low)))))
        left = seen.is_narrow(threshold)
        while left.any():
            before = left.sum()
            down = np.where(seen.low >= 1, 1.0, -1.0)
            seen.learn(self._ask(seen.targets.T @ (left * down * draw.random(len(left)))))
            left = seen.is_narrow(threshold)
            if before - left.sum() < before / TOO_FEW:
                return


@dataclass(frozen=True, slots=True)
class _Seen:
    """How low and high each target has been in any table that fits; all of them learn."""

    targets: sparse.csr_array
    low: Floats
    high: Floats

    @classmethod
    def of(cls, targets: sparse.csr_array) -> "_Seen":
        count = targets.shape[0]
        return cls(targets, np.full(count, inf), np.full(count, -inf))

    def learn(self, table: Floats) -> None:
        values = self.targets @ table
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)

    def is_narrow(self, threshold: int, at: int | slice = slice(None)) -> Any:
        """Whether less of an interval has been seen than is promised."""
        low, high = self.low[at], self.high[at]
        has_room = (low < 1 - TOLERANCE) | (high >= threshold - TOLERANCE)
        return ~((high - low >= threshold - 1) & has_room)


def _model(rows: Sequence[Row], low: Floats, high: Floats) -> highspy.HighsLp:
    at = [(row, column, c) for row, (sums, *_) in enumerate(rows) for column, c in sums.items()]
    row, column, value = (np.array(each) for each in zip(*at, strict=True))
    matrix = sparse.csr_array((value, (row, column)), shape=(len(rows), len(low)))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(low), len(rows)
    model.col_cost_ = np.zeros(len(low))
    model.col_lower_, model.col_upper_ = low, ends_of(high)
    model.row_lower_ = ends_of(np.array([lowest for _, lowest, _ in rows]))
    model.row_upper_ = ends_of(np.array([highest for *_, highest in rows]))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    return model
