"""Metrics that are rounded together because one of them counts all cases of the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from metrics.disclosure.tables import NO_DURATION, Counts, ProtectionError, Table

REMAINDER = ("", NO_DURATION)


@dataclass(frozen=True, slots=True)
class Pair:
    """A metric and, where there is one, the metric that counts all its cases and maybe more."""

    table: Table
    whole: Table | None

    def columns(self, bands: Sequence[int]) -> list[tuple[str, int]]:
        """Cells of a level and month; cases of the whole alone come last."""
        return self.table.cells(bands) + ([REMAINDER] if self.whole else [])

    def sums(self, bands: Sequence[int]) -> Counts:
        """Published sums of cells, each once: outcomes over bands, subtotals, the totals.

        What has come is a total of its own for whoever adds up metrics, beside what is still
        to come.
        """
        columns = self.columns(bands)
        kept: list[tuple[str, ...]] = [(outcome,) for outcome in self.table.outcomes]
        kept += [*self.table.subtotals, self.table.outcomes, self.table.flows]
        kept += [(*self.table.outcomes, REMAINDER[0])] if self.whole else []
        rows = {tuple(int(outcome in wanted) for outcome, _ in columns) for wanted in kept}
        several = sorted(row for row in rows if sum(row) > 1)
        return np.array(several, dtype=np.int64).reshape(len(several), len(columns))


def paired(tables: Sequence[Table]) -> list[Pair]:
    """Every metric once: alone, or with the metric it is part of."""
    named = {table.metric: table for table in tables}
    wholes = [table.part_of for table in tables if table.part_of]
    for table in tables:
        if table.part_of:
            _refuse_whole(table, named.get(table.part_of), wholes)
    return [
        Pair(table, named[table.part_of] if table.part_of else None)
        for table in tables
        if table.metric not in wholes
    ]


def _refuse_whole(table: Table, whole: Table | None, wholes: list[str]) -> None:
    fit = (
        whole is not None
        and (len(whole.outcomes), whole.timed, whole.part_of) == (1, False, None)
        and whole.parts == table.parts
        and wholes.count(whole.metric) == 1
    )
    if not fit:
        raise ProtectionError(
            f"{table.metric} cannot be part of {table.part_of}: that must be a declared metric"
            f" with the same parts, one outcome and no bands, and no other part"
        )
