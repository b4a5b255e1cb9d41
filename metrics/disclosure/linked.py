"""Tables with margins and hierarchies as one system: cells, and equations that hold over them.

A cell is named by one code of every dimension; two tables that have a cell of one name have
the same cell, which is what links them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy import sparse

from metrics.disclosure.tables import Counts, ProtectionError

Key = tuple[str, ...]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A dimension's codes: the total of all, and for each total what it is the sum of.

    A code may be in several sums, such as an office that has a county and a size.
    """

    root: str
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code once, the total first."""
        found = [self.root, *(code for total, parts in self.sums for code in (total, *parts))]
        return tuple(dict.fromkeys(found))

    @property
    def finest(self) -> tuple[str, ...]:
        """Codes that are not sums of others."""
        totals = {total for total, _ in self.sums}
        return tuple(code for code in self.codes if code not in totals)

    def coarser(self) -> "Hierarchy":
        """Without the codes of its deepest level; with the total alone at last."""
        depth = {self.root: 0}
        for total, parts in self.sums:  # totals stand before their parts
            depth |= dict.fromkeys(parts, depth[total] + 1)
        deepest = max(depth.values())
        kept = tuple(
            (total, parts)
            for total, parts in self.sums
            if all(depth[code] < deepest for code in parts)
        )
        return Hierarchy(self.root, kept)


def flat(root: str, codes: Sequence[str]) -> Hierarchy:
    """A total and the codes that it is the sum of."""
    return Hierarchy(root, ((root, tuple(codes)),) if codes else ())


@dataclass(frozen=True, slots=True)
class Linked:
    """Cells by name, their values (zeros included), and equations: rows times values is 0."""

    keys: tuple[Key, ...]
    values: Counts
    equations: sparse.csr_array

    def at(self, *key: str) -> int:
        """The place of a cell."""
        return self.keys.index(key)

    def places(self, keys: Sequence[Key]) -> Booleans:
        """Which cells are among these."""
        wanted = set(keys)
        return np.array([key in wanted for key in self.keys])


def crossed(finest: Mapping[Key, int], dimensions: Sequence[Hierarchy]) -> Linked:
    """The full cross product of the dimensions' codes; finest cells not given are 0.

    Raises ProtectionError for a cell whose code is not declared.
    """
    keys = tuple(product(*(dimension.codes for dimension in dimensions)))
    places = {key: place for place, key in enumerate(keys)}
    unknown = [key for key in finest if key not in places]
    if unknown:
        raise ProtectionError(f"a cell is not declared: {unknown[0]}")
    rows = list(_sums(places, dimensions))
    values = np.zeros(len(keys), dtype=np.int64)
    for key, n in finest.items():
        values[places[key]] = n
    # From the last dimension to the first, from the finest totals up.
    for total, parts in _order(places, dimensions):
        values[total] = values[parts].sum()
    return Linked(keys, values, _matrix(rows, len(keys)))


def linked(tables: Sequence[Linked]) -> Linked:
    """Several tables as one system.

    Raises ProtectionError where a cell that two of them have has two values.
    """
    known: dict[Key, int] = {}
    for table in tables:
        for key, n in zip(table.keys, table.values.tolist(), strict=True):
            if known.setdefault(key, n) != n:
                raise ProtectionError(f"two tables give the cell {key} different values")
    places = {key: place for place, key in enumerate(known)}
    blocks = []
    for table in tables:
        columns = np.array([places[key] for key in table.keys])
        entries = sparse.coo_array(table.equations)
        shape = (table.equations.shape[0], len(places))
        blocks.append(
            sparse.coo_array(
                (entries.data, (entries.coords[0], columns[entries.coords[1]])), shape=shape
            )
        )
    values = np.array(list(known.values()), dtype=np.int64)
    return Linked(tuple(known), values, sparse.csr_array(sparse.vstack(blocks)))


def _sums(
    places: Mapping[Key, int], dimensions: Sequence[Hierarchy]
) -> Iterator[tuple[int, list[int]]]:
    """Each total with the cells that it is the sum of, dimension by dimension."""
    codes = [dimension.codes for dimension in dimensions]
    for at, dimension in enumerate(dimensions):
        for total, parts in dimension.sums:
            yield from _crossings(places, codes, at, total, parts)


def _order(
    places: Mapping[Key, int], dimensions: Sequence[Hierarchy]
) -> Iterator[tuple[int, list[int]]]:
    """The sums in an order in which all parts are known before their total."""
    known = [dimension.finest for dimension in dimensions]
    for at, dimension in enumerate(dimensions):
        for total, parts in reversed(dimension.sums):
            yield from _crossings(places, known, at, total, parts)
        known[at] = dimension.codes


def _crossings(
    places: Mapping[Key, int],
    codes: Sequence[tuple[str, ...]],
    at: int,
    total: str,
    parts: Sequence[str],
) -> Iterator[tuple[int, list[int]]]:
    """One dimension's total and its parts, crossed with the codes of the others."""
    for key in product(*codes[:at], (total,), *codes[at + 1 :]):
        before, after = key[:at], key[at + 1 :]
        yield places[key], [places[(*before, part, *after)] for part in parts]


def _matrix(rows: Sequence[tuple[int, list[int]]], cells: int) -> sparse.csr_array:
    row = np.repeat(np.arange(len(rows)), [1 + len(parts) for _, parts in rows])
    column = np.array([place for total, parts in rows for place in (total, *parts)], dtype=int)
    sign = np.array([s for _, parts in rows for s in (-1.0, *[1.0] * len(parts))])
    return sparse.csr_array((sign, (row, column)), shape=(len(rows), cells))
