"""Deadlines for the same step: whoever has met the shorter one has met the longer one too.

Under a rule of 3 days and one of 7, those who met the first are never more than those who met
the second, some months later at the most; those who missed the second, or met it late, never
more than those who did so under the first. "5 met" (1 to 9) of the shorter beside "0 met" (0 to
4) of the longer would prove 1 to 4 in both, so that what is told should keep to it. Then the
published numbers could be the truth of both rules, and cases may be added to both.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from metrics.disclosure.programs import Floats
from metrics.disclosure.runs import Span
from metrics.disclosure.series import Rounding
from metrics.disclosure.slices import Tether
from metrics.disclosure.tables import Counts, Grid, Table

QUARTER = 3  # months

Cells = tuple[int, ...]
Columns = Sequence[tuple[str, int]]
Row = tuple[Counts, Floats]


class Counted(Protocol):
    """A table with what it stands for (level, month, cell)."""

    truth: Counts


@dataclass(frozen=True, slots=True)
class Kept:
    """Cells of one table that those of the other one hold too, a case in `fewer` in `more`.

    Not `dated` where they hold cases that have no day to be done by.
    """

    fewer: Cells
    more: Cells
    dated: bool


@dataclass(frozen=True, slots=True)
class Nested:
    """Two tables: the longer has each case `soonest` to `latest` months after the shorter.

    At the levels `ahead` it has all cases of the shorter one, which are in the cells `forward`
    says, or `undone` where both are judged on the same day and the longer one may be to come;
    at the levels `behind` the shorter one has all of the longer one, `backward`.
    """

    shorter: str
    longer: str
    soonest: int
    latest: int
    ahead: Cells
    behind: Cells
    forward: tuple[Kept, ...]
    backward: tuple[Kept, ...]
    stocks: Cells
    undone: tuple[Kept, ...] = ()

    def by_quarter(self) -> "Nested":
        """The same of tables that have quarters in place of months."""
        soonest, latest = self.soonest // QUARTER, -(-self.latest // QUARTER)
        return replace(self, soonest=soonest, latest=latest)


@dataclass(frozen=True, slots=True)
class Side:
    """Cells of a table in months from one to before another; and of the last, some more."""

    table: str
    cells: Cells
    begins: int
    ends: int
    still: Cells = ()

    def parts(self) -> Iterator[tuple[int, Cells]]:
        """Each month with its cells."""
        for month in range(max(self.begins, 0), self.ends):
            yield month, self.cells
        if self.still:
            yield self.ends - 1, self.still

    def sum(self, counts: Counts) -> Counts:
        """By level (level, month, cell)."""
        found: Counts = np.zeros(len(counts), dtype=np.int64)
        for month, cells in self.parts():
            found += counts[:, month, list(cells)].sum(axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Relation:
    """One side is never more than the other one, at some levels.

    `before`: of what was told before, what should have been so by then; it is not made up for.
    It is `closer` where our own attacker does not know it.
    """

    fewer: Side | Span
    more: Side | Span
    levels: Cells
    before: tuple[Side, Side] | None = None
    closer: bool = False

    def forgiven(self, tables: Mapping[str, Rounding]) -> Counts:
        """By level how much more the fewer were told to be before than the others."""
        if self.before is None:
            return np.array(0)
        less, more = (side.sum(tables[side.table].counts) for side in self.before)
        found: Counts = np.maximum(less - more, 0)
        return found


def nested_in(table: Table, columns: Columns, grid: Grid) -> list[Nested]:
    """The pairs of the table's parts, on its cells and levels."""

    def cells(names: Collection[str]) -> Cells:
        return tuple(at for at, (name, _) in enumerate(columns) if name in names)

    def kept(pairs: Sequence[tuple[frozenset[str], frozenset[str], bool]]) -> tuple[Kept, ...]:
        return tuple(Kept(cells(fewer), cells(more), dated) for fewer, more, dated in pairs)

    def levels(holds_at: Callable[[tuple[str, str]], bool]) -> Cells:
        return tuple(at for at, level in enumerate(grid.levels) if holds_at(level))

    return [
        Nested(
            f"{table.metric} {nest.shorter}",
            f"{table.metric} {nest.longer}",
            nest.soonest,
            nest.latest,
            levels(nest.has_all_of_shorter),
            levels(nest.has_all_of_longer),
            kept(nest.forward),
            kept(nest.backward),
            cells(table.stocks),
            kept(nest.undone),
        )
        for nest in table.nests
    ]


