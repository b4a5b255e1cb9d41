"""Exact counts of several metrics as one system: what one withholds another one may tell.

A deadline that every case has falls due once for each case received. Exact receipts beside
exact deadlines say how many are not due yet, although that is withheld. So each metric that
follows another one is tried beside what is told already, over all quarters, with everything
that links them in truth: linear programming says how far every small count could still move.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf

import numpy as np
from scipy import sparse

from metrics.disclosure.closing import lasts_of
from metrics.disclosure.fates import SHORTEST_QUARTER
from metrics.disclosure.linked import Booleans
from metrics.disclosure.nesting import Nested, Relation, relations
from metrics.disclosure.ranges import Floats
from metrics.disclosure.room import Moving, OutOfPatienceError, Room, Row
from metrics.disclosure.runs import Run
from metrics.disclosure.tables import Counts, Delay, Where

QUARTER = 3  # months
LARGEST = 30_000  # counts, beyond which no program is tried
MANY = 10**6  # cases, in place of no end: every program has an answer
STILL_OPEN = "open"

Columns = Sequence[tuple[str, int]]


@dataclass(slots=True)
class Part:
    """A metric and part: true counts (level, quarter, cell) and what of them is withheld.

    `sums` (sum, cell) are told beside the cells; `hidden` (level, quarter, cell or sum) has
    both. `stocks` count what is still to come, at the end of the quarters that `stood` with
    it. A cell without a name is taken to be known, and so is what can have no case by the
    calendar or by what a rule is for, `never` (level, quarter, cell).
    """

    columns: Columns
    truth: Counts
    sums: Counts
    hidden: Booleans
    never: Booleans | None = None
    stocks: Sequence[int] = ()
    stood: Collection[int] = ()
    follows: "Part | None" = None
    delay: Delay | None = None
    arrives: Where | None = None
    after_closing: bool = False
    name: str = ""

    @property
    def flows(self) -> list[int]:
        """Cells that count what has come."""
        return [at for at in range(len(self.columns)) if at not in self.stocks]

    @property
    def known(self) -> Booleans:
        """What readers know though it is not told (level, quarter, cell)."""
        unnamed = np.array([not name for name, _ in self.columns])
        none = np.zeros(self.truth.shape, dtype=bool)
        found: Booleans = (none if self.never is None else self.never) | unnamed
        return found

    @property
    def nobody(self) -> Booleans:
        """And what is none by what its words mean: every case has a day to be closed by."""
        closing = self.delay.closing if self.delay else None
        named = frozenset().union(*closing.names.values()) if closing else frozenset()
        undated = [
            bool(named) and name not in named and at not in self.stocks
            for at, (name, _) in enumerate(self.columns)
        ]
        none: Booleans = np.array(undated) & ~self.truth.any(axis=(0, 1))
        return self.known | none

    def cells(self, which: Callable[[str, int], bool]) -> list[int]:
        """Cells whose outcome and band are wanted."""
        return [at for at, column in enumerate(self.columns) if which(*column)]


def tells_more(
    part: Part,
    beside: Sequence[Part],
    levels: Sequence[tuple[str, str]],
    faces: Counts,
    few: int,
    nests: Sequence[Nested] = (),
    runs: Sequence[Run] = (),
    untold: Booleans | None = None,
) -> bool:
    """Whether a part that follows another one narrows what is withheld, in it or beside it.

    `nests` are parts for the same step, by quarter; `runs` quarters in a row of rules for the
    closing beside the times until then. What readers know as well where `untold` is what is
    withheld of the part, the part does not tell: of a rule for the closing nobody lacks a day.
    What cannot be tried in time is not told.
    """
    every = [*beside, part]
    if sum(each.truth.size for each in every) > LARGEST:
        return True
    system = _System(every, levels, faces, nests, runs)
    if system.is_untrue:
        return True
    before: _System | None = None
    try:
        for target, ends in system.narrow(few):
            if untold is None:
                return True
            if before is None:
                silent = [*beside, replace(part, hidden=untold)]
                before = _System(silent, levels, faces, nests, runs)
            if before.ends(target) != ends:
                return True
    except OutOfPatienceError:
        return True
    return False


class _System:
    """All counts of several parts, and everything that holds between them."""

    def __init__(
        self,
        parts: Sequence[Part],
        levels: Sequence[tuple[str, str]],
        faces: Counts,
        nests: Sequence[Nested] = (),
        runs: Sequence[Run] = (),
    ) -> None:
        self.parts, self.levels = parts, levels
        self.starts = np.cumsum([0, *(part.truth.size for part in parts)]).tolist()
        self.truth = np.concatenate([part.truth.ravel() for part in parts]).astype(float)
        hidden = [part.hidden[:, :, : len(part.columns)] & ~part.known for part in parts]
        # Readers of the part that is tried, who take its links to be so, would be misled then.
        self.is_untrue = False
        moves = np.concatenate([each.ravel() for each in hidden])
        of_rules = [*self._nested(nests), *self._beside(runs)]
        rows = [*self._faces(faces), *self._sums(), *self._links(), *of_rules]
        low, high = np.where(moves, 0.0, self.truth), np.where(moves, MANY, self.truth)
        self.moving = Moving.of(rows, self.truth, low, high, self._quarters())

    def _quarters(self) -> Counts:
        """The quarter of each count."""
        shapes = (part.truth.shape for part in self.parts)
        return np.concatenate([np.indices(shape)[1].ravel() for shape in shapes])

    def _at(self, part: int, level: int, quarter: int, cell: int) -> int:
        _, quarters, cells = self.parts[part].truth.shape
        return int(self.starts[part] + (level * quarters + quarter) * cells + cell)

    def _faces(self, faces: Counts) -> Iterator[Row]:
        for at, part in enumerate(self.parts):
            for quarter, cell in np.ndindex(part.truth.shape[1:]):
                for face in faces:
                    taken = np.flatnonzero(face)
                    yield (
                        {
                            self._at(at, i, quarter, cell): float(face[i])
                            for i in taken.tolist()
                        },
                        0.0,
                        0.0,
                    )

    def _sums(self) -> Iterator[Row]:
        for at, part in enumerate(self.parts):
            told = ~part.hidden[:, :, len(part.columns) :]
            for level, quarter, which in np.argwhere(told).tolist():
                cells = np.flatnonzero(part.sums[which]).tolist()
                n = float(part.truth[level, quarter, cells].sum())
                yield {self._at(at, level, quarter, cell): 1.0 for cell in cells}, n, n

    def _links(self) -> Iterator[Row]:
        """Those of every part with the one that it follows, where they are so in truth."""
        for at, part in enumerate(self.parts):
            led = next((i for i, other in enumerate(self.parts) if other is part.follows), None)
            if led is None:
                continue
            for level, quarter in np.ndindex(part.truth.shape[:2]):
                for row in self._of_level(at, led, level, quarter):
                    if self._is_so(row):
                        yield row
                    elif part is self.parts[-1] and not part.hidden.all():
                        self.is_untrue |= part.delay is not None or part.after_closing
                yield from filter(self._is_so, self._arrived(at, led, level, quarter))

    def _is_so(self, row: Row) -> bool:
        n = sum(c * self.truth[column] for column, c in row[0].items())
        return bool(row[1] <= n <= row[2])

    def _nested(self, nests: Sequence[Nested]) -> Iterator[Row]:
        """What parts for the same step tell of each other, where it is so in truth."""
        named = {part.name: part for part in self.parts}
        last = self.parts[0].truth.shape[1] - 1
        for quarter in range(last + 1):
            for each in relations(nests, named, [quarter], stands=quarter == last):
                yield from self._held(each)

    def _beside(self, runs: Sequence[Run]) -> Iterator[Row]:
        """What rules for the closing tell of the times, quarters in a row, where it is so."""
        named = {part.name for part in self.parts}
        for run in runs:
            if {run.fewer.table, run.more.table} <= named:
                yield from self._held(run)

    def _held(self, relation: Relation | Run) -> Iterator[Row]:
        for level in relation.levels:
            row = self._of_relation(relation, level), 0.0, inf
            if self._is_so(row):
                yield row

    def _of_relation(self, relation: Relation | Run, level: int) -> dict[int, float]:
        at = {part.name: place for place, part in enumerate(self.parts)}
        return {
            self._at(at[side.table], level, quarter, cell): sign
            for side, sign in ((relation.more, 1.0), (relation.fewer, -1.0))
            for quarter, cells in side.parts()
            for cell in cells
        }

    def _of_level(self, at: int, led: int, level: int, quarter: int) -> Iterator[Row]:
        part, other = self.parts[at], self.parts[led]
        come = self._added(at, level, quarter, part.flows, -1.0)
        every = list(range(len(other.columns)))
        received = self._added(led, level, quarter, every, 1.0)
        yield {**received, **come}, 0.0, inf
        if part.after_closing:
            closed = other.cells(lambda name, _: name != STILL_OPEN)
            before = self._added(led, level, quarter - 1, every, 1.0)
            now = {self._at(led, level, quarter, cell): 1.0 for cell in closed}
            yield {**before, **now, **come}, 0.0, inf
        if part.delay is not None and part.delay.holds_at(self.levels[level]):
            still = {self._at(at, level, quarter, cell): -1.0 for cell in part.stocks}
            if quarter in part.stood:
                yield {**received, **come, **still}, 0.0, 0.0
            if part.delay.months is not None:
                due = quarter - ceil(part.delay.months / QUARTER)
                yield {**self._added(led, level, due, every, 1.0), **come}, -inf, 0.0
            yield from self._closing(at, led, level, quarter)

    def _arrived(self, at: int, led: int, level: int, quarter: int) -> Iterator[Row]:
        """Every case received has one, come or to come or none; the first ones have no more."""
        part, columns = self.parts[at], self.parts[led].columns
        if part.arrives is None or not part.arrives.holds_at(self.levels[level]):
            return
        received = {self._at(led, level, quarter, cell): -1.0 for cell in range(len(columns))}
        own = range(len(part.columns))
        every = {self._at(at, level, quarter, cell): 1.0 for cell in own}
        yield {**every, **received}, 0.0, inf
        if not quarter:
            yield {**every, **received}, -inf, 0.0

    def _closing(self, at: int, led: int, level: int, quarter: int) -> Iterator[Row]:
        part, other = self.parts[at], self.parts[led]
        closing = part.delay.closing if part.delay else None
        if closing is None:
            return
        lasts = lasts_of(other.columns)
        before = quarter - ceil(closing.days.most / SHORTEST_QUARTER)
        late = [pair for pair in closing.pairs if not pair[2]]
        for pairs in ([pair for pair in closing.pairs if pair[2]], late):
            own = [cell for names, *_ in pairs for cell in part.cells(lambda n, _: n in names)]  # noqa: B023
            of = {name for _, names, _ in pairs for name in names}
            early = pairs[0][2]
            cells = [
                cell
                for cell, (name, band) in enumerate(other.columns)
                if name in of
                and (lasts[band] <= closing.days.fewest if early else band > closing.days.most)
            ]
            met = self._added(at, level, quarter, own, 1.0)
            yield {**met, **self._added(led, level, before, cells, -1.0)}, 0.0, inf

    def _added(
        self, part: int, level: int, until: int, cells: Sequence[int], sign: float
    ) -> dict[int, float]:
        """Cells of a level from the first quarter to this one."""
        return {
            self._at(part, level, quarter, cell): sign
            for quarter in range(until + 1)
            for cell in cells
        }

    def narrow(self, few: int) -> Iterator[tuple[Floats, tuple[int, int]]]:
        """Small counts that are withheld and may not be none, or not be enough, and their ends.

        Each as the cells that it is the sum of.
        """
        targets = sparse.csr_array(self._targets(few))
        room = Room(self.moving, targets, few)
        for at in room.narrow():
            yield targets[[at]].toarray().ravel(), room.ends(at)

    def ends(self, cells: Floats) -> tuple[int, int]:
        """The least and the most that a sum of cells may be."""
        room = Room(self.moving, sparse.csr_array(cells[np.newaxis, :]), 1)
        (ends,) = room.ask()
        return ends

    def _targets(self, few: int) -> sparse.coo_array:
        """One row for each small count that is withheld."""
        found: list[list[int]] = []
        for at, part in enumerate(self.parts):
            every = np.vstack([np.eye(len(part.columns), dtype=np.int64), part.sums])
            small = part.hidden & (part.truth @ every.T < few)
            small &= part.nobody.astype(int) @ every.T != every.sum(axis=1)
            for level, quarter, row in np.argwhere(small).tolist():
                cells = np.flatnonzero(every[row]).tolist()
                found.append([self._at(at, level, quarter, cell) for cell in cells])
        place = np.repeat(np.arange(len(found)), [len(cells) for cells in found])
        column = np.array([cell for cells in found for cell in cells], dtype=np.int64)
        shape = (len(found), len(self.truth))
        return sparse.coo_array((np.ones(len(column)), (place, column)), shape=shape)
