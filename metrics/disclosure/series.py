"""What one rounding is of: a metric and part, alone or with others side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from scipy.linalg import block_diag

from metrics.disclosure.closing import Bound
from metrics.disclosure.looseness import looseness
from metrics.disclosure.runs import Run
from metrics.disclosure.slices import Slice, with_cells
from metrics.disclosure.spacing import Spacing
from metrics.disclosure.tables import Counts
from metrics.reach import Off

Drawing = Callable[[date, int], np.random.Generator]
Floors = Callable[[Sequence[int]], list[Bound]]


@dataclass(slots=True)
class Rounding:
    """One metric and part: its counts so far (level, month, cell), and what they stand for.

    `told` says of each month whether its counts were told before; those stay. `stocks` are
    cells that count what is still to come; `sums` the sums of cells that are published.
    `spaced` says by level what readers know of how it follows another; `floors` what they know
    of single cells in the months of a quarter, `runs` of those of months in a row up to it.
    Quarters that are `untold` have counts that no reader gets.
    """

    name: str
    counts: Counts
    truth: Counts
    told: Sequence[bool]
    faces: Counts
    sums: Counts
    stocks: Sequence[int]
    draw: Drawing
    follows: str | None = None
    spaced: Mapping[int, Spacing] = field(default_factory=dict)
    floors: Floors | None = None
    runs: Callable[[Sequence[int]], list[Run]] | None = None
    carry: Counts = field(init=False)
    off: Mapping[date, tuple[Off, Off]] = field(default_factory=dict)
    untold: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        width = len(with_cells(self.sums))
        self.carry = np.zeros((len(self.truth), width), dtype=np.int64)

    def new(self, months: Sequence[int]) -> list[int]:
        """Those of the months that are told now for the first time."""
        return [month for month in months if not self.told[month]]

    def piece(self, months: Sequence[int], base: int) -> Slice:
        """The months' exact counts with their equations."""
        return Slice(
            self.truth[:, months, :], self.faces, self.sums, base, stocks=tuple(self.stocks)
        )

    def close(self, quarter: date, months: Sequence[int], base: int) -> None:
        """Carry the quarter's errors on, and keep how far its sums and totals are off."""
        error = (self.counts - self.truth)[:, months, :].sum(axis=1)
        self.carry = self.carry + error @ with_cells(self.sums).T
        found = looseness(self.piece(months, base), self.counts[:, months, :])
        self.off = {**self.off, quarter: found}

    @property
    def totals(self) -> Counts:
        """The published totals (level, month)."""
        found: Counts = self.counts.sum(axis=2)
        return found


def stacked(every: Sequence[Rounding], new: list[int], base: int) -> tuple[Slice, Counts]:
    """Several tables as one with all their cells, and what each of them carries."""
    cells = [each.truth.shape[2] for each in every]
    starts = np.cumsum([0, *cells])
    stocks = [
        int(start) + at
        for each, start in zip(every, starts, strict=False)
        for at in each.stocks
    ]
    truth = np.concatenate([each.truth[:, new, :] for each in every], axis=2)
    sums = block_diag(*(each.sums for each in every)).astype(np.int64)
    carried = [np.split(each.carry, [n], axis=1) for each, n in zip(every, cells, strict=True)]
    carry = np.concatenate([part[at] for at in (0, 1) for part in carried], axis=1)
    return Slice(
        truth, every[0].faces, sums, base, tables=tuple(cells), stocks=tuple(stocks)
    ), carry