def relations(
    nests: Sequence[Nested],
    tables: Mapping[str, Counted],
    months: Sequence[int],
    *,
    stands: bool,
) -> list[Relation]:
    """All that a quarter's counts should keep to; `stands` where it ends with the as-of day."""
    return [
        relation
        for nest in nests
        if nest.shorter in tables and nest.longer in tables
        for relation in _Quarter.of(nest, tables, months, stands=stands).relations()
        if relation.levels
    ]


@dataclass(frozen=True, slots=True)
class _Quarter:
    """A pair of rules in one quarter, from its first month to `stop`.

    `empty` levels had no case before the first month of all that had come to the shorter rule.
    """

    nest: Nested
    first: int
    stop: int
    stands: bool
    empty: Cells
    flows: Cells

    @classmethod
    def of(
        cls,
        nest: Nested,
        tables: Mapping[str, Counted],
        months: Sequence[int],
        *,
        stands: bool,
    ) -> "_Quarter":
        truth = {name: tables[name].truth for name in (nest.shorter, nest.longer)}
        cells = range(truth[nest.shorter].shape[2])
        live = [at for at in cells if any(n[:, :, at].any() for n in truth.values())]
        flows = [cell for cell in cells if cell not in nest.stocks]
        sums = [
            truth[name][:, :, flows].sum(axis=2).cumsum(axis=1)[:, : nest.latest]
            for name in (nest.shorter, nest.longer)
        ]
        empty = tuple(np.flatnonzero((sums[1] <= sums[0]).all(axis=1)).tolist())
        few = replace(
            nest,
            forward=_of(nest.forward, live),
            backward=_of(nest.backward, live),
            undone=_of(nest.undone, live),
        )
        return cls(few, months[0], months[-1] + 1, stands, empty, tuple(flows))

    def relations(self) -> Iterator[Relation]:
        nest = self.nest
        for kept in nest.forward:
            yield from self._forward(kept, nest.soonest if kept.dated else 0)
        for kept in nest.backward:
            yield from self._backward(kept, nest.soonest if kept.dated else 0)
        for kept in nest.undone:
            yield from self._undone(kept)
        if self.stands:
            yield from self._still()

    def _starts(self, ends: int) -> list[int]:
        """Where sums begin that end so: all of before, a month, a quarter, and this quarter."""
        known = {0, ends - 1, max(ends - (self.stop - self.first), 0), self.first}
        return sorted(start for start in known if start < ends)

    def _forward(self, kept: Kept, soonest: int) -> Iterator[Relation]:
        nest, stop = self.nest, self.stop
        before = (
            Side(nest.shorter, kept.fewer, 0, max(self.first - nest.latest, 0)),
            Side(nest.longer, kept.more, 0, self.first),
        )
        last = stop if self.stands else stop - nest.latest
        for ends in range(max(self.first + 1 - nest.latest, 1), last + 1):
            still = nest.stocks if ends + nest.latest > stop else ()
            for start in self._starts(ends):
                yield Relation(
                    Side(nest.shorter, kept.fewer, start, ends),
                    Side(
                        nest.longer, kept.more, start + soonest, min(ends + nest.latest, stop),
                        still,
                    ),
                    nest.ahead,
                    before if self.first and not start else None,
                )  # fmt: skip

    def _backward(self, kept: Kept, soonest: int) -> Iterator[Relation]:
        nest = self.nest
        before = (
            Side(nest.longer, kept.fewer, 0, self.first),
            Side(nest.shorter, kept.more, 0, max(self.first - soonest, 0)),
        )
        for ends in range(self.first + 1, self.stop + 1):
            for start in self._starts(ends):
                begins = start - nest.latest
                yield Relation(
                    Side(nest.longer, kept.fewer, start, ends),
                    Side(nest.shorter, kept.more, begins, max(ends - soonest, 0)),
                    self._seen(nest.behind, begins),
                    before if self.first and not start else None,
                )

    def _undone(self, kept: Kept) -> Iterator[Relation]:
        """What is not done by the end of a quarter is so under both, or to come under one."""
        nest, first, stop = self.nest, self.first, self.stop
        last = stop if self.stands else stop - nest.latest
        for ends in range(first + 1, last + 1):
            still = nest.stocks if ends + nest.latest > stop else ()
            for start in sorted({first, ends - 1}):
                more = Side(nest.longer, kept.more, start, min(ends + nest.latest, stop), still)
                fewer = Side(nest.shorter, kept.fewer, start, ends)
                yield Relation(fewer, more, nest.ahead, closer=True)

    def _seen(self, levels: Cells, begins: int) -> Cells:
        if begins >= 0:
            return levels
        return tuple(level for level in levels if level in self.empty)

    def _still(self) -> Iterator[Relation]:
        """What is still to come under the shorter rule is so under the longer one.

        With what has come it makes up the same number under both. Of rules for different steps
        that is left to what ties each of them to the cases received.
        """
        nest, first, stop = self.nest, self.first, self.stop
        still = [
            Side(name, (), stop - 1, stop, nest.stocks) for name in (nest.shorter, nest.longer)
        ]
        yield Relation(still[0], still[1], nest.ahead)
        if not (nest.forward or nest.backward):
            return
        shorter, longer = (
            Side(name, self.flows, 0, stop, nest.stocks) for name in (nest.shorter, nest.longer)
        )
        come = [
            Side(nest.shorter, self.flows, 0, max(first - nest.latest, 0)),
            Side(nest.longer, self.flows, 0, first),
            Side(nest.shorter, self.flows, 0, first),
        ]
        ahead, behind = ((come[0], come[1]), (come[1], come[2])) if first else (None, None)
        yield Relation(shorter, longer, self._seen(nest.ahead, -1), ahead)
        yield Relation(longer, shorter, self._seen(nest.behind, -1), behind)


