"""What may have become of a case under two rules for the same step, and what is told of it.

A case's profile says in which month the shorter of the rules fell due and with what result, and
the same of the longer one. The numbers of cases of each profile are unknown; every count, and
every sum of counts, is a sum of some of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import highspy
import numpy as np
from scipy import sparse

from metrics.attack.bounds import (
    TOLERANCE,
    ContradictionError,
    best_table,
    cheapest,
    ends_of,
    silent,
)
from metrics.attack.system import NOT_COME, Floats

COME = ("met", "met_late", "missed", "not_applicable", "not_assessable")
NOT_DUE = NOT_COME
JUDGED = ("met", "met_late", "missed")
# What may come of the longer rule after each result of the shorter one. A step that was missed
# when it was told may be done since, withdrawn, or not seen any more.
AFTER = {
    "met": ("met",),
    "met_late": ("met", "met_late"),
    "missed": COME,
    "not_applicable": ("not_applicable",),
    "not_assessable": ("not_assessable",),
}
UNDATED = ("not_applicable", "not_assessable")
ENOUGH = 1e6  # cases: keeps programs finite

Known = tuple[str, int]  # result and month
Profile = tuple[Known | None, Known | None]  # None where it is not seen, or has not come


@dataclass(frozen=True, slots=True)
class Row:
    """A count or a sum of counts: of which rule (0 the shorter), outcomes and months."""

    rule: int
    outcomes: tuple[int, ...]
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Profiles:
    """All profiles that there may be, and `told` (row, profile): what each row is the sum of.

    The last columns are the cases that neither rule has come to, on each day on which a release
    told what was still to come.
    """

    rows: tuple[Row, ...]
    told: sparse.csc_array

    @classmethod
    def of(
        cls,
        latest: int,
        both: tuple[bool, bool],
        quarters: Sequence[date],
        stood: Sequence[int],
    ) -> "Profiles":
        """For rules of which the second falls due up to `latest` months after the first.

        `both` say whether every case under the shorter rule is under the longer one, and the
        other way round; `quarters` has the quarter of each month.
        """
        profiles = list(_profiles(latest, both, len(quarters)))
        rows = tuple(_rows(quarters, stood))
        entries: list[tuple[int, int]] = []
        for at, row in enumerate(rows):
            entries += [(at, column) for column in _columns(row, profiles, stood)]
        place = np.array(entries).T
        shape = (len(rows), len(profiles) + len(stood))
        told = sparse.csc_array((np.ones(len(entries)), (place[0], place[1])), shape=shape)
        return cls(rows, told)


def _profiles(latest: int, both: tuple[bool, bool], months: int) -> Iterator[Profile]:
    shorter_has, longer_has = both
    for result, month in product(COME, range(months)):
        shorter, ends = (result, month), month + latest
        for after in AFTER[result]:
            for due in range(month, min(ends, months - 1) + 1):
                yield shorter, (after, due)
        if ends >= months or not shorter_has:
            yield shorter, None
        if month < latest or not longer_has:
            yield None, (result, month)  # the shorter one was before the first month, if at all


def _rows(quarters: Sequence[date], stood: Sequence[int]) -> Iterator[Row]:
    """Every cell and published sum of a month, and of a quarter."""
    every = tuple(range(len(COME)))
    spans: list[tuple[int, ...]] = [(month,) for month in range(len(quarters))]
    of = [tuple(at for at, one in enumerate(quarters) if one == on) for on in set(quarters)]
    spans += sorted(span for span in of if len(span) > 1)
    sets: list[tuple[int, ...]] = [(at,) for at in every]
    sets += [tuple(COME.index(name) for name in JUDGED), every]
    for rule in (0, 1):
        yield from (Row(rule, outcomes, span) for span in spans for outcomes in sets)
        for month in stood:
            yield Row(rule, (len(COME),), (month,))
            yield Row(rule, (*every, len(COME)), (month,))


def _columns(row: Row, profiles: Sequence[Profile], stood: Sequence[int]) -> Iterator[int]:
    names = {COME[at] for at in row.outcomes if at < len(COME)}
    for at, profile in enumerate(profiles):
        own = profile[row.rule]
        if own is not None and own[0] in names and own[1] in row.months:
            yield at
    if len(COME) in row.outcomes:
        (day,) = row.months
        yield len(profiles) + list(stood).index(day)
        for at, (shorter, longer) in enumerate(profiles):
            has_come = shorter is not None and shorter[1] <= day
            if row.rule and has_come and (longer is None or longer[1] > day):
                yield at


@dataclass(frozen=True, slots=True)
class Ends:
    """The smallest and largest value of each row that is told, after so many programs."""

    rows: tuple[Row, ...]
    low: Floats
    high: Floats
    programs: int


def narrowest(
    profiles: Profiles, low: Floats, high: Floats, point: Floats | None, base: int
) -> Ends | None:
    """What is left of each row between these ends.

    `point` are the published numbers of the finest base, all rows of them. None where nothing
    agrees with all that is known: then it is not so that these cases have both rules.
    """
    search = _Search(profiles.told, low, high)
    try:
        if point is not None and search.learn_from(point):
            pass
        else:
            search.ask(np.zeros(profiles.told.shape[1]))
        for at in range(len(low)):
            search.widen(at, base)
    except ContradictionError:
        return None
    known = np.isfinite(high)
    least = np.ceil(np.maximum(search.low, low) - TOLERANCE)
    most = np.floor(np.minimum(search.high, high) + TOLERANCE)
    rows = tuple(row for row, is_told in zip(profiles.rows, known, strict=True) if is_told)
    return Ends(rows, least[known], most[known], search.programs)


class _Search:
    """The system of one level in the hands of the simplex method, and what it has shown."""

    def __init__(self, told: sparse.csc_array, low: Floats, high: Floats) -> None:
        self.told, self.least, self.most = told, low, high
        self.low, self.high = np.full(len(low), np.inf), np.full(len(low), -np.inf)
        self.programs = 0
        # Primal simplex without presolve: a changed objective leaves the last answer feasible.
        warm: dict[str, str | int] = {
            "presolve": "off", "solver": "simplex", "simplex_strategy": 4
        }  # fmt: skip
        self.solver = silent(_model(told, low, high), warm)

    def learn_from(self, point: Floats) -> bool:
        """Take the published numbers for the truth, if some numbers of cases give them."""
        inside = (point >= self.least).all() and (point <= self.most).all()
        if not inside:
            return False
        self.programs += 1
        try:
            cases = best_table(silent(_model(self.told, point, point), {}))
        except ContradictionError:
            return False
        if cases is None:
            return False
        self._learn(cases)
        return True

    def ask(self, cost: Floats) -> None:
        """The numbers of cases that cost least."""
        self.programs += 1
        self._learn(cheapest(self.solver, cost))

    def _learn(self, cases: Floats) -> None:
        """What these show, and more cases or fewer of any one profile."""
        sums = self.told @ cases
        np.minimum(self.low, sums, out=self.low)
        np.maximum(self.high, sums, out=self.high)
        more = np.floor(self._room(self.most - sums) + TOLERANCE)
        fewer = np.floor(np.minimum(self._room(sums - self.least), cases) + TOLERANCE)
        rows, columns = self.told.nonzero()
        np.maximum.at(self.high, rows, (sums[rows] + more[columns]))
        np.minimum.at(self.low, rows, (sums[rows] - fewer[columns]))

    def _room(self, left: Floats) -> Floats:
        """By how many cases each profile may change: as its tightest row allows."""
        starts = self.told.indptr[:-1]
        found: Floats = np.minimum.reduceat(left[self.told.indices], starts)
        return np.minimum(found, ENOUGH)

    def widen(self, at: int, base: int) -> None:
        """Follow a row to its ends while it seems to have less room than is promised."""
        cost = self.told[[at]].toarray().ravel()
        for sign in (-1.0, 1.0):
            low, high = np.ceil(self.low[at] - TOLERANCE), np.floor(self.high[at] + TOLERANCE)
            if high - low >= base - 1 and (low < 1 or high >= base):
                return
            if np.isfinite(self.most[at]):
                self.ask(sign * cost)


def _model(told: sparse.csc_array, low: Floats, high: Floats) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = told.shape
    model.col_cost_ = np.zeros(told.shape[1])
    model.col_lower_ = np.zeros(told.shape[1])
    model.col_upper_ = np.full(told.shape[1], ENOUGH)
    model.row_lower_, model.row_upper_ = low, ends_of(high)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = told.indptr
    model.a_matrix_.index_ = told.indices
    model.a_matrix_.value_ = told.data
    return model
