"""An attacker written apart from ours: reads tables as CSV, and knows what the readers know.

It shares no code with `metrics.attack` nor with what protects: only the files, the declared
codes and the sentence of the method. Every claim of a file becomes a row over the true counts
of one quarter; linear programming gives the smallest and largest value of a count.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array, vstack

# metric, part, quarter; then level, month, outcome, band of a cell.
Table = tuple[str, str, str]
Cell = tuple[str, str, str, str, str]
ENDS = ("low", "high", "least", "most")
ANY = 1e6  # cases, more than anybody has


@dataclass(frozen=True)
class Said:
    """One file: for whom, its base, and how far sums of a metric may go in a quarter."""

    audience: str
    base: int
    loose: Mapping[str, Sequence[int]]
    counts: Mapping[Table, Mapping[Cell, int]]


def read(folder: Path) -> Said:
    """A release as it was handed over: cells.csv and what is said of them in about.json."""
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    counts: dict[Table, dict[Cell, int]] = defaultdict(dict)
    with (folder / "cells.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            year, month = (int(text) for text in row["month"].split("-")[:2])
            quarter = f"{year}-{(month - 1) // 3 + 1}"
            cell = (row["breakdown"], row["level"], row["month"], row["outcome"], row["band"])
            counts[row["metric"], row["part"], quarter][cell] = int(row["n"])
    return Said(about["audience"], about["base"], about["loose"], counts)


def changed(said: Sequence[Said]) -> int:
    """Counts that one audience was told twice, with different numbers."""
    told: dict[tuple[str, Table, Cell], set[int]] = defaultdict(set)
    for one in said:
        for table, counts in one.counts.items():
            for cell, n in counts.items():
                told[one.audience, table, cell].add(n)
    return sum(len(numbers) > 1 for numbers in told.values())


@dataclass(frozen=True)
class Claims:
    """Everything known of the true counts of one table: rows within bounds, cells within."""

    cells: Sequence[Cell]
    rows: csr_array
    low: np.ndarray
    high: np.ndarray
    least: np.ndarray
    most: np.ndarray

    def range_of(self, cells: Iterable[Cell], *, own: int = 0) -> tuple[int, int]:
        """Smallest and largest sum of these counts, for an insider with `own` cases in it."""
        wanted = np.isin(np.arange(len(self.cells)), [self.cells.index(c) for c in cells])
        ends = [self._end(sign * wanted.astype(float), wanted, own) for sign in (1, -1)]
        return max(ceil(ends[0] - 1e-6) - own, 0), floor(-ends[1] + 1e-6) - own

    def _end(self, cost: np.ndarray, wanted: np.ndarray, own: int) -> float:
        least = np.where(wanted & (self.least < own), own, self.least)
        found = linprog(
            cost,
            A_ub=vstack([self.rows, -self.rows], format="csr"),
            b_ub=np.concatenate([self.high, -self.low]),
            bounds=np.column_stack([least, np.maximum(self.most, least)]),
        )
        if not found.success:
            raise AssertionError(f"the files contradict each other: {found.message}")
        return float(found.fun)


def claims(said: Sequence[Said], table: Table) -> Claims:
    """What all these files together say of one table."""
    cells = sorted({cell for one in said for cell in one.counts.get(table, {})})
    place = {cell: at for at, cell in enumerate(cells)}
    least, most = np.zeros(len(cells)), np.full(len(cells), np.inf)
    rows: dict[frozenset[int], tuple[float, float]] = {}
    for one in said:
        counts = one.counts.get(table, {})
        for cell, n in counts.items():
            at, off = place[cell], one.base - 1
            least[at] = max(least[at], n - off, float(n > 0))
            most[at] = min(most[at], n + off)
        by_month, by_quarter = one.loose.get(f"{table[0]} {table[2]}", (0, 0))
        for group in _sums(counts):
            by = by_month if len({cell[2] for cell in group}) == 1 else by_quarter
            further = one.base * (1 + by) - 1
            at = frozenset(place[cell] for cell in group)
            n = sum(counts[cell] for cell in group)
            low, high = rows.get(at, (0.0, np.inf))
            rows[at] = (max(low, n - further, float(n > 0)), min(high, n + further))
    matrix = [[float(at in group) for at in range(len(cells))] for group in rows]
    low, high = [ends[0] for ends in rows.values()], [ends[1] for ends in rows.values()]
    for balance in _balances(cells):
        matrix.append(balance)
        low.append(0.0)
        high.append(0.0)
    return Claims(
        cells, csr_array(np.array(matrix)), np.array(low), np.array(high), least, most
    )


def _sums(counts: Mapping[Cell, int]) -> list[list[Cell]]:
    """Sums that readers see: outcomes and bands together, and months of the quarter."""
    keys = (
        lambda c: (c[0], c[1], c[2], c[3]),
        lambda c: (c[0], c[1], c[2]),
        lambda c: (c[0], c[1], c[3], c[4]),
        lambda c: (c[0], c[1], c[3]),
        lambda c: (c[0], c[1]),
    )
    found: list[list[Cell]] = []
    for key in keys:
        groups: dict[tuple[str, ...], list[Cell]] = defaultdict(list)
        for cell in counts:
            groups[key(cell)].append(cell)
        found += [group for group in groups.values() if len(group) > 1]
    return found


def _balances(cells: Sequence[Cell]) -> list[list[float]]:
    return [
        [float(c[2:] == rest) * ((c[0] == breakdown) - (c[0] == "all")) for c in cells]
        for breakdown in sorted({cell[0] for cell in cells} - {"all"})
        for rest in sorted({cell[2:] for cell in cells})
    ]


def together(
    said: Sequence[Said], first: Table, second: Table, quarters: Sequence[str]
) -> Claims:
    """Both of two rules over some quarters, for whoever knows that they are for the same step.

    By `first` a case falls due in a month, by `second` in the same one or the next. Who has met
    the first has met the second, unless it is still to come; who is late for the second was
    late for the first. Cells have the rule before them.
    """
    blocks = [
        (name, claims(said, (name[0], name[1], quarter)))
        for name in (first, second)
        for quarter in quarters
    ]
    cells = [(name[1], *cell) for name, block in blocks for cell in block.cells]
    rows = [block_diag([block.rows for _, block in blocks]).toarray()]
    known = [np.concatenate([getattr(block, end) for _, block in blocks]) for end in ENDS]
    after = np.array(list(_after(cells, first[1], second[1])))
    never_more = np.zeros(len(after))
    return Claims(
        cells,
        csr_array(np.vstack([*rows, after])),
        np.concatenate([known[0], never_more - ANY]),
        np.concatenate([known[1], never_more]),
        known[2],
        known[3],
    )


def _after(cells: Sequence[tuple[str, ...]], first: str, second: str) -> Iterable[list[float]]:
    """What is never above 0: results of one rule, less those that the other must have then."""
    months = sorted({cell[3] for cell in cells})
    levels = sorted({cell[1:3] for cell in cells})
    for level, begin, end in product(levels, range(len(months)), range(len(months))):
        own, later, earlier = (
            set(months[max(start, 0) : stop])
            for start, stop in ((begin, end + 1), (begin, end + 2), (begin - 1, end + 1))
        )
        if begin > end:
            continue
        is_last = end + 2 > len(months)
        to_come = {"not_due"} if is_last else set()
        for one, other, span, results, also in (
            (first, second, later, {"met"}, to_come),
            (first, second, later, {"met", "late"}, to_come),
            (second, first, earlier, {"late"}, set()),
            (second, first, earlier, {"met", "late"}, set()),
        ):
            those = {*product(span, results), *product(months[-1:], also)}
            if begin or one == first:
                yield [
                    float(c[1:3] == level and c[0] == one and c[3] in own and c[4] in results)
                    - float(c[1:3] == level and c[0] == other and c[3:5] in those)
                    for c in cells
                ]
