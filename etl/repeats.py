"""Exact repeats over all chunks of a file, found by fingerprints of its rows."""

from collections.abc import Callable, Iterable

import numpy as np
import polars as pl

_SEEDS = (0x5EED, 0xC0FFEE)
_PARTS = 16  # a power of two
Prints = np.ndarray[tuple[int], np.dtype[np.uint64]]
_NONE = np.empty(0, dtype=np.uint64)


class Repeats:
    """Two 64-bit fingerprints of every row: 16 bytes a row, and no row's text is kept.

    That two different rows among a hundred million share both has odds of 1 in 10^22.
    """

    def __init__(self) -> None:
        """Begin with no row."""
        self._prints: tuple[list[Prints], ...] = tuple([] for _ in _SEEDS)
        self.chunks = 0

    def look_at(self, rows: pl.DataFrame) -> None:
        """Remember the rows of the next chunk; `line` is not part of what a row says."""
        told = rows.drop("line")
        for prints, seed in zip(self._prints, _SEEDS, strict=True):
            prints.append(told.hash_rows(seed).to_numpy())
        self.chunks += 1

    def lines(self, chunks: Callable[[], Iterable[pl.DataFrame]]) -> pl.Series:
        """Lines of the rows that an earlier row of the file says already, in any chunk.

        `chunks` gives the same chunks again; it is asked only where there is a repeat.
        """
        places = self._places()
        found = [pl.Series("line", [], dtype=pl.Int64)]
        if len(places):
            first = 0
            for rows in chunks():
                last = first + rows.height
                here = places[(places >= first) & (places < last)] - first
                found.append(rows["line"].gather(here))
                first = last
        return pl.concat(found).sort()

    def _places(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Places, from 0, of the rows that are not the first of their kind."""
        doubled = np.concatenate([self._doubled(part) for part in range(_PARTS)])
        if not len(doubled):
            return np.empty(0, dtype=np.int64)
        first = np.concatenate(self._prints[0])
        perhaps = np.flatnonzero(np.isin(first, doubled))
        both = np.stack([first[perhaps], np.concatenate(self._prints[1])[perhaps]], axis=1)
        _, firsts = np.unique(both, axis=0, return_index=True)
        return np.delete(perhaps, firsts)

    def _doubled(self, part: int) -> Prints:
        """The first prints that stand more than once, of those of one part of all there are."""
        # Sorting all of a hundred million at once would take as much memory as keeping them.
        some = np.concatenate(
            [prints[prints & (_PARTS - 1) == part] for prints in self._prints[0]] or [_NONE]
        )
        some.sort()
        doubled: Prints = some[1:][some[1:] == some[:-1]]
        return doubled