def _of(every: Sequence[Kept], live: Collection[int]) -> tuple[Kept, ...]:
    """On the cells that anybody is in, each once."""
    found: dict[tuple[Cells, Cells], Kept] = {}
    for kept in every:
        fewer, more = (
            tuple(at for at in cells if at in live) for cells in (kept.fewer, kept.more)
        )
        if fewer:
            found.setdefault((fewer, more), Kept(fewer, more, kept.dated))
    return tuple(found.values())


def with_nested(
    tether: Tether,
    every: Sequence[Relation],
    tables: Mapping[str, Rounding],
    starts: Mapping[str, int],
    new: Sequence[int],
    *,
    base: int,
) -> Tether:
    """The tether with what nested tables should keep to, which are drawn in the `new` months.

    Their cells begin at `starts` of its weights; all other counts are told already.
    """
    width = tether.weights.shape[2]
    made = [(_row(each, tables, starts, new, width), each.closer) for each in every]
    rows = [row for row, _ in made if row[0].any()]
    if not rows:
        return tether
    closer = [is_closer for row, is_closer in made if row[0].any()]
    before = np.zeros(len(tether.weights), dtype=bool)
    weights = np.array([row[0] for row in rows])
    lower = np.array([row[1] for row in rows]).T / base
    return Tether(
        np.concatenate([tether.weights, weights]),
        np.concatenate([tether.lower, lower], axis=1),
        np.concatenate([tether.upper, np.full_like(lower, np.inf)], axis=1),
        np.concatenate([before if tether.closer is None else tether.closer, closer]),
    )


def _row(
    relation: Relation,
    tables: Mapping[str, Rounding],
    starts: Mapping[str, int],
    new: Sequence[int],
    width: int,
) -> Row:
    """Weights (month, cell) of what is drawn, and by level what they must come to at least."""
    weights = np.zeros((len(new), width), dtype=np.int64)
    levels = len(tables[relation.fewer.table].counts)
    least = -relation.forgiven(tables) * np.ones(levels)
    for side, sign in ((relation.more, 1), (relation.fewer, -1)):
        counts = tables[side.table].counts
        for month, cells in side.parts():
            if side.table in starts and month in new:
                weights[list(new).index(month), [starts[side.table] + at for at in cells]] += (
                    sign
                )
            else:
                least -= sign * counts[:, month, list(cells)].sum(axis=1)
    lower = np.full(levels, -np.inf)
    lower[list(relation.levels)] = least[list(relation.levels)]
    return weights, lower
