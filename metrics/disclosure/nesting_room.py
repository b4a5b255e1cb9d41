"""How much room told counts of two rules for the same step leave each other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from metrics.disclosure.closing import is_narrow
from metrics.disclosure.nesting import Cells, Relation, Side
from metrics.disclosure.runs import Span
from metrics.disclosure.series import Rounding
from metrics.disclosure.tables import Counts
from metrics.reach import Off

Ends = tuple[Counts, Counts]  # by level the fewest and most of a count


@dataclass(frozen=True, slots=True)
class Windows:
    """What readers know of told counts: how near to the truth they are.

    `unit` is how many cases a count of one is, `base` is in cases; `further` by table how many
    bases further sums may be off; `quarters` are spans of months of which sums are told.
    """

    tables: Mapping[str, Rounding]
    unit: int
    base: int
    further: Mapping[str, Off]
    quarters: Collection[tuple[int, int]]
    _known: dict[tuple[str, Cells, Cells], Ends] = field(default_factory=dict)
    _grouped: dict[tuple[str, Cells], list[Cells]] = field(default_factory=dict)

    def of(self, side: Side | Span) -> tuple[list[Ends], Ends, bool]:
        """The fewest and most of each count of a side, of all of them, and if that is told."""
        by_month = dict[int, Cells]()
        for month, cells in side.parts():
            by_month[month] = (*by_month.get(month, ()), *cells)
        parts, low, high = list[Ends](), np.array(0), np.array(0)
        for first, last in self.quarters:
            months = [month for month in range(first, last) if by_month.get(month)]
            if not months:
                continue
            every = tuple({cell for month in months for cell in by_month[month]})
            of_months = [self._both(side.table, {m: by_month[m]}) for m in months]
            least, most = (np.sum([each[end] for each in of_months], axis=0) for end in (0, 1))
            whole = dict.fromkeys(range(first, last), every)
            bound = self._both(side.table, whole)
            if len(months) == last - first and all(by_month[m] == every for m in months):
                least = np.maximum(least, bound[0])
            low, high = low + least, high + np.minimum(most, bound[1])
            parts += [end for m in months for end in self._told(side.table, m, by_month[m])]
        is_told = len(parts) == 1 or self._is_quarter(side.table, by_month)
        return parts, (low, high), is_told

    def _is_quarter(self, name: str, by_month: Mapping[int, Cells]) -> bool:
        """Whether these cells are a quarter's count of something that is told."""
        cells = set(by_month.values())
        is_one = len(cells) == 1 and len(self._groups(name, *cells)) == 1
        return is_one and any(set(by_month) == set(range(*span)) for span in self.quarters)

    def _both(self, name: str, by_month: Mapping[int, Cells]) -> Ends:
        """The fewest and most of the same cells in some months, by all sums that have them.

        Many sides have the same ones.
        """
        (cells,) = set(by_month.values())
        key = name, tuple(by_month), cells
        if key not in self._known:
            self._known[key] = self._by_all_sums(*key)
        return self._known[key]

    def _by_all_sums(self, name: str, by_month: Cells, cells: Cells) -> Ends:
        counts = self.tables[name].counts[:, list(by_month)].sum(axis=1) * self.unit
        off = self._off(name, len(by_month))
        parts = [_ends(counts, group, off) for group in self._groups(name, cells)]
        low = np.sum([part[0] for part in parts], axis=0)
        high = np.sum([part[1] for part in parts], axis=0)
        for row in self.tables[name].sums > 0:
            if row[list(cells)].all():
                wider = tuple(np.flatnonzero(row).tolist())
                high = np.minimum(high, _ends(counts, wider, off)[1])
        return low, high

    def _told(self, name: str, month: int, cells: Cells) -> list[Ends]:
        """The fewest and most of each count of a month."""
        counts = self.tables[name].counts[:, month] * self.unit
        off = self._off(name, 1)
        return [_ends(counts, group, off) for group in self._groups(name, cells)]

    def _groups(self, name: str, cells: Cells) -> list[Cells]:
        """Cells as they are told: together where their sum is, else one by one."""
        if (name, cells) not in self._grouped:
            table = self.tables[name]
            row = np.isin(np.arange(table.counts.shape[2]), cells).astype(np.int64)
            is_told = len(cells) > 1 and (table.sums == row).all(axis=1).any()
            self._grouped[name, cells] = [cells] if is_told else [(cell,) for cell in cells]
        return self._grouped[name, cells]

    def _off(self, name: str, months: int) -> tuple[int, int]:
        """How far a cell of so many months may be from the truth, and how far a sum of them."""
        further = self.base * (1 + self.further[name].over(months)) - 1
        return (further if months > 1 else self.base - 1), further


def _ends(counts: Counts, cells: Cells, off: tuple[int, int]) -> Ends:
    n = counts[:, list(cells)].sum(axis=1)
    by = off[len(cells) > 1]
    return np.maximum(n - by, n > 0), n + by


def nesting_gives_away(every: Sequence[Relation], windows: Windows) -> int:
    """How many told counts have less room beside the other rule's than the base promises.

    Sums over all that was told before have room enough.
    """
    found = 0
    for relation in every:
        if relation.before is not None:
            continue
        levels = list(relation.levels)
        fewer, (least, most), few_are_told = windows.of(relation.fewer)
        more, (lowest, highest), many_are_told = windows.of(relation.more)
        below = np.sum([low for low, _ in fewer], axis=0)
        above = np.sum([high for _, high in more], axis=0)
        ends = [
            (low, np.minimum(high, highest - np.maximum(below - low, least - high)))
            for low, high in fewer
        ]
        ends += [
            (np.maximum(low, least - np.minimum(above - high, highest - low)), high)
            for low, high in more
        ]
        ends += [(least, np.minimum(most, highest))] if few_are_told else []
        ends += [(np.maximum(lowest, least), highest)] if many_are_told else []
        found += sum(int(is_narrow(*end, windows.base)[levels].sum()) for end in ends)
    return found
